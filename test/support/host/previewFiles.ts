// Files for the preview's suite: many rows, many columns, hostile values, broken ones, a text file.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../../src/engine/base/duckdb';
import { sampleWorkspace } from './sample';

/** Rows of files/many.parquet. */
export const MANY = 300_000;
/** Columns of files/wide.parquet. */
export const WIDE = 400;
/** Characters of the longest value of files/hostile.parquet. */
export const LONG = 3_000_000;

const NAMES = ['STB', 'MOBILE', 'WEB', 'TV'];

/** The sample with a folder `files` beside it. */
export async function previewWorkspace(): Promise<string> {
  const workspace = await sampleWorkspace();
  const folder = join(workspace, 'files');
  await mkdir(folder);
  const database = await openDatabase({ folders: [folder] });
  try {
    const connection = await database.connect();
    const write = async (name: string, sql: string): Promise<void> => {
      await connection.run(`COPY (${sql}) TO '${join(folder, name)}' (FORMAT parquet, COMPRESSION zstd)`);
    };
    await write(
      'many.parquet',
      `SELECT i AS id, 'user ' || (i * 7919 % ${MANY}) AS name,
              [${NAMES.map((name) => `'${name}'`).join(', ')}][(i % 4 + 1)::INTEGER] AS kind,
              CASE WHEN i % 10 = 0 THEN NULL ELSE i % 1000 END AS amount,
              TIMESTAMP '2024-11-15 00:00:00' + to_seconds(i) AS at,
              {'a': i, 'b': [i, i + 1]} AS nested
         FROM range(${MANY}) t(i)`,
    );
    await write(
      'wide.parquet',
      `SELECT ${Array.from({ length: WIDE }, (_, column) => `i * ${column} AS c${column}`).join(', ')} FROM range(50) t(i)`,
    );
    await write(
      'hostile.parquet',
      `SELECT * FROM (VALUES
         (1, '<img src=x onerror="document.title=''hacked''">', NULL),
         (2, '<script>document.title="hacked"</script>', ''),
         (3, 'a' || chr(0) || 'b' || chr(27) || '[31m', '  edges '),
         (4, chr(8238) || 'gnp.exe' || chr(8236), 'line' || chr(10) || 'two'),
         (5, repeat('x', ${LONG}), 'beside the long one')
       ) v(id, "<b>text</b>", other)`,
    );
    await write('none.parquet', "SELECT 1 AS a, 'x' AS b WHERE false");
  } finally {
    database.close();
  }
  await writeFile(join(folder, 'broken.parquet'), 'PAR1 and then nothing of the kind');
  await writeFile(
    join(folder, 'people.csv'),
    `name;city\n${Array.from({ length: 500 }, (_, at) => `Person ${at};"City; ${at % 7}"`).join('\n')}\n`,
  );
  return workspace;
}
