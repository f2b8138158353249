// What may be in a VSIX: held against a list, so that nothing comes in unnoticed with the next dependency.
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { bindingsPackage, executableKind, nativeFiles, PLATFORMS, type Target } from './platforms';

const MEGABYTE = 1 << 20;
/** Of the whole VSIX. */
export const LARGEST_VSIX = 40 * MEGABYTE;
/** Of dist/extension.js: the editor loads it at every start. */
export const LARGEST_MAIN = 300 * 1024;

/** A file in a VSIX. */
export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
  /** The first 4 KB of a native file, for its kind; otherwise nothing. */
  readonly start?: Buffer;
  /** SHA-256 of a native file. */
  readonly sha256?: string;
}

export interface Contents {
  readonly files: readonly PackedFile[];
  /** Bytes of the VSIX itself. */
  readonly bytes: number;
  /** The platform that its manifest names. */
  readonly target: string | undefined;
}

const NATIVE = /\.(node|so(\.\d+)*|dll|dylib|exe|a|lib)$/i;

/** Everything that is neither native nor of node_modules. */
const EXPECTED: readonly RegExp[] = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/package(\.nls(\.[a-z-]+)?)?\.json$/,
  /^extension\/(readme|changelog)\.md$/,
  /^extension\/LICENSE(\.txt|\.md)?$/,
  /^extension\/ThirdPartyNotices\.txt$/,
  /^extension\/dist\/[A-Za-z]+\.js$/,
  /^extension\/dist\/webviews\/[A-Za-z]+\.js$/,
  /^extension\/media\/([a-z]+\/)*[A-Za-z0-9-]+\.(svg|png|css|md)$/,
  /^extension\/(config|media)\/[A-Za-z_]+\.schema\.json$/,
  /^extension\/l10n\/bundle\.l10n(\.[a-z-]+)?\.json$/,
];

const REQUIRED = [
  'package.json',
  'dist/extension.js',
  'dist/server.js',
  'dist/cli.js',
  'dist/debug.js',
  'dist/snowflake.js',
  'LICENSE.txt',
  'ThirdPartyNotices.txt',
  'media/manual/index.md',
] as const;

/**
 * What is wrong with a VSIX for this target, one sentence each; empty where all is well.
 * Pure: `readContents` reads.
 * @param digests SHA-256 of each native file in the package that the lock file names
 */
export function problemsOf(
  contents: Contents,
  target: Target,
  digests: ReadonlyMap<string, string>,
): readonly string[] {
  const folder = `extension/dist/node_modules/${bindingsPackage(target)}/`;
  const natives = nativeFiles(target).map((name) => folder + name);
  const allowed = new Set([...natives, `${folder}package.json`, `${folder}LICENSE`]);
  const paths = new Set(contents.files.map((file) => file.path));
  const missing = [...REQUIRED.map((name) => `extension/${name}`), ...natives].filter(
    (path) => !paths.has(path),
  );
  const main = contents.files.find((file) => file.path === 'extension/dist/extension.js');
  return [
    ...(contents.target === target
      ? []
      : [`Its manifest is for ${String(contents.target)}, not for ${target}.`]),
    ...missing.map((path) => `${path} is missing.`),
    ...contents.files.filter((file) => !allowed.has(file.path)).flatMap(({ path }) => unexpected(path)),
    ...contents.files
      .filter((file) => natives.includes(file.path))
      .flatMap((file) => [...wrongKind(file, target), ...otherBytes(file, digests)]),
    ...(main !== undefined && main.bytes > LARGEST_MAIN
      ? [`dist/extension.js has ${main.bytes} bytes; at most ${LARGEST_MAIN} are allowed.`]
      : []),
    ...(contents.bytes > LARGEST_VSIX
      ? [
          `It has ${(contents.bytes / MEGABYTE).toFixed(1)} MB; at most ${LARGEST_VSIX / MEGABYTE} are allowed.`,
        ]
      : []),
  ];
}

function unexpected(path: string): readonly string[] {
  if (NATIVE.test(path)) return [`${path} is a native file that nobody expects.`];
  const inside = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
  if (inside !== null) return [`${path} is of the package ${String(inside[1])}, which nobody expects.`];
  if (path.endsWith('.map')) return [`${path} is a source map.`];
  return EXPECTED.some((pattern) => pattern.test(path)) ? [] : [`${path} does not belong into a VSIX.`];
}

function wrongKind({ path, start }: PackedFile, target: Target): readonly string[] {
  const { format, processor } = PLATFORMS[target];
  const kind = executableKind(start ?? Buffer.alloc(0));
  const [found, ...processors] = (kind ?? '').split(' ');
  if (found === format && processors.includes(processor)) return [];
  return [`${path} is ${kind ?? 'no program'}, not ${format} ${processor}.`];
}

function otherBytes({ path, sha256 }: PackedFile, digests: ReadonlyMap<string, string>): readonly string[] {
  const expected = digests.get(posix.basename(path));
  return expected !== undefined && sha256 === expected
    ? []
    : [`${path} is not the file of the package that package-lock.json names.`];
}

/** Lists what a VSIX file holds. */
export async function readContents(path: string, bytes: number): Promise<Contents> {
  const archive = await yauzl.openPromise(path, { autoClose: false });
  try {
    const files: PackedFile[] = [];
    let target: string | undefined;
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      const found = { path: entry.fileName, bytes: entry.uncompressedSize };
      const isManifest = entry.fileName === 'extension.vsixmanifest';
      if (!isManifest && !NATIVE.test(entry.fileName)) {
        files.push(found);
        continue;
      }
      const stream = await archive.openReadStreamPromise(entry);
      const { start, sha256 } = await read(stream, isManifest ? MEGABYTE : 4096);
      files.push(isManifest ? found : { ...found, start, sha256 });
      if (isManifest) target = /TargetPlatform="([^"]+)"/.exec(start.toString('utf8'))?.[1];
    }
    return { files, bytes, target };
  } finally {
    archive.close();
  }
}

/** The first bytes of a file, and the digest of all. */
async function read(
  stream: Readable,
  count: number,
): Promise<{ readonly start: Buffer; readonly sha256: string }> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (length < count) chunks.push(chunk);
    length += chunk.length;
  }
  return { start: Buffer.concat(chunks).subarray(0, count), sha256: hash.digest('hex') };
}
