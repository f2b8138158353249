// Statements over their bounds of memory and time, each in a process of its own, whose size is measured.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { BINDING } from '../../../src/engine/base';
import { useFolder } from '../../support/folder';
import { grownBy } from '../../support/peakMemory';
import { doubled } from '../../support/doubledSql';

const CHILD = join(__dirname, '../../support/boundedSql.ts');

interface Came {
  readonly said: {
    readonly code?: string;
    readonly message?: string;
    readonly ended?: true;
    readonly rows?: number;
  };
  readonly signal: NodeJS.Signals | null;
  readonly most: number;
}

async function run(
  sql: string,
  more: { readonly bytes: number; readonly seconds: number } | { readonly file: string },
): Promise<Came> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify({ sql, ...more })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { result, most } = await grownBy(
    () => Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number, NodeJS.Signals | null]>]),
    child.pid,
  );
  const [said, [, signal]] = result;
  return { said: JSON.parse(said), signal, most };
}

const ENDLESS = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t';
const DEAF = "SELECT repeat('a', 20000) LIKE '%a%a%a%a_%a%a%b' AS n";
/** Megabytes of a process that runs nothing, and what is filled between two looks. */
const IDLE = 400;

describe('a statement over its bounds', () => {
  const folder = useFolder();
  /** It takes the patience of the watch: others are tried meanwhile. */
  let deaf: Promise<Came>;
  before(() => {
    deaf = run(DEAF, { bytes: 64e6, seconds: 1 });
  });

  it('is cancelled where it takes too long, and the process goes on', async () => {
    const { said, signal, most } = await run(ENDLESS, { bytes: 64e6, seconds: 1 });
    assert.deepEqual([said.code, said.ended, signal], ['TIMEOUT', undefined, null]);
    assert.equal(said.message, 'The query was cancelled: it took longer than 1 seconds.');
    assert.ok(most < IDLE + 448, `${most} MB`);
  });

  it('is cancelled where it takes too much memory that DuckDB does not count', async () => {
    const sql =
      "SELECT count(v) FROM (SELECT repeat('x', 40000000 + i % 2) AS v FROM range(1000) t(i) ORDER BY v)";
    const { said, most } = await run(sql, { bytes: 64e6, seconds: 3600 });
    assert.equal(said.code, 'OUT_OF_MEMORY', said.message);
    assert.ok(most < IDLE + 960, `${most} MB`);
  });

  for (const sql of [
    "strptime(b, repeat('x', 1500000000))",
    "repeat(repeat('x', 100000), 30000) = b",
    `list_reduce([${Array.from({ length: 40 }, () => "'x'").join(', ')}], lambda s, x: s || s) = b`,
    "lpad(b, 2000000000, 'y') = rpad('x', 2000000000, 'y')",
    "printf('%2000000000d', 1) = b",
    'length(range(400000000)) = 1',
  ])
    it(`keeps its process small, also while it is bound: ${sql.slice(0, 60)}`, async () => {
      const { said, most } = await run(`DESCRIBE SELECT ${sql} FROM (SELECT '' AS b)`, BINDING);
      assert.ok(said.code === 'OUT_OF_MEMORY' || said.rows === 1, JSON.stringify(said));
      assert.ok(most < IDLE + 1_024, `${most} MB`);
    });

  it('is one of a preview, too, with the memory of that', async () => {
    const file = join(folder(), 'rows.csv');
    await writeFile(file, `n,v\n${Array.from({ length: 50 }, (_, i) => `${i},x`).join('\n')}\n`);
    const sql = `SELECT length(${doubled("concat('a', v)", 28)}) AS n FROM file ORDER BY n`;
    const { said, most } = await run(sql, { file });
    assert.equal(said.code, 'OUT_OF_MEMORY', JSON.stringify(said));
    assert.match(said.message ?? '', /too much memory|more memory than a preview may use/);
    assert.ok(most < IDLE + 256 + 384 + 512, `${most} MB`);
  });

  it('is ended with its process where it does not obey', async () => {
    const { said, signal } = await deaf;
    assert.deepEqual([said.code, said.ended, signal], ['TIMEOUT', true, 'SIGKILL']);
    assert.match(said.message ?? '', /took too long and could not be cancelled/);
  });
});
