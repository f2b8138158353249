// Looking into a large Parquet file through the engine process, against DuckDB's own time for the same query.
import { readFileSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openDatabase, quoteLiteral } from '../../src/engine/base/duckdb';
import type { Filter, View } from '../../src/shared/previewApi';
import { startEngine } from '../../src/vscode/engine/process';
import { inTurn, median, timed, type Line } from './measure';

const SERVER = resolve(__dirname, '../../dist/server.js');
const PLAIN: View = { sort: [], filters: [] };

/** Fifteen columns in no order, some 40 bytes a row when packed. */
const select = (rows: number): string => `
  SELECT i AS id, (hash(i) % 1000000)::INTEGER AS customer, (hash(i + 1) % 5000)::SMALLINT AS channel,
    'user_' || (hash(i + 2) % 3000000) AS user_id,
    ['STB', 'MOBILE', 'TV', 'WEB'][(1 + hash(i + 3) % 4)::INTEGER] AS device,
    ['CZ', 'SK', 'NL', 'BE', 'DE', 'AT'][(1 + hash(i + 4) % 6)::INTEGER] AS country,
    TIMESTAMP '2024-01-01' + to_microseconds((hash(i + 5) % 31536000000000)::BIGINT) AS started_at,
    DATE '2024-01-01' + (hash(i + 6) % 366)::INTEGER AS day, (hash(i + 7) % 7200)::INTEGER AS duration,
    (hash(i + 8) % 100000000 / 1000.0)::DOUBLE AS score, (hash(i + 9) % 1000000 / 100.0)::DECIMAL(10,2) AS price,
    hash(i + 10) % 3 = 0 AS live,
    'The programme number ' || (hash(i + 11) % 900000) || ', part ' || (hash(i + 12) % 12) AS title,
    CASE WHEN hash(i + 13) % 10 = 0 THEN NULL ELSE 'note ' || (hash(i + 14) % 50000) END AS note,
    (hash(i + 15) % 9000000000)::BIGINT AS session
  FROM range(${rows}) r(i)`;

/** Writes the file that is looked into; gives its bytes. */
export async function writeLarge(path: string, rows: number): Promise<number> {
  process.stderr.write(`  writing ${rows} rows of 15 columns\n`);
  const database = await openDatabase({ folders: [dirname(path)] });
  try {
    const connection = await database.connect();
    await connection.run(
      `COPY (${select(rows)}) TO ${quoteLiteral(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    database.close();
  }
  return (await stat(path)).size;
}

/** @param rows of the file; 20 million make some 850 MB. */
export async function preview(folder: string, rows: number, repetitions: number): Promise<Line[]> {
  const path = join(folder, 'large.parquet');
  const size = await writeLarge(path, rows);
  const database = await openDatabase({ folders: [folder] });
  const own = await database.connect();
  const engine = startEngine({
    script: SERVER,
    trusted: true,
    directory: folder,
    environment: { SETTLE: '0' },
    log: () => undefined,
  });
  const call: typeof engine.channel.call = (...args) => engine.channel.call(...args);
  try {
    await call('hello', {});
    const opened = async (): Promise<string> => (await call('preview.open', { path })).handle;
    /** Seconds of a call on a handle that has seen nothing yet. */
    const fresh = async (work: (handle: string) => Promise<unknown>): Promise<number> => {
      const handle = await opened();
      try {
        return await timed(() => work(handle));
      } finally {
        await call('preview.close', { handle });
      }
    };
    const page = (handle: string, view: View, offset: number): Promise<unknown> =>
      call('preview.page', { handle, view, offset, limit: 100 });

    const open = await inTurn(repetitions, {
      'open and first page': () => timed(async () => page(await opened(), PLAIN, 0)),
    });
    const handle = await opened();
    await page(handle, PLAIN, 0);
    const jumps: number[] = [];
    for (let i = 1; i <= 15; i++)
      jumps.push(await timed(() => page(handle, PLAIN, Math.floor((rows * ((i * 7) % 16)) / 16))));
    const lines: Line[] = [
      time(`open and first page, ${(size / 1e9).toFixed(2)} GB`, open['open and first page'] ?? [], 300),
      time('page anywhere', jumps, 40),
    ];

    const from = `FROM read_parquet(${quoteLiteral(path)})`;
    for (const column of ['customer', 'started_at', 'title']) {
      const view: View = { sort: [{ column, descending: false }], filters: [] };
      const taken = await inTurn(repetitions, {
        [`own ${column}`]: () => timed(() => own.table(`SELECT * ${from} ORDER BY ${column} LIMIT 100`)),
        [`sort ${column}`]: () => fresh((one) => page(one, view, 0)),
      });
      lines.push(ratio(`top 100 by ${column}`, taken[`sort ${column}`], taken[`own ${column}`], 1.5));
    }
    const deep: View = { sort: [{ column: 'started_at', descending: true }], filters: [] };
    const middle = Math.floor(rows / 2);
    const sorted = await inTurn(1, {
      'own sorted page in the middle': () =>
        timed(() => own.table(`SELECT * ${from} ORDER BY started_at DESC LIMIT 100 OFFSET ${middle}`)),
      'sorted page in the middle': () => fresh((one) => page(one, deep, middle)),
    });
    lines.push(
      ratio(
        'sorted page in the middle',
        sorted['sorted page in the middle'],
        sorted['own sorted page in the middle'],
        1.5,
      ),
    );
    for (const sensitive of [true, false]) {
      const name = sensitive ? 'contains' : 'contains, either case';
      let turn = 0;
      const needle = (): string => `${sensitive ? 'number' : 'NUMBER'} ${88_000 + Math.floor(turn++ / 2)}`;
      const taken = await inTurn(repetitions, {
        [`own ${name}`]: () => {
          const text = needle();
          const sql = sensitive ? `contains(title, '${text}')` : `contains(lower(title), lower('${text}'))`;
          return timed(() => own.table(`SELECT count(*) ${from} WHERE ${sql}`));
        },
        [name]: () => {
          const filter: Filter = { column: 'title', kind: 'contains', text: needle(), case: sensitive };
          return fresh((one) =>
            call('preview.count', { handle: one, view: { sort: [], filters: [filter] } }),
          );
        },
      });
      lines.push(ratio(`rows whose title ${name}`, taken[name], taken[`own ${name}`], 1.5));
    }
    for (const column of ['duration', 'note']) {
      const taken = await inTurn(repetitions, {
        [`own ${column}`]: () =>
          timed(() =>
            own.table(
              `SELECT count(*), count(${column}), approx_count_distinct(${column}), min(${column}), max(${column}) ${from}`,
            ),
          ),
        [`profile ${column}`]: () =>
          fresh((one) => call('preview.profile', { handle: one, view: PLAIN, column })),
      });
      // Figures, histogram, top values: three scans of one column.
      lines.push(ratio(`profile of ${column}`, taken[`profile ${column}`], taken[`own ${column}`], 4));
    }
    const status = readFileSync(`/proc/${engine.pid ?? 0}/status`, 'utf8');
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    lines.push({
      what: 'engine process through all of it',
      measured: `${(peak / 1e9).toFixed(2)} GB peak`,
      limit: '2.00 GB peak',
      holds: peak < 2e9,
    });
    return lines;
  } finally {
    engine.stop();
    await engine.gone;
    database.close();
    rmSync(path, { force: true });
  }
}

function time(what: string, seconds: readonly number[], limit: number): Line {
  const taken = median(seconds) * 1000;
  return { what, measured: `${taken.toFixed(0)} ms`, limit: `${limit} ms`, holds: taken <= limit };
}

function ratio(what: string, ours: readonly number[] = [], own: readonly number[] = [], limit: number): Line {
  const taken = median(ours) / median(own);
  return {
    what: `${what}, ${median(ours).toFixed(2)} s where DuckDB takes ${median(own).toFixed(2)} s`,
    measured: `${taken.toFixed(2)} times`,
    limit: `${limit} times`,
    holds: taken <= limit,
  };
}
