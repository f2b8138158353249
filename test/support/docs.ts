// The manual's generated parts: what catalogues say of rules, settings, keys and commands, and its tables of contents.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Target } from '../../src/build/platforms';
import { ruleDocsMarkdown } from '../../src/engine/rules/docs';
import { SETTINGS, type Setting } from '../../src/engine/workspace/settings';
import { COMMAND_NEEDS, METHOD_NEEDS, type Command, type Needs, type Use } from '../../src/shared/needs';
import { headingsOf, type Heading } from './markdown';

export const ROOT = resolve(__dirname, '../..');
export const MANUAL = join(ROOT, 'media/manual');

/** The pages in the order of the table of contents, which is the index. */
export const PAGES = [
  'flow.md',
  'extension.md',
  'commands.md',
  'config.md',
  'rules.md',
  'settings.md',
  'snowflake.md',
  'alerts.md',
  'operation.md',
  'security.md',
  'debugging.md',
  'rule-tests.md',
  'cases.md',
  'tracing.md',
  'troubleshooting.md',
] as const;

/** Texts of all pages, by name. */
export function readManual(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['index.md', ...PAGES].map((page) => [page, readFileSync(join(MANUAL, page), 'utf8')]),
  );
}

/** The pages with their marked parts generated again; Prettier has yet to format them. */
export function generatedManual(pages: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const parts: Readonly<Record<string, () => string>> = {
    rules: ruleDocsMarkdown,
    settings: settingsTables,
    'restricted mode': restrictedTable,
    'restricted methods': methodsTable,
    platforms: platformsTable,
    commands: commandHelp,
    'brand keys': () => keysTable('brand_configs', ['properties', 'brands', 'additionalProperties']),
    'table keys': () => keysTable('table_schemas', ['properties', 'tables', 'additionalProperties']),
    'format keys': () =>
      keysTable('table_schemas', ['properties', 'tables', 'additionalProperties', 'properties', 'format']),
    'column keys': () =>
      keysTable('table_schemas', [
        'properties',
        'tables',
        'additionalProperties',
        'properties',
        'columns',
        'additionalProperties',
      ]),
  };
  const filled = Object.fromEntries(
    Object.entries(pages).map(([page, text]) => [page, fill(text, parts)] as const),
  );
  return Object.fromEntries(
    Object.entries(filled).map(([page, text]) => [
      page,
      fill(text, { contents: () => contentsOf(text).join('\n'), pages: () => listOfPages(filled) }),
    ]),
  );
}

/** The page of traces with its example: what `m7 trace` answers in a folder of the demo. */
export function tracingPage(text: string, demo: string): string {
  const words = ['trace', '--file', 'SkylinkCZ_Playback_20241115.csv', '--line', '649'];
  const answer = execFileSync(process.execPath, [join(ROOT, 'dist/cli.js'), ...words], {
    cwd: demo,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', COLUMNS: '110' },
  });
  const lines = answer.trim().split('\n');
  const cut = lines.map((line) => (line.length > 110 ? `${line.slice(0, 109)}…` : line.trimEnd()));
  return fill(text, { trace: () => ['```text', ...cut, '```'].join('\n') });
}

/** Makes the demo in a folder that does not exist yet, and runs it. */
export function makeDemo(folder: string): void {
  execFileSync(process.execPath, [join(ROOT, 'test/support/demo.mjs'), folder], { stdio: 'ignore' });
}

/** Replaces what stands between `<!-- name: … -->` and `<!-- /name -->`; other parts stay. */
function fill(text: string, parts: Readonly<Record<string, () => string>>): string {
  return text.replace(
    /(<!-- ([a-z ]+): [^\n]*-->\n)[^]*?(<!-- \/\2 -->)/g,
    (whole, open: string, name: string, close: string) => {
      const part = parts[name];
      return part === undefined ? whole : `${open}\n${part().trim()}\n\n${close}`;
    },
  );
}

const linkTo = ({ text, anchor }: Heading, page = ''): string => `[${text}](${page}#${anchor})`;

/** Sections as a list, what is below each in its line. */
function contentsOf(markdown: string, page = ''): readonly string[] {
  const lines: string[] = [];
  let below: string[] = [];
  const close = (): void => {
    if (below.length > 0) lines.push(`${lines.pop() ?? ''}: ${below.join(' · ')}`);
    below = [];
  };
  for (const heading of headingsOf(markdown).filter(({ level }) => level === 2 || level === 3)) {
    if (heading.level === 3) below.push(linkTo(heading, page));
    else {
      close();
      lines.push(`- ${linkTo(heading, page)}`);
    }
  }
  close();
  return lines;
}

/** Each page with its first sentence and its sections. */
function listOfPages(pages: Readonly<Record<string, string>>): string {
  return PAGES.map((page) => {
    const text = pages[page] ?? '';
    const title = headingsOf(text)[0]?.text ?? page;
    const first = text.split('\n\n')[1] ?? '';
    return [`## ${title}`, '', `${first} [Open](${page})`, '', ...contentsOf(text, page)].join('\n');
  }).join('\n\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function settingsTables(): string {
  const sections = new Map<Setting['section'], Setting[]>();
  for (const setting of SETTINGS)
    sections.set(setting.section, [...(sections.get(setting.section) ?? []), setting]);
  return [...sections]
    .map(([section, settings]) =>
      [
        `## ${section}`,
        '',
        '| Setting | Default | Meaning |',
        '| --- | --- | --- |',
        ...settings.map(
          (s) =>
            `| \`${s.name}\` | ${s.default === '' ? '' : `\`${cell(s.default)}\``} | ${cell(s.description)} |`,
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

const USES: Readonly<Record<Use, string>> = {
  sql: 'runs SQL of the folder',
  network: 'asks hosts that it names',
  secrets: 'uses secrets',
  changes: 'changes its files',
};
const usesOf = ({ uses }: Needs): string => uses.map((use) => USES[use]).join(', ');

/** What becomes of each question to the engine process in Restricted Mode, those with the same reason in one row. */
function methodsTable(): string {
  const verdicts = { refused: 'refused', reduced: 'answered without it', whole: 'answered: uses none of it' };
  const rows = (Object.keys(verdicts) as Needs['restricted'][]).flatMap((restricted) => {
    const byUses = new Map<string, string[]>();
    for (const [method, needs] of Object.entries(METHOD_NEEDS))
      if (needs.restricted === restricted)
        byUses.set(usesOf(needs), [...(byUses.get(usesOf(needs)) ?? []), `\`${method}\``]);
    return [...byUses].map(
      ([uses, methods]) => `| ${verdicts[restricted]} | ${uses} | ${methods.join(', ')} |`,
    );
  });
  return ['| In Restricted Mode | Because it | Questions |', '| --- | --- | --- |', ...rows].join('\n');
}

/** What becomes of each command of the palette and the menus in Restricted Mode. */
function restrictedTable(): string {
  const texts = JSON.parse(readFileSync(join(ROOT, 'package.nls.json'), 'utf8')) as Readonly<
    Record<string, string>
  >;
  const titles = Object.keys(COMMAND_NEEDS).flatMap((id) => {
    const title = texts[`command.${id.replace('m7.', '')}`];
    return title === undefined ? [] : [{ id: id as Command, title: title.replace(/…$/, '') }];
  });
  const rows = titles
    .filter(({ id }) => COMMAND_NEEDS[id].restricted !== 'whole')
    .map(({ id, title }) => {
      const needs: Needs = COMMAND_NEEDS[id];
      return `| ${cell(title)} | ${needs.restricted === 'refused' ? 'refused' : 'without it'} | ${usesOf(needs)} |`;
    });
  return ['| Command | In Restricted Mode | Because it |', '| --- | --- | --- |', ...rows].join('\n');
}

const PLATFORM_NAMES: Readonly<Record<Target, string>> = {
  'win32-x64': 'Windows, x64',
  'win32-arm64': 'Windows, ARM',
  'darwin-x64': 'macOS, Intel',
  'darwin-arm64': 'macOS, Apple silicon',
  'linux-x64': 'Linux with glibc, x64; WSL',
  'linux-arm64': 'Linux with glibc, ARM',
  'alpine-x64': 'Alpine Linux, x64',
  'alpine-arm64': 'Alpine Linux, ARM',
};

/** The VSIX of each platform. */
function platformsTable(): string {
  const rows = Object.entries(PLATFORM_NAMES).map(
    ([target, name]) => `| ${name} | \`m7-pipeline-${target}-<version>.vsix\` |`,
  );
  return ['| Platform | File |', '| --- | --- |', ...rows].join('\n');
}

/** The part of a JSON schema that is read here. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}

/** Keys of an object in a config file, by the path to its schema. */
function keysTable(file: string, path: readonly string[]): string {
  let schema = JSON.parse(readFileSync(join(ROOT, `config/${file}.schema.json`), 'utf8')) as Schema;
  for (const step of path)
    schema =
      (step === 'additionalProperties'
        ? schema.additionalProperties
        : step === 'properties'
          ? { properties: schema.properties ?? {} }
          : schema.properties?.[step]) ?? {};
  return [
    '| Key | Type | Meaning |',
    '| --- | --- | --- |',
    ...Object.entries(schema.properties ?? {}).map(([key, one]) => {
      const needed = schema.required?.includes(key) === true ? ' (required)' : '';
      const type = one.enum?.map((v) => `\`${String(v)}\``) ?? [one.type ?? ''].flat();
      return `| \`${key}\`${needed} | ${type.join(', ')} | ${cell(one.description ?? '')} |`;
    }),
  ].join('\n');
}

function commandHelp(): string {
  const help = (...words: string[]): string =>
    execFileSync(process.execPath, [join(ROOT, 'dist/cli.js'), ...words, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '100' },
    });
  const commands = [...help().matchAll(/^ {2}([a-z]+) /gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help')
    .map((name) => ({ name, text: help(name).trim() }));
  return [
    '## All commands',
    '',
    '| Command | What it does |',
    '| --- | --- |',
    ...commands.map(({ name, text }) => `| [m7 ${name}](#m7-${name}) | ${cell(summaryOf(text))} |`),
    '',
    ...commands.flatMap(({ name, text }) => [`## m7 ${name}`, '', '```text', ownOptions(text), '```', '']),
  ].join('\n');
}

/** The description of a command, in one line. */
const summaryOf = (help: string): string => (help.split('\n\n')[1] ?? '').replace(/\s+/g, ' ');

/** Common options are listed once. */
const ownOptions = (help: string): string => (help.split('\nGlobal Options:')[0] ?? '').trim();
