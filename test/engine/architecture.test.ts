import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const src = join(root, 'src');

interface Import {
  readonly from: string;
  readonly to: string;
  /** `import type` leaves nothing in the bundle. */
  readonly typeOnly: boolean;
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? files(join(folder, e.name)) : e.name.endsWith('.ts') ? [join(folder, e.name)] : [],
  );
}

function resolved(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const base = resolve(dirname(from), specifier);
  for (const path of [base, `${base}.ts`, join(base, 'index.ts')])
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return relative(root, path);
  throw new Error(`${from} imports ${specifier}, which is not there.`);
}

const imports: readonly Import[] = files(src).flatMap((path) => {
  const text = readFileSync(path, 'utf8');
  const found = [
    ...text.matchAll(/^\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm),
    ...text.matchAll(/\b(import)\((\s*)'([^']+)'\)/g),
  ];
  return found.map(([, , type, specifier = '']) => ({
    from: relative(root, path),
    to: resolved(path, specifier),
    typeOnly: type?.startsWith('type') === true,
  }));
});

const offending = (wrong: (one: Import) => boolean): string[] =>
  imports.filter(wrong).map((i) => `${i.from} → ${i.to}`);
const under = (path: string, folder: string): boolean => path.startsWith(`src/${folder}/`);

/** Which folder reads which other: the code, or types that leave nothing in a bundle. */
const MAY_IMPORT: Readonly<
  Record<string, readonly { readonly folder: string; readonly what: 'code' | 'types' }[]>
> = {
  engine: [],
  shared: [{ folder: 'engine', what: 'types' }],
  sample: [{ folder: 'engine', what: 'code' }],
  server: [
    { folder: 'engine', what: 'code' },
    { folder: 'sample', what: 'code' },
    { folder: 'shared', what: 'code' },
  ],
  cli: [
    { folder: 'engine', what: 'code' },
    { folder: 'sample', what: 'code' },
    { folder: 'shared', what: 'code' },
  ],
  debug: [
    { folder: 'engine', what: 'code' },
    { folder: 'shared', what: 'code' },
  ],
  vscode: [
    { folder: 'engine', what: 'types' },
    { folder: 'shared', what: 'code' },
  ],
  webviews: [{ folder: 'shared', what: 'code' }],
  // Makes the bundles and the VSIX: reads nothing of the product, and nothing of the product reads it.
  build: [],
};

/**
 * What reports of the engine and pages share to the letter: words for figures and findings, and optional members.
 * src/shared/words.ts, defined.ts, dates.ts and nearest.ts alone hand them on; the editor's own process reads the lock by the engine's reader.
 * They import no DuckDB, so no engine comes along.
 */
const HANDED_ON: Readonly<Record<string, string>> = {
  'src/engine/report/dateVerdict.ts': 'src/shared/words.ts',
  'src/engine/report/outsideText.ts': 'src/shared/words.ts',
  'src/engine/report/wording.ts': 'src/shared/words.ts',
  'src/engine/report/words.ts': 'src/shared/words.ts',
  'src/engine/model/defined.ts': 'src/shared/defined.ts',
  'src/engine/model/dates.ts': 'src/shared/dates.ts',
  'src/engine/base/nearest.ts': 'src/shared/nearest.ts',
  'src/engine/lake/dataFolder.ts': 'src/vscode/dataFolder.ts',
  'src/engine/lake/lockOwner.ts': 'src/vscode/dataFolder.ts',
};
/** What modules that are handed on may import besides each other. */
const WITH_THEM = new Set([
  'src/engine/base/processes.ts',
  'src/engine/base/regularFile.ts',
  'fastest-levenshtein',
  'node:fs',
  'node:os',
  'node:path',
]);
const handsOn = ({ from, to }: Import): boolean => HANDED_ON[to] === from;

describe('the structure of the source', () => {
  it('is read by this test at all', () => {
    assert.ok(imports.length > 100);
    assert.ok(imports.some((i) => i.to === '@duckdb/node-api'));
  });

  it('goes in one direction', () => {
    const wrong = imports.filter((one) => {
      const { from, to, typeOnly } = one;
      const [, reader = ''] = from.split('/');
      const [top, read = ''] = to.split('/');
      if (top !== 'src' || reader === read || handsOn(one)) return false;
      return !(
        MAY_IMPORT[reader]?.some(({ folder, what }) => folder === read && (what === 'code' || typeOnly)) ??
        false
      );
    });
    assert.deepEqual(
      wrong.map((i) => `${i.from} → ${i.to}${i.typeOnly ? ' (types)' : ''}`),
      [],
    );
  });

  it('has a rule for every folder', () => {
    assert.deepEqual(
      readdirSync(src).filter((name) => name !== 'README.md' && !(name in MAY_IMPORT)),
      [],
    );
  });

  it('names the engine by its one door where its code is meant', () => {
    assert.deepEqual(
      offending(
        (i) =>
          !i.typeOnly &&
          !under(i.from, 'engine') &&
          under(i.to, 'engine') &&
          i.to !== 'src/engine/index.ts' &&
          !handsOn(i),
      ),
      [],
    );
    assert.deepEqual(
      offending((i) => !i.typeOnly && i.from in HANDED_ON && !(i.to in HANDED_ON) && !WITH_THEM.has(i.to)),
      [],
    );
  });

  it('knows the editor under src/vscode alone', () => {
    assert.deepEqual(
      offending((i) => i.to === 'vscode' && !under(i.from, 'vscode')),
      [],
    );
  });

  it('gives pages what a browser has: nothing of Node, no package', () => {
    assert.deepEqual(
      offending(
        (i) =>
          (under(i.from, 'webviews') || under(i.from, 'shared')) && !i.to.startsWith('src/') && !i.typeOnly,
      ),
      [],
    );
  });

  it('lets only one module import DuckDB', () => {
    assert.deepEqual(
      new Set(imports.filter((i) => i.to.startsWith('@duckdb/')).map((i) => i.from)),
      new Set(['src/engine/base/duckdb.ts']),
    );
  });

  it('has no circles of imports, not even of types', () => {
    const next = new Map<string, string[]>();
    for (const one of imports)
      if (one.to.startsWith('src/')) next.set(one.from, [...(next.get(one.from) ?? []), one.to]);
    const state = new Map<string, 'open' | 'closed'>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'closed') return;
      if (state.get(path) === 'open') {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
        return;
      }
      state.set(path, 'open');
      for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
      state.set(path, 'closed');
    };
    for (const path of next.keys()) visit(path, []);
    assert.deepEqual(circles, []);
  });

  it('keeps console, argv and exit out of the engine', () => {
    const wrong = files(join(src, 'engine')).filter((path) =>
      /\bconsole\.|process\.(argv|exit|stdout|stderr)\b/.test(readFileSync(path, 'utf8')),
    );
    assert.deepEqual(
      wrong.map((path) => relative(root, path)),
      [],
    );
  });

  it('connects to others by one module, or by what is given its proxy and limits of time', () => {
    const connecting =
      /'node:(?:http2?|https|net|tls|dgram)'|\bfetch\(|\b(?:WebSocket|EventSource|XMLHttpRequest)\(/;
    const wrong = files(src)
      .map((path) => relative(root, path))
      .filter((path) => connecting.test(readFileSync(join(root, path), 'utf8')))
      .filter((path) => !path.startsWith('src/engine/base/network/'));
    // It takes the list of authorities that Node trusts, and connects by nodemailer.
    assert.deepEqual(wrong, ['src/engine/notify/alerts/smtp.ts']);
    const importers = (library: string): readonly string[] => [
      ...new Set(imports.filter(({ to }) => to.startsWith(library)).map(({ from }) => from)),
    ];
    assert.deepEqual(importers('nodemailer'), ['src/engine/notify/alerts/smtp.ts']);
    assert.deepEqual(importers('snowflake-sdk'), ['src/engine/warehouse/snowflake/driver.ts']);
  });
});
