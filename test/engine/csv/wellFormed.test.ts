// Random well-formed files of random dialects and sizes: read exactly, or somebody is told.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convertCsv, decideFormat } from '../../../src/engine/csv';
import { openDatabase, quoteLiteral, type Connection, type Database } from '../../../src/engine/base/duckdb';
import { useFolder } from '../../support/folder';

const FILES = 50;
const SEED = 20241115;

/** Mulberry32: the same numbers on each run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface RandomFile {
  readonly text: string;
  readonly names: readonly string[];
  readonly header: boolean;
  readonly rows: readonly (readonly string[])[];
}

function randomFile(random: () => number): RandomFile {
  const int = (n: number): number => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[int(list.length)]!;
  const delimiter = pick([',', ';', '\t', '|', '~', '^', '||', ' | ']);
  const end = pick(['\n', '\r\n']);
  const always = random() < 0.3;
  const header = random() < 0.85;
  const names = ['id', 'title', 'started', 'price', 'text', 'city'].slice(0, 2 + int(5));
  const words = [
    'Alien',
    'Heat',
    'Count Dracula',
    'Total',
    'The End',
    '#Alive',
    'Ran',
    'Žižka',
    'EOF',
    'rows: 5',
  ];
  const paragraph = (): string =>
    Array.from(
      { length: 1 + int(9) },
      () => `${pick(words)}${pick([',', ';', '|', ' "so" ', ''])} 5" wide`,
    ).join(end);
  const values: readonly ((n: number) => string)[] = [
    (n) => (random() < 0.05 ? pick(words) : `${1000 + n}`),
    () => pick(words),
    () => `2024-0${1 + int(9)}-1${int(10)} 10:${10 + int(50)}:00`,
    () => pick(['', '1.50', '2', '-3.75', '1000']),
    () =>
      random() < 0.4 ? paragraph() : pick(['', 'x, y', 'a; b', "it's", '100 %', 'https://example.org/?a=1']),
    () => pick(['Praha', 'Brno', '', 'Plzeň', 'Ústí nad Labem']),
  ];
  // Around the sizes of the samples, and small.
  const size = pick([200, 2_000, 20_000, 65_000, 66_000, 131_000, 262_000, 263_000, 330_000]);
  const cell = (value: string): string =>
    always ||
    /["\r\n]/.test(value) ||
    value.includes(delimiter) ||
    /^\s|\s$/.test(value) ||
    value.includes(delimiter.trim().charAt(0))
      ? `"${value.replaceAll('"', '""')}"`
      : value;
  const rows: string[][] = [];
  let text = header ? names.map(cell).join(delimiter) + end : '';
  while (text.length < size || rows.length < 3) {
    const row = names.map((_, c) => values[c]!(rows.length));
    rows.push(row);
    text += row.map(cell).join(delimiter) + end;
  }
  if (random() < 0.3) text = text.slice(0, -end.length);
  if (random() < 0.2) text = `\ufeff${text}`;
  return { text, names, header, rows };
}

describe('a well-formed file', () => {
  const folder = useFolder();
  let database: Database;
  let connection: Connection;
  before(async () => {
    database = await openDatabase({ folders: [folder()] });
    connection = await database.connect();
  });
  after(() => {
    connection.close();
    database.close();
  });

  it(`is read exactly, or somebody is told (${FILES} files by seed ${SEED})`, async function () {
    this.timeout(300_000);
    const random = randomOf(SEED);
    let exact = 0;
    const refused: string[] = [];
    for (let n = 0; n < FILES; n++) {
      const { text, names, header, rows } = randomFile(random);
      const path = join(folder(), `random${n}.csv`);
      await writeFile(path, text);
      const where = `file ${n} of seed ${SEED}: ${JSON.stringify(text.slice(0, 200))}`;
      const decision = await decideFormat(path, {
        knownColumns: names.map((name) => [name]),
        temporary: folder(),
      });
      if (decision.kind !== 'csv') {
        assert.equal(decision.kind, 'rejected', where);
        refused.push(`${n} ${header ? 'header' : 'headerless'}: ${decision.reason}`);
        continue;
      }
      const output = join(folder(), `random${n}.parquet`);
      const result = await convertCsv({
        file: path,
        format: decision.format,
        connection,
        output,
        rejects: join(folder(), `random${n}.rejects.parquet`),
        temporary: folder(),
        brand: 'A',
        sourceFile: 'random.csv',
      });
      if (result.kind !== 'converted') assert.fail(`${where}: ${result.reason}`);
      const table = await connection.table(`SELECT * FROM read_parquet(${quoteLiteral(output)})`);
      const got = table.rows.map((row) => row.map((v) => v ?? ''));
      const same =
        JSON.stringify(got) === JSON.stringify(rows) &&
        JSON.stringify(table.columns.map((c) => c.name)) === JSON.stringify(names);
      if (same) exact++;
      // What is not exact has a reject or a doubt for every row that is not there.
      else
        assert.ok(
          result.rejected > 0 || (result.format.doubts ?? []).length > 0,
          `${where}: ${got.length} of ${rows.length} rows, format ${JSON.stringify(result.format)}`,
        );
    }
    assert.ok(exact >= FILES * 0.95, `${exact} of ${FILES} exact; refused:\n${refused.join('\n')}`);
  });
});
