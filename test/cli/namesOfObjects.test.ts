// Names that every JavaScript object has already are names like others: of columns, tables, brands, rules, values and keys.
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openEditing, openRuleTests, dateDocument, readTrend } from '../../src/engine';
import { DATE, open, writeDay, type Day } from '../support/day';
import { useFolder } from '../support/folder';
import { buildCommand, m7 } from './command';

const NEXT = '20241116';
/** Each with an ordinary name of its length that is sorted beside it. */
const NAMES: readonly (readonly [string, string])[] = [
  ['__proto__', '__prota__'],
  ['constructor', 'constructar'],
  ['toString', 'toStrinh'],
  ['hasOwnProperty', 'hasOwnPropertz'],
  ['valueOf', 'valueOg'],
];

/** An object whose keys are its own, whatever they are called. */
const own = (...entries: readonly (readonly [string, unknown])[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(entries);

/** @param n 0: the names of objects; 1: ordinary ones. */
function namedDay(n: 0 | 1): Day {
  const [proto, constructor, toString, hasOwn, valueOf] = NAMES.map((pair) => pair[n]) as [
    ...[string, string, string, string, string],
  ];
  const lines = (date: string): string =>
    [
      // One header too many, and one of a column that is missing on the second date.
      [proto, constructor, toString, ...(date === NEXT ? [] : [hasOwn]), 'spare', `${valueOf}2`].join(','),
      ...Array.from({ length: 12 }, (_, i) =>
        [`k${i}`, i === 3 ? 'many' : i, NAMES[i % 5]?.[n], ...(date === NEXT ? [] : [i]), 'x', valueOf].join(
          ',',
        ),
      ),
      `k1,5,${constructor},${date === NEXT ? '' : '9,'}x,y`,
    ].join('\n');
  const other = `${hasOwn}\n${constructor}\n${proto}\n`;
  return {
    brands: own([constructor, { code: 'CON', name: toString, aliases: [valueOf] }]),
    tables: own(
      [
        toString,
        {
          primary_key: [proto],
          max_rejected: '100%',
          columns: own(
            [proto, { type: 'VARCHAR', required: true, description: constructor }],
            [constructor, { type: 'INTEGER', max_failed: '100%', on_error: 'null' }],
            [toString, { type: 'VARCHAR', map: own([proto, valueOf], [valueOf, proto]), sensitive: false }],
            [hasOwn, { type: 'INTEGER' }],
            [valueOf, { type: 'VARCHAR', derived: `upper("${proto}")` }],
          ),
        },
      ],
      [hasOwn, { columns: own([hasOwn, { type: 'VARCHAR' }]) }],
    ),
    rules: own([
      toString,
      {
        rules: [
          { rule: 'not_null', column: proto },
          { rule: 'not_null', column: constructor, on_fail: 'report' },
          { rule: 'unique', columns: [toString, hasOwn], on_fail: 'report', severity: 'warning' },
          { rule: 'enum', column: toString, values: [proto, constructor], on_fail: 'report' },
          {
            id: proto,
            rule: 'anomaly',
            metric: 'mean',
            column: constructor,
            min_history: 2,
            severity: 'info',
          },
          { id: constructor, rule: 'anomaly', metric: 'row_count', min_history: 2, severity: 'info' },
          {
            id: toString,
            rule: 'references',
            column: toString,
            to: `${hasOwn}.${hasOwn}`,
            on_fail: 'report',
          },
          {
            id: hasOwn,
            rule: 'expression',
            expression: `"${constructor}" < 5`,
            on_fail: 'report',
            tags: [proto],
          },
          {
            id: valueOf,
            rule: 'sql',
            query: `SELECT "${toString}" AS "${proto}", 1 AS "${constructor}" FROM rows`,
            on_fail: 'report',
          },
          {
            id: 'shape',
            rule: 'schema',
            types: own([proto, 'INTEGER'], [constructor, 'INTEGER']),
            on_fail: 'report',
          },
        ],
      },
    ]),
    settings: `EXPECTED_TABLES=${toString},${hasOwn}\nMAX_WORKERS=1\nOPENLINEAGE=file\n`,
    files: Object.fromEntries(
      [DATE, NEXT].flatMap((date) => [
        [`${constructor}_${toString}_${date}.csv`, lines(date)],
        [`${valueOf}_${hasOwn}_${date}.csv`, other],
      ]),
    ),
  };
}

/** What differs between any two runs is made the same, and the names of objects become the ordinary ones. */
function comparable(text: string, folder: string): string {
  const renamed = NAMES.reduce((rest, [from, to]) => rest.replaceAll(from, to), text.replaceAll(folder, ''));
  return (
    renamed
      .replaceAll('proto', 'prota')
      .replace(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, 'RUN')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, 'TIME')
      .replace(/\b\d\d:\d\d:\d\d\b/g, 'TIME')
      // What else the machine does moves it.
      .replace(/[\d.,]+ [KMGT]?B free/g, 'FREE')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID')
      .replace(/\b(?=[0-9]*[a-f])[0-9a-f]{8,64}\b/g, 'HASH')
      .replace(/"(seconds|bytes|mtime\w*|pid|size|mark)": ?[\d.]+/g, '"$1":0')
      .replace(/time="[\d.]+"/g, 'time')
      .replace(/\d+(?:\.\d+)? (?:s|ms|kB|B|MB|min)\b/g, 'SOME')
  );
}

/** Where a text is another one than with ordinary names, with what stands around. */
function firstDifference(
  what: string,
  text: string,
  ordinary: ReadonlyMap<string, string>,
): readonly string[] {
  const expected = ordinary.get(what) ?? '';
  if (text === expected) return [];
  let at = 0;
  while (text[at] === expected[at]) at += 1;
  const around = (whole: string): string => whole.slice(Math.max(0, at - 80), at + 160);
  return [`${what}\n  is:     ${around(text)}\n  not as: ${around(expected)}`];
}

describe('names that every object has', function () {
  this.timeout(60_000);
  const folder = useFolder();
  before(buildCommand);

  it('are shown, checked and evaluated like others by everything that reads them', async () => {
    const shown: Record<0 | 1, Map<string, string>> = { 0: new Map(), 1: new Map() };
    for (const n of [0, 1] as const) {
      const root = join(folder(), String(n));
      writeDay(root, namedDay(n));
      const say = (what: string, text: string): void => {
        shown[n].set(what, comparable(text, root));
      };
      const call = async (...words: string[]): Promise<void> => {
        const { code, out, err } = await m7(words, { cwd: root });
        say(`m7 ${words.join(' ')}`, `${String(code)}\n${out}\n${words.includes('run') ? '' : err}`);
      };
      await call('check');
      await call('run', '--from', DATE, '--to', DATE);
      await call('run', '--date', NEXT, '--json');
      await Promise.all([
        ...['text', 'json', 'html', 'junit'].map((format) =>
          call('report', '--date', NEXT, '--format', format),
        ),
        call('status', '--json'),
        call('drift', '--date', NEXT),
      ]);
      await Promise.all([
        call('status', '--date', NEXT),
        call('reconcile', '--date', DATE),
        call('plan', '--date', DATE),
      ]);
      const line = [
        '--file',
        join('data/raw', NEXT, NAMES[1]?.[n] ?? '', `${NAMES[2]?.[n] ?? ''}.csv`),
        '--line',
        '3',
      ];
      await call('trace', ...line, '--json');

      say('the report page', JSON.stringify(await dateDocument({ directory: root }, NEXT)));
      const { lake } = await open(root);
      say('the trend', JSON.stringify(await readTrend(lake, { until: NEXT, dates: 9 })));
      const tests = openRuleTests({ directory: root });
      const editing = openEditing({ directory: root });
      try {
        say('the tests', JSON.stringify([await tests.tree(), await tests.results()]));
        const text = readFileSync(join(root, 'config/validation_rules.json'), 'utf8');
        const draft = { file: 'validation_rules', text } as const;
        say('the problems', JSON.stringify(await editing.diagnose(draft)));
        for (const word of ['"column"', '"expression"', '"query"', '"to"']) {
          const offset = text.indexOf(word) + word.length + 4;
          say(`hover ${word}`, JSON.stringify((await editing.hover(draft, offset)) ?? null));
          say(`completion ${word}`, JSON.stringify(await editing.complete(draft, offset)));
        }
        say('lenses', JSON.stringify(await editing.lenses(draft)));
      } finally {
        tests.close();
        editing.close();
      }
      for (const entry of readdirSync(join(root, 'data/logs'), { recursive: true, withFileTypes: true }))
        if (entry.isFile() && entry.name.endsWith('.json'))
          say(
            NAMES.reduce(
              (path, [from, to]) => path.replaceAll(from, to),
              relative(root, join(entry.parentPath, entry.name)),
            ),
            readFileSync(join(entry.parentPath, entry.name), 'utf8'),
          );
    }
    const rules = shown[0].get(`m7 report --date ${NEXT} --format text`) ?? '';
    assert.match(rules, /not_null_prota /);
    assert.match(rules, /not_null_constructar /);
    const ordinary = new Map([...shown[1]].map(([what, text]) => [comparable(what, ''), text]));
    const differing = [...shown[0]].flatMap(([what, text]) =>
      firstDifference(comparable(what, ''), text, ordinary),
    );
    assert.deepEqual(differing, []);
    assert.equal(shown[0].size, ordinary.size);
  });

  it('are keys of .env like others that nobody knows', async () => {
    for (const n of [0, 1] as const) writeDay(join(folder(), String(n)), namedDay(n));
    const said = [];
    for (const n of [0, 1] as const) {
      const root = join(folder(), String(n));
      appendFileSync(join(root, '.env'), NAMES.map((pair) => `${pair[n]}=1\n`).join(''));
      const { code, out, err } = await m7(['check'], { cwd: root });
      said.push(comparable(`${String(code)}\n${out}\n${err}`, root));
    }
    assert.equal(said[0], said[1]);
  });
});
