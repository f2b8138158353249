// The platforms that a VSIX is made for, and what DuckDB's native package of each is called and holds.

interface Platform {
  /** Last part of the name of DuckDB's package: `@duckdb/node-bindings-<bindings>`. */
  readonly bindings: string;
  /** The shared library beside duckdb.node. */
  readonly library: string;
  /** How both files begin: kind of executable and processor. */
  readonly format: 'elf' | 'macho' | 'pe';
  readonly processor: 'x64' | 'arm64';
}

/** VS Code's names of its targets. Alpine's C library is musl. */
export const PLATFORMS = {
  'linux-x64': { bindings: 'linux-x64', library: 'libduckdb.so', format: 'elf', processor: 'x64' },
  'linux-arm64': { bindings: 'linux-arm64', library: 'libduckdb.so', format: 'elf', processor: 'arm64' },
  'alpine-x64': { bindings: 'linux-x64-musl', library: 'libduckdb.so', format: 'elf', processor: 'x64' },
  'alpine-arm64': {
    bindings: 'linux-arm64-musl',
    library: 'libduckdb.so',
    format: 'elf',
    processor: 'arm64',
  },
  'darwin-x64': { bindings: 'darwin-x64', library: 'libduckdb.dylib', format: 'macho', processor: 'x64' },
  'darwin-arm64': {
    bindings: 'darwin-arm64',
    library: 'libduckdb.dylib',
    format: 'macho',
    processor: 'arm64',
  },
  'win32-x64': { bindings: 'win32-x64', library: 'duckdb.dll', format: 'pe', processor: 'x64' },
  'win32-arm64': { bindings: 'win32-arm64', library: 'duckdb.dll', format: 'pe', processor: 'arm64' },
} as const satisfies Readonly<Record<string, Platform>>;

export type Target = keyof typeof PLATFORMS;

export const isTarget = (text: string): text is Target => Object.hasOwn(PLATFORMS, text);

/** The target of the machine that this runs on; throws where DuckDB has no package for it. */
export function thisTarget(): Target {
  const musl = process.platform === 'linux' && !hasGlibc();
  const name = `${musl ? 'alpine' : process.platform}-${process.arch}`;
  if (!isTarget(name))
    throw new Error(
      `There is no VSIX for ${name}. Choose one: --target ${Object.keys(PLATFORMS).join(' | ')}`,
    );
  return name;
}

function hasGlibc(): boolean {
  const report: { readonly header?: { readonly glibcVersionRuntime?: string } } = process.report.getReport();
  return report.header?.glibcVersionRuntime !== undefined;
}

/** DuckDB's native package of a target, by its whole name. */
export const bindingsPackage = (target: Target): string =>
  `@duckdb/node-bindings-${PLATFORMS[target].bindings}`;

/** Names of the files of DuckDB's native package that a VSIX holds. */
export const nativeFiles = (target: Target): readonly string[] => ['duckdb.node', PLATFORMS[target].library];

/** Apple's numbers of processors. */
const APPLE = { x64: 0x01000007, arm64: 0x0100000c };

/**
 * For which executables a native file is made, by its first bytes.
 * @returns such as `elf x64`, or `macho x64 arm64` of a file for both; `undefined` where it is none of the three kinds.
 */
export function executableKind(start: Buffer): string | undefined {
  if (start.length < 64) return undefined;
  if (start.readUInt32BE(0) === 0x7f454c46) return `elf ${named(start.readUInt16LE(18), 0x3e, 0xb7)}`;
  if (start.readUInt32LE(0) === 0xfeedfacf)
    return `macho ${named(start.readUInt32LE(4), APPLE.x64, APPLE.arm64)}`;
  // A file for several processors of Apple: each part is listed in the header.
  if (start.readUInt32BE(0) === 0xcafebabe) {
    const parts = Math.min(start.readUInt32BE(4), Math.floor((start.length - 8) / 20));
    const processors = Array.from({ length: parts }, (_, i) =>
      named(start.readUInt32BE(8 + 20 * i), APPLE.x64, APPLE.arm64),
    );
    return `macho ${processors.join(' ')}`;
  }
  const pe = start.readUInt16BE(0) === 0x4d5a ? start.readUInt32LE(60) : start.length;
  if (pe + 6 <= start.length && start.readUInt32BE(pe) === 0x50450000)
    return `pe ${named(start.readUInt16LE(pe + 4), 0x8664, 0xaa64)}`;
  return undefined;
}

function named(machine: number, x64: number, arm64: number): string {
  if (machine === x64) return 'x64';
  return machine === arm64 ? 'arm64' : `machine ${machine}`;
}
