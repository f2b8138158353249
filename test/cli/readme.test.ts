// README, manual and the contributors' pages: generated parts, links, named paths and scripts are as the code has them.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ruleKinds } from '../../src/engine/rules';
import { SETTINGS } from '../../src/engine/workspace/settings';
import {
  MANUAL_INDEX,
  MANUAL_OF_COLUMNS,
  MANUAL_OF_CONFIG,
  manualOfError,
  manualOfRule,
} from '../../src/shared/manual';
import { lineOf } from '../../src/vscode/manual/headings';
import { settingRows } from '../../src/vscode/manual/settingRows';
import { generatedManual, MANUAL, PAGES, readManual, ROOT } from '../support/docs';
import { headingsOf, linksOf, pathsOf, shellLinesOf } from '../support/markdown';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const OF_CONTRIBUTORS = ['src/README.md', 'test/README.md'];
const OF_USERS = ['README.md', ...['index.md', ...PAGES].map((page) => `media/manual/${page}`)];

/** What is wrong with a link, where it is: its file, its heading. Links to the web are not followed. */
function problemOf(page: string, link: string): string | undefined {
  if (/^https:/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, file))) return `${page} links to ${link}: no such file`;
  if (anchor === undefined || headingsOf(read(file)).some((heading) => heading.anchor === anchor))
    return undefined;
  return `${page} links to ${link}: no such heading`;
}

describe('the manual', () => {
  it('is what `npm run docs` would write', async () => {
    const pages = readManual();
    for (const [page, text] of Object.entries(generatedManual(pages))) {
      const options = await resolveConfig(join(MANUAL, page));
      assert.equal(pages[page], await format(text, { ...options, parser: 'markdown' }), page);
    }
  });

  it('has all its pages in the table of contents, each with a sentence, contents and headings of its own', () => {
    const files = readdirSync(MANUAL).filter((name) => name.endsWith('.md'));
    assert.deepEqual(files.sort(), ['index.md', ...PAGES].sort());
    for (const [page, text] of Object.entries(readManual())) {
      const [title, sentence = ''] = text.split('\n\n');
      assert.match(title ?? '', /^# /, page);
      assert.match(sentence, /^[A-Z`].*\.$/, page);
      if (page === MANUAL_INDEX) continue;
      const anchors = headingsOf(text).map(({ anchor }) => anchor);
      assert.deepEqual([...new Set(anchors)], anchors, page);
      assert.ok(linksOf(text.split('## ')[0] ?? '').length > 0, `${page} has no contents`);
    }
  });

  it('has every place that hovers, errors and the manifest lead to', () => {
    const codes = [...read('src/engine/model/errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(
      ([, code = '']) => code,
    );
    assert.ok(codes.length > 20);
    const fromTexts = [...read('package.nls.json').matchAll(/command:m7\.openManual\?([^)\\"]*)\)/g)].map(
      ([, argument = '']) => {
        const [address] = JSON.parse(decodeURIComponent(argument)) as readonly string[];
        return address ?? '';
      },
    );
    assert.ok(fromTexts.length > 3);
    const addresses = [
      MANUAL_INDEX,
      MANUAL_OF_COLUMNS,
      ...Object.values(MANUAL_OF_CONFIG),
      ...ruleKinds.map((kind) => manualOfRule(kind.name)),
      ...codes.flatMap((code) => manualOfError(code) ?? []),
      ...fromTexts,
    ];
    assert.deepEqual(
      addresses.flatMap((address) => problemOf('media/manual/index.md', address) ?? []),
      [],
    );
  });

  it('has a row for every setting, and every code that rejects', () => {
    const rows = settingRows(read('media/manual/settings.md'));
    assert.deepEqual(
      SETTINGS.map(({ name }) => [name, rows.get(name)?.fallback]),
      SETTINGS.map((one) => [one.name, one.default === '' ? '' : `\`${one.default}\``]),
    );
    assert.deepEqual(
      [...rows.values()].flatMap(({ address }) => problemOf('media/manual/index.md', address) ?? []),
      [],
    );
    const codes = ['csv', 'stages'].flatMap((wing) =>
      readdirSync(join(ROOT, 'src/engine', wing), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .flatMap((name) => [
          ...read(`src/engine/${wing}/${name}`).matchAll(
            /(?:reject|keepOut|rejectFile|Unreadable)\('([A-Z_]+)'/g,
          ),
        ])
        .map(([, code = '']) => code),
    );
    assert.ok(codes.length > 8, String(codes));
    const page = read('media/manual/troubleshooting.md');
    assert.deepEqual(
      codes.filter((code) => !page.includes(`\`${code}\``)),
      [],
    );
  });

  it('finds a heading in its text, for an editor without Markdown preview', () => {
    const text = read('media/manual/rules.md');
    assert.equal(text.split('\n')[lineOf(text, 'range') - 1], '### range');
    assert.equal(lineOf(text, 'no-such-heading'), 1);
  });
});

describe('README.md', () => {
  it('is short: the rest is in the manual', () => {
    assert.ok(Buffer.byteLength(read('README.md')) <= 12 * 1024);
  });

  it('and the pages for contributors name only npm scripts that exist, and all of them', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const text = [...OF_USERS, ...OF_CONTRIBUTORS].map(read).join('\n');
    const named = new Set(
      [...text.matchAll(/npm (?:run )?([a-z]+(?::[a-z]+)?)/g)]
        .map(([, name = '']) => name)
        .filter((name) => !['ci', 'link', 'run', 'install'].includes(name)),
    );
    assert.deepEqual([...named].sort(), Object.keys(scripts).sort());
  });
});

describe('links and paths', () => {
  it('of README, manual and the pages for contributors lead to files and headings that exist', () => {
    const links = [...OF_USERS, ...OF_CONTRIBUTORS].flatMap((page) =>
      linksOf(read(page)).map((link) => ({ page, link })),
    );
    assert.ok(links.length > 200);
    assert.deepEqual(
      links.flatMap(({ page, link }) => problemOf(page, link) ?? []),
      [],
    );
  });

  it('of README and manual stay within what a VSIX holds: README and media', () => {
    const outside = OF_USERS.flatMap((page) =>
      linksOf(read(page))
        .filter((link) => !/^(https:|#)/.test(link))
        .map((link) => normalize(join(dirname(page), link.split('#')[0] ?? '')))
        .filter((file) => !file.startsWith('media/')),
    );
    assert.deepEqual(outside, []);
  });

  it('in the pages for contributors exist', () => {
    for (const page of OF_CONTRIBUTORS) {
      const paths = pathsOf(read(page)).filter(
        (path) => !/^(\.vscode-test|\.screenshots|demo|dist)\//.test(path),
      );
      assert.ok(paths.length > 15, page);
      const missing = paths.filter(
        (path) => ![ROOT, join(ROOT, 'src')].some((root) => existsSync(join(root, path))),
      );
      assert.deepEqual(missing, [], relative(ROOT, page));
    }
  });
});

describe('the commands of README and manual', () => {
  it('are read with the exit code they promise and the reason why some are not run', () => {
    const text =
      '```sh\nm7 a   # why\n# only words\nm7 b --where "x = 1"   # exits with 1: c\n```\n\n<!-- not run: d -->\n\n```sh\nm7 e\n```\n';
    assert.deepEqual(shellLinesOf(text), [
      { command: 'm7 a', code: 0, notRun: undefined },
      { command: 'm7 b --where "x = 1"', code: 1, notRun: undefined },
      { command: 'm7 e', code: 0, notRun: 'd' },
    ]);
  });
});
