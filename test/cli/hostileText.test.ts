// m7 over a day of hostile headers, names and values: nothing it prints acts on a terminal, in any command and format.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATE, writeDay } from '../support/day';
import { hostileDay } from '../support/hostileDay';
import { HOSTILE_TEXTS } from '../support/hostileTexts';
import { hasTerminal, onTerminal } from '../support/terminal';
import { buildCommand, m7, type Ended } from './command';

/** Line ends, and nothing else that acts: no control character, no override of direction. */
const ACTS = /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;
/** The colours that m7 writes itself. */
const COLOURS = /\u001b\[(?:1|2|22|31|32|33|39)m/g;

const named = (text: string): string => text.replaceAll('/', '∕');

/** Each with the exit code it has. */
const COMMANDS: readonly (readonly [code: number, ...words: string[]])[] = [
  [0, 'check', '--verbose'],
  [1, 'run', '--date', DATE, '--force', '--verbose'],
  [2, 'run', '--date', DATE, '--table', HOSTILE_TEXTS.osc8, '--brand', HOSTILE_TEXTS.colour],
  [2, HOSTILE_TEXTS.osc8, '--verbose'],
  [1, 'validate', '--date', DATE, '--force'],
  [0, 'status', '--date', DATE],
  [0, 'drift', '--date', DATE],
  [1, 'report', '--date', DATE],
  [1, 'report', '--date', DATE, '--output', named(HOSTILE_TEXTS.osc8)],
  [1, 'report', '--date', DATE, '--output', `missing/${HOSTILE_TEXTS.colour}`],
  [0, 'preview', `data/raw/${DATE}/Skylink/Device.csv`],
  [2, 'preview', named(HOSTILE_TEXTS.title)],
  [0, 'trace', '--date', DATE, '--table', 'Device', '--where', "model LIKE '%red%'"],
  [
    2,
    'trace',
    '--date',
    DATE,
    '--table',
    'Device',
    '--where',
    `'${HOSTILE_TEXTS.osc8}' AND oops`,
    '--verbose',
  ],
  [0, 'trace', '--file', `data/raw/${DATE}/Skylink/Device.csv`, '--line', '9'],
  [0, 'replay', '--date', DATE, '--stage', 'raw-to-silver', '--dry-run'],
  [1, 'reconcile', '--date', DATE],
  [0, 'case', '--date', DATE, '--table', 'Playback', '--rule', `none ${HOSTILE_TEXTS.link}`],
  [0, 'test', '--verbose'],
  [2, 'status', '--workspace', `/tmp/${named(HOSTILE_TEXTS.osc8)}`],
];

describe('the command line over hostile texts', () => {
  let folder = '';
  before(async function () {
    this.timeout(60_000);
    await buildCommand();
    folder = mkdtempSync(join(tmpdir(), 'm7-hostile-'));
    writeDay(folder, hostileDay());
    await m7(['run', '--workspace', folder, '--date', DATE]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const words = (command: readonly string[]): readonly string[] =>
    command.includes('--workspace') ? command : [...command, '--workspace', folder];
  const shown = (text: string): string =>
    JSON.stringify(ACTS.exec(text)?.[0]) + JSON.stringify(text.slice(-2_000));

  for (const [code, ...command] of COMMANDS)
    it(`m7 ${JSON.stringify(command.join(' ')).slice(1, 90)}`, async () => {
      const ended: Ended = await m7(words(command), { cwd: folder, env: { FORCE_COLOR: '1' } });
      const said = (ended.out + ended.err).replace(COLOURS, '');
      assert.doesNotMatch(said, ACTS, shown(said));
      assert.equal(ended.code, code, said.slice(0, 2_000));
    });

  it('shows a file on a terminal with its escapes made visible, and gives a pipe the exact bytes', async function () {
    const words = [
      'preview',
      join(folder, 'data/raw', DATE, 'Skylink/Device.csv'),
      '--format',
      'csv',
      '--limit',
      '0',
    ];
    const piped = (await m7([...words, '--workspace', folder])).out;
    assert.ok(piped.includes(HOSTILE_TEXTS.osc8) && piped.includes(HOSTILE_TEXTS.bidi));
    if (!hasTerminal()) this.skip();
    for (const format of ['csv', 'json', 'table']) {
      const asked = words.with(3, format);
      const seen = (await onTerminal(asked, folder)).replace(COLOURS, '').replaceAll(/\r+\n/g, '\n');
      assert.match(seen, /Show the row/);
      assert.doesNotMatch(seen, /(?!\n|\t)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u, shown(seen));
    }
  });

  it('lets no message write a place for the problem matcher of a task', async () => {
    const { err } = await m7(['status', '--workspace', '/a\nat /etc/passwd:1\nerror  /etc/passwd:1\nb']);
    assert.match(err, /passwd/);
    assert.doesNotMatch(err, /^ {2}at |^(?:error|warning) {2}|^ {2}\S.* {2}[A-Z_]+ .+:\d+$/m);
  });

  it('writes a log that is one line for each event', () => {
    const logs = join(folder, 'data/logs/runs');
    assert.ok(existsSync(logs));
    for (const name of readdirSync(logs))
      for (const line of readFileSync(join(logs, name), 'utf8').split('\n').filter(Boolean))
        assert.equal(typeof JSON.parse(line).event, 'string');
  });
});
