// The parts of a case that need no run: leaving out, standing in, comparing.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { differences } from '../../../../src/engine/authoring/cases/expectation';
import { caseName, folderName } from '../../../../src/engine/authoring/cases/candidates';
import { freeFolder } from '../../../../src/engine/authoring/cases/caseFolder';
import { renderCasesJUnit } from '../../../../src/engine/authoring/cases/casesJUnit';
import type { Line, LandingSource } from '../../../../src/engine/authoring/cases/caseLines';
import { MASK_LEVELS, maskLines, type MaskLevel } from '../../../../src/engine/authoring/cases/standIns';
import { shortest, shrink } from '../../../../src/engine/authoring/cases/shrink';
import { fromBytes, toBytes } from '../../../../src/engine/csv/records';
import type { Column, Table } from '../../../../src/engine/model';

const always = (): boolean => true;

describe('the name of a case folder', () => {
  // Read as an option, a variable, a partition or a part of a path by one shell or file system or another.
  const special = '=:/\\<>|"\'`*?!$&;,.+%@#~^(){}[] \t\n\0';

  it('has letters, digits, hyphens and underscores alone, whatever a rule is called', () => {
    for (const character of special) {
      assert.equal(folderName(`a${character}b`), 'a_b', JSON.stringify(character));
      const failure = { kind: 'rule', id: `date${character}2024` } as const;
      assert.equal(caseName('User', failure), 'User_date_2024', JSON.stringify(character));
    }
    assert.equal(folderName('Zákazník-7_x'), 'Zákazník-7_x');
    assert.equal(folderName(''), '_');
  });

  it('is refused with anything else', () => {
    for (const character of special)
      assert.throws(
        () => freeFolder('/nowhere', `a${character}b`),
        { code: 'USAGE' },
        JSON.stringify(character),
      );
    assert.equal(freeFolder('/nowhere', 'a_b'), join('/nowhere', 'a_b'));
  });
});

describe('shrinking', () => {
  it('leaves exactly the items that are needed, whichever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(59), { maxLength: 4 }),
        async (size, wanted) => {
          const items = Array.from({ length: size }, (_, i) => i);
          const needed = [...new Set(wanted.map((n) => n % size))].sort((a, b) => a - b);
          const shown = await shrink(
            items,
            (some) => Promise.resolve(needed.every((n) => some.includes(n))),
            always,
          );
          assert.deepEqual(shown, { items: needed, fewest: true });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never asks twice, keeps the order, and ends where no single item can go', async () => {
    const asked = new Set<string>();
    // Shown by any three of the items: which ones is not told.
    const shown = await shrink(
      Array.from({ length: 20 }, (_, i) => i),
      (some) => {
        const key = some.join(' ');
        assert.ok(!asked.has(key), key);
        asked.add(key);
        assert.deepEqual(
          some,
          some.toSorted((a, b) => a - b),
        );
        return Promise.resolve(some.length >= 3);
      },
      always,
    );
    assert.equal(shown.items.length, 3);
    assert.ok(shown.fewest);
  });

  it('stops when its budget is spent and says so', async () => {
    let left = 3;
    const shown = await shrink(
      [1, 2, 3, 4, 5, 6, 7, 8],
      (some) => Promise.resolve(some.includes(5)),
      () => left-- > 0,
    );
    assert.equal(shown.fewest, false);
    assert.ok(shown.items.includes(5) && shown.items.length > 1);
  });

  it('finds the shortest beginning', async () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    assert.equal((await shortest(items, (some) => Promise.resolve(some.length > 41), always)).length, 42);
    assert.equal((await shortest(items, () => Promise.resolve(true), always)).length, 0);
    assert.equal((await shortest(items, () => Promise.resolve(false), always)).length, 100);
  });
});

const column = (name: string, type = 'VARCHAR', sensitive = true): Column => ({
  ...{ name, type, sensitive, description: '', source: [], required: false, formats: [], decimal: '.' },
  ...{
    timezone: undefined,
    thousands: undefined,
    transform: undefined,
    derived: undefined,
    default: undefined,
  },
  ...{ map: {}, trueValues: [], falseValues: [], onError: 'reject', locations: {} },
  location: { file: 'table_schemas.json' },
});
const TABLE: Table = {
  ...{
    name: 'User',
    description: '',
    primaryKey: [],
    deduplicate: 'last',
    extraColumns: 'keep',
    drift: 'report',
  },
  nullValues: ['', 'NULL'],
  columns: [
    column('id', 'VARCHAR', false),
    column('name'),
    column('born', 'DATE'),
    column('fee', 'DECIMAL(8,2)'),
  ],
  location: { file: 'table_schemas.json' },
};
const SOURCE: LandingSource = {
  ...{ date: '20241115', brand: 'B', table: 'User', name: 'a.csv', delivered: 'a.csv', file: '/a.csv' },
  format: {
    ...{ compression: 'none', encoding: 'utf-8', bom: false, delimiter: ';', quote: '"', escape: '"' },
    ...{
      newline: '\n',
      preamble: 0,
      header: 1,
      footer: 0,
      columns: ['ID', 'Name', 'Born', 'Fee'],
      notes: [],
    },
    confidence: { encoding: 1, delimiter: 1, quote: 1, header: 1, footer: 1 },
  },
};
const line = (text: string, fields: readonly string[], row = true): Line => ({
  ...{ source: 0, at: 1, row },
  bytes: toBytes(`${text}\n`),
  fields: fields.map(toBytes),
});
function mask(lines: readonly Line[], level: MaskLevel | undefined = MASK_LEVELS[0]): string[] {
  assert.ok(level);
  return maskLines(lines, [SOURCE], [TABLE], level).lines.map((one) => fromBytes(one.bytes).slice(0, -1));
}
const kinds = (text: string): string =>
  text
    .replace(/\p{Lu}/gu, 'A')
    .replace(/\p{Ll}/gu, 'a')
    .replace(/\p{N}/gu, '9');

describe('stand-ins', () => {
  it('keep length, case, kinds of characters and quotes, and nothing else', () => {
    const given = '7;"O""Neil, Jr. Šimková";12.03.1987;12.50';
    const [made = ''] = mask([line(given, ['7', 'O"Neil, Jr. Šimková', '12.03.1987', '12.50'])]);
    assert.equal(kinds(made), kinds(given));
    assert.match(made, /^7;"[A-Z]""[A-Z][a-z]{3}, /);
    assert.doesNotMatch(made, /Neil|imkov|12\.03|12\.50/);
  });

  it('are the same for the same value, also where case or blanks differ, and others for others', () => {
    const names = ['Anna Nova', 'ANNA NOVA', ' anna nova', 'Anna Novy', 'Berta'];
    const made = mask(names.map((name) => line(`1;${name};;`, ['1', name, '', '']))).map(
      (text) => text.split(';')[1] ?? '',
    );
    assert.equal(made[1], made[0]?.toUpperCase());
    assert.equal(made[2], ` ${made[0]?.toLowerCase()}`);
    assert.equal(new Set(made.map((one) => one.trim().toLowerCase())).size, 3);
  });

  it('leave empty and NULL values, and columns that are not sensitive', () => {
    assert.deepEqual(mask([line('Keep1;NULL;;', ['Keep1', 'NULL', '', ''])]), ['Keep1;NULL;;']);
  });

  it('are dates where the value was one, and none where it was none', () => {
    const valid = ['1987-12-24', '24.12.1987', '19871224', '1987-02-28 23:59:00', '1987-05-31', '31.12.1987'];
    const broken = ['31.31.1999', '00.00.0000', 'soon', '1987-99-01', '31.02.1987'];
    for (const level of MASK_LEVELS) {
      const masked = (values: readonly string[]): string[] =>
        mask(
          values.map((v) => line(`1;;${v};`, ['1', '', v, ''])),
          level,
        ).map((text) => text.split(';')[2] ?? '');
      for (const [i, one] of masked(valid).entries()) {
        assert.notEqual(one, valid[i]);
        const parts = /^(?:(\d{4})-?(\d\d)-?(\d\d)|(\d\d)\.(\d\d)\.(\d{4}))/.exec(one) ?? [];
        const [y, m, d] = parts[1] === undefined ? [parts[6], parts[5], parts[4]] : parts.slice(1);
        assert.equal(new Date(`${y}-${m}-${d}T00:00:00Z`).toISOString().slice(0, 10), `${y}-${m}-${d}`, one);
        assert.match(one, level.keeps === 'size' ? /1987/ : /198\d/);
      }
      assert.deepEqual(masked(broken).slice(0, 2), [
        broken[0]?.replace('1999', masked(broken)[0]?.slice(-4) ?? ''),
        '00.00.0000',
      ]);
      assert.match(masked(broken)[2] ?? '', /^[a-z]{4}$/);
      assert.match(masked(broken)[3] ?? '', /-99-/);
      assert.match(masked(broken)[4] ?? '', /^31\.02\./);
    }
  });

  it('cover all of a line whose fields cannot be told', () => {
    const [made = ''] = mask([line('7;Ann"a;1;2;3', ['7', 'Ann"a', '1', '2', '3'], false)]);
    assert.match(made, /^\d;[A-Z][a-z]{2}"[a-z];\d;\d;\d$/);
    assert.notEqual(made, '7;Ann"a;1;2;3');
    assert.doesNotMatch(made, /Ann/);
  });

  it('hold for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), (text) => {
        const value = text.replace(/[;"\r\n]/g, '');
        fc.pre(value.trim() !== '' && value !== 'NULL');
        const [made = ''] = mask([line(`1;${value};;`, ['1', value, '', ''])]);
        const stand = made.slice(2, -2);
        assert.equal(Array.from(stand).length, Array.from(value).length);
        assert.deepEqual(
          Array.from(stand).map((c) => (/[\p{L}\p{N}]/u.test(c) ? '' : c)),
          Array.from(value).map((c) => (/[\p{L}\p{N}]/u.test(c) ? '' : c)),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('differences', () => {
  it('are none where all is equal, and leave aside what is not expected', () => {
    const found = {
      status: 'failed',
      rows: { landing: 2, gold: 1 },
      findings: [{ id: 'a', status: 'failed', evaluated: 1, failing: 1 }],
      rejects: [],
    } as const;
    assert.deepEqual(differences(found, found), []);
    assert.deepEqual(differences({ status: 'failed' }, found), []);
    assert.deepEqual(differences({ findings: [] }, found), []);
  });

  it('are told in plain words', () => {
    const told = differences(
      {
        status: 'failed',
        rows: { gold: 1 },
        findings: [{ id: 'a', status: 'failed', evaluated: 1, failing: 1 }],
        rejects: [],
        files: [{ file: 'x.csv', code: 'NOT_CSV' }],
        steps: [{ stage: 'raw-to-silver', brand: 'B', code: 'TABLE_FAILED' }],
      },
      {
        status: null,
        findings: [],
        rejects: [{ stage: 'raw-to-silver', reason: 'CONVERSION_FAILED', columns: ['fee'], rows: 2 }],
      },
    );
    assert.deepEqual(
      told.map(({ what, expected, found }) => `${what}: ${expected} | ${found}`),
      [
        'status of the table: failed | no report',
        'rows of gold: 1 | none: there is no report',
        'rule a: failed, 1 of 1 row failing | not evaluated',
        'rejects for CONVERSION_FAILED (fee) in raw-to-silver: none | 2 rows',
        'file x.csv: rejected for NOT_CSV | not rejected',
        'step raw-to-silver of B: failed with TABLE_FAILED | not failed',
      ],
    );
  });

  it('become failures of a build server, with what XML cannot hold shown', () => {
    const xml = renderCasesJUnit([
      { folder: '/c/a', name: 'a', table: 'User', outcome: { kind: 'passed' }, seconds: 1 },
      {
        ...{ folder: '/c/b', name: 'b <&>', table: 'User', seconds: 0.5 },
        outcome: { kind: 'differs', differences: [{ what: 'rule "x"\u0000', expected: '1', found: '2' }] },
      },
      {
        ...{ folder: '/c/c', name: 'c', seconds: 0 },
        outcome: {
          kind: 'broken',
          error: { code: 'CONFIG_INVALID', message: 'No <table>.', remedy: 'Mend it.' },
        },
      },
    ]);
    assert.match(
      xml,
      /<testsuites name="m7 test" tests="3" failures="1" errors="1" skipped="0" time="1\.500">/,
    );
    assert.match(xml, /name="b &lt;&amp;&gt;"/);
    assert.match(xml, /<failure type="difference" message="rule &quot;x&quot;\\x00: expected 1; found 2">/);
    assert.match(xml, /<error type="CONFIG_INVALID" message="No &lt;table&gt;\.">Mend it\.<\/error>/);
  });
});
