// Parquet files of any origin as the preview opens them: schema, rows, profile, search and metadata.
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openData, openPreviewer } from '../../../src/engine';
import { openDatabase } from '../../../src/engine/base/duckdb';
import { BINARY_MUTATIONS } from '../mutations';
import { refused } from '../refusal';
import type { Open } from '../target';

const PLAIN = { sort: [], filters: [] };

/** Columns of every kind, so that every decoder is reached. */
const COLUMNS = `
  i::INTEGER AS whole, (i * 1.5)::DOUBLE AS double, (i * 0.01)::DECIMAL(18, 2) AS price, i % 3 = 0 AS flag,
  'text ' || (i % 7) AS repeated, md5(i::VARCHAR) AS text, CASE WHEN i % 5 = 0 THEN NULL ELSE i END AS gaps,
  DATE '2024-01-01' + (i % 300)::INTEGER AS day, TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND AS at,
  encode(i::VARCHAR) AS bytes, [i, i + 1] AS list, {'a': i, 'b': [i::VARCHAR]} AS nested, MAP {i: 'x'} AS pairs,
  md5(i::VARCHAR)::UUID AS id, TIME '01:02:03' AS clock, (i::HUGEINT * 10000000000) AS huge`;

/** How they are written. */
const WAYS = [
  { rows: 40, options: 'COMPRESSION uncompressed' },
  { rows: 40, options: 'COMPRESSION snappy, PARQUET_VERSION v2' },
  { rows: 3_000, options: 'COMPRESSION zstd, ROW_GROUP_SIZE 2048' },
  { rows: 40, options: 'COMPRESSION gzip' },
  { rows: 40, options: 'COMPRESSION lz4_raw' },
  { rows: 40, options: 'COMPRESSION brotli' },
  { rows: 0, options: 'COMPRESSION snappy' },
] as const;

export const open: Open = async (folder) => {
  const originals = await written(folder);
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  const previews = openPreviewer({
    lake: () => openData({ directory: workspace }),
    workspace,
    memoryLimit: '256MB',
  });
  const options = { signal: new AbortController().signal, progress: () => undefined };
  const file = join(folder, 'input.parquet');

  async function look(): Promise<string | undefined> {
    const { handle, columns, total } = await previews.open(file, options);
    try {
      const session = previews.session(handle);
      const page = await session.page({ view: PLAIN, offset: 0, limit: 50 }, options);
      const counted = await session.count(PLAIN, options);
      if (total !== null && counted !== total) return `${total} rows are said, ${counted} are counted.`;
      if (page.rows.length !== Math.min(50, counted))
        return `${page.rows.length} of ${counted} rows are shown.`;
      await session.metadata(options);
      for (const { name } of columns.slice(0, 20))
        await session.profile({ view: PLAIN, column: name }, options);
      await session.find({ view: PLAIN, text: 'text 3', case: false, from: 0, backwards: false }, options);
      return undefined;
    } finally {
      await previews.close(handle);
    }
  }

  return {
    make(random) {
      const mutation = random.pick(BINARY_MUTATIONS);
      return {
        name: 'input.parquet',
        bytes: mutation(random.pick(originals), random, random.pick(originals)),
      };
    },
    async try({ bytes }) {
      await writeFile(file, bytes);
      try {
        return await look();
      } catch (error) {
        return refused(error);
      } finally {
        await rm(file, { force: true });
      }
    },
    close: () => previews.dispose(),
  };
};

async function written(folder: string): Promise<readonly Buffer[]> {
  const database = await openDatabase({ folders: [folder] });
  const connection = await database.connect();
  try {
    const files: Buffer[] = [];
    for (const [i, { rows, options }] of WAYS.entries()) {
      const path = join(folder, `original-${i}.parquet`);
      await connection.run(
        `COPY (SELECT ${COLUMNS} FROM range(${rows}) r(i)) TO '${path}' (FORMAT parquet, ${options})`,
      );
      files.push(readFileSync(path));
    }
    return files;
  } finally {
    connection.close();
    database.close();
  }
}
