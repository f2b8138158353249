// A stated format, as its users meet it: the run takes the file so, the preview shows it so, and other brands stay as they are.
import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { useFolder } from '../support/folder';
import { buildCommand, m7, type Ended } from './command';

const DATE = '20241115';
const COLUMNS = {
  id: { type: 'VARCHAR', source: ['Key'] },
  name: { type: 'VARCHAR' },
  price: { type: 'DECIMAL(10,2)' },
  own: { type: 'DOUBLE', decimal: '.' },
};

interface Shown {
  readonly header: boolean;
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

describe('formats in the config', () => {
  const folder = useFolder();
  before(buildCommand);
  beforeEach(async () => {
    for (const part of ['config', 'data/landing']) await mkdir(join(folder(), part), { recursive: true });
    await writeFile(join(folder(), '.env'), 'EXPECTED_TABLES=T\n');
    await config({});
  });

  /** The config with these formats: of brand A, of the table, of brand A's table. */
  async function config(formats: {
    readonly brand?: object;
    readonly table?: object;
    readonly exact?: object;
  }): Promise<void> {
    const { brand, table, exact } = formats;
    const files = {
      brand_configs: {
        brands: {
          A: {
            code: 'AAA',
            ...(brand === undefined ? {} : { format: brand }),
            ...(exact === undefined ? {} : { tables: { T: { format: exact } } }),
          },
          B: 'BBB',
        },
      },
      table_schemas: {
        tables: { T: { columns: COLUMNS, ...(table === undefined ? {} : { format: table }) } },
      },
      validation_rules: { tables: {} },
    };
    for (const [name, content] of Object.entries(files))
      await writeFile(join(folder(), 'config', `${name}.json`), JSON.stringify(content, null, 2));
  }
  const land = (brand: string, content: string | Buffer): Promise<void> =>
    writeFile(join(folder(), 'data/landing', `${brand}_T_${DATE}.csv`), content);
  const run = (...words: readonly string[]): Promise<Ended> => m7([...words, '--workspace', folder()]);
  const day = (...words: readonly string[]): Promise<Ended> => run('run', '--date', DATE, ...words);
  async function preview(file: string): Promise<Shown> {
    const { out, err, code } = await run('preview', join(folder(), file), '--format', 'json', '--limit', '0');
    assert.equal(code, 0, err);
    return JSON.parse(out) as Shown;
  }
  const names = ({ columns }: Shown): readonly string[] => columns.map(({ name }) => name);
  const RAW = `data/raw/${DATE}/A/T.parquet`;
  const GOLD = `data/gold/${DATE}/T.parquet`;
  /** Texts as raw has them: an empty one is NULL. */
  const asRaw = (rows: Shown['rows']): Shown['rows'] => rows.map((row) => row.map((cell) => cell ?? ''));

  const FILES: readonly (readonly [what: string, format: object, content: string | Buffer])[] = [
    ['a delimiter', { delimiter: ';' }, 'Key;name;price;own\n1;a,b;1;2\n2;c,d;3;4\n'],
    ['no header', { header: false }, '1,a,1.5,2\n2,b,2.5,3\n'],
    ['names in place of a header', { header: ['name', 'Key', 'own', 'price'] }, 'a,1,2,1.5\nb,2,3,2.5\n'],
    [
      'preamble and footer',
      { preamble: 2, footer: 1 },
      'id,name,price,own\nx\nid,name,price,own\n1,a,1,2\nsum,2\n',
    ],
    [
      'an encoding',
      { encoding: 'cp1250' },
      iconv.encode('id,name,price,own\n1,Foto’s žluť,1,2\n', 'windows-1250'),
    ],
    ['quotes', { quote: "'" }, "id,name,price,own\n1,'a,b',1,2\n"],
    ['nothing', {}, 'Key,name,price,own\n1,a,1,2\n2,b,,4\n'],
  ];
  for (const [what, format, content] of FILES)
    it(`are the same to a preview and to a run: ${what}`, async () => {
      if (what !== 'nothing') await config({ brand: format });
      await land('A', content);
      const before = await preview(`data/landing/A_T_${DATE}.csv`);
      const done = await day();
      assert.equal(done.code, 0, done.out + done.err);
      const raw = await preview(RAW);
      assert.deepEqual(names(before), names(raw));
      // A preview shows the footer, too.
      const rows = asRaw(before.rows).slice(0, 'footer' in format ? -1 : undefined);
      assert.deepEqual(rows, asRaw(raw.rows));
      const [original] = (await readdir(join(folder(), `data/raw/${DATE}/A`))).filter((f) =>
        f.endsWith('.csv'),
      );
      assert.deepEqual(await preview(`data/raw/${DATE}/A/${original ?? ''}`), before);
    });

  it('count key by key: the brand, then the table, then the brand’s table', async () => {
    await config({
      brand: { delimiter: '|', decimal: ',', header: false },
      table: { delimiter: ';', header: true },
      exact: { delimiter: '\t' },
    });
    await land('A', 'id\tname\tprice\town\n1\ta|b;c\t1,5\t2.5\n');
    await land('B', 'id;name;price;own\n1;a\tb;1.5;2.5\n');
    const done = await day();
    assert.equal(done.code, 0, done.out + done.err);
    const gold = await preview(GOLD);
    assert.deepEqual(
      gold.rows.map((row) => row.slice(0, 4).map(String)),
      [
        ['1', 'a|b;c', '1.50', '2.5'],
        ['1', 'a\tb', '1.50', '2.5'],
      ],
    );
  });

  it('that change for one brand leave the files of the others as they are', async () => {
    await land('A', 'id,name,price,own\n1,a,1.5,2\n');
    await land('B', 'id,name,price,own\n1,a,1.5,2\n');
    assert.equal((await day()).code, 0);
    await config({ exact: { footer: 0 } });
    const plan = await run('plan', '--date', DATE, '--json');
    const steps = plan.out
      .split('\n')
      .join('')
      .match(/\{[^{}]*"stage":"landing-to-raw"[^{}]*\}/g);
    assert.ok(
      steps?.some((step) => step.includes('"brand":"A"')),
      plan.out,
    );
    const again = await day('--json');
    assert.equal(again.code, 0, again.out);
    const raw = again.out
      .split('\n')
      .filter((line) => line.includes('"event":"step_finished"') && line.includes('"stage":"landing-to-raw"'))
      .map((line) => JSON.parse(line) as { readonly brand: string; readonly status: string });
    assert.deepEqual(
      raw.filter(({ status }) => status === 'done').map(({ brand }) => brand),
      ['A'],
    );
    const third = await day('--json');
    assert.ok(!third.out.includes('"status":"done"'), third.out);
  });

  it('that change the marks of numbers make silver again and raw not', async () => {
    await land('A', 'id,name,price,own\n1,a,"1,5",2\n');
    await day();
    await config({ brand: { decimal: ',' } });
    const again = await day('--json');
    const done = again.out
      .split('\n')
      .filter((line) => line.includes('"event":"step_finished"') && line.includes('"status":"done"'))
      .map((line) => (JSON.parse(line) as { readonly stage: string }).stage);
    assert.ok(!done.includes('landing-to-raw') && done.includes('raw-to-silver'), again.out);
    assert.equal(String((await preview(GOLD)).rows[0]?.[2]), '1.50');
  });

  it('that a file contradicts are reported with both readings', async () => {
    await config({ brand: { encoding: 'windows-1252' } });
    await land('A', 'id,name,price,own\n1,Müller,1.5,2\n');
    const done = await day();
    assert.equal(done.code, 0, done.err);
    const report = await readFile(join(folder(), `data/logs/reports/${DATE}/T.json`), 'utf8');
    const { status, findings } = JSON.parse(report) as {
      readonly status: string;
      readonly findings: readonly { readonly rule: string; readonly message?: string }[];
    };
    assert.equal(status, 'warned');
    assert.match(
      findings.find(({ rule }) => rule === 'format')?.message ?? '',
      /brand_configs\.json line \d+ says encoding "windows-1252", .*"MÃ¼ller" as windows-1252 is "Müller" as utf-8/,
    );
    assert.equal((await preview(GOLD)).rows[0]?.[1], 'MÃ¼ller');
  });

  it('under which no record can be read refuse the file, with both readings', async () => {
    await config({ brand: { delimiter: ';' } });
    await land('A', 'id,name,price,own\n1,a,1.5,2\n2,b,1.5,2\n');
    const shown = await run('preview', join(folder(), `data/landing/A_T_${DATE}.csv`));
    assert.match(shown.err, /A run would reject this file/);
    const done = await day();
    assert.match(
      (done.out + done.err).replace(/\s+/g, ' '),
      /brand_configs\.json line \d+ says delimiter ";", which gives 1 column in 3 of 3 lines, but "," would give 4 columns in 3 of 3 lines/,
    );
  });
});
