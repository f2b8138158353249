// Runs SQL, given as JSON with its bounds or a file to preview, as a process of its own: it may be one that has to be ended.
import { onRunaway, openDatabase, withConnection } from '../../src/engine/base';
import { openPreviewer } from '../../src/engine/insight';
import { plainError } from '../../src/engine/model';

const { sql, file, ...bounds } = JSON.parse(process.argv[2] ?? '');

async function preview(): Promise<number | null> {
  const previews = openPreviewer({
    memoryLimit: '256MB',
    lake: () => Promise.reject(new Error('There is no workspace.')),
  });
  const { handle } = await previews.open(file, {});
  return (await previews.query(handle, sql, {})).total;
}

onRunaway(({ code, message }) => {
  console.log(JSON.stringify({ code, message, ended: true }));
  process.exit(1);
});
const work =
  file === undefined
    ? openDatabase({ folders: [], memoryLimit: '256MB' }).then((database) =>
        withConnection(database, async (connection) => (await connection.rows(sql, { bounds })).length),
      )
    : preview();
void work
  .then(
    (rows) => console.log(JSON.stringify({ rows })),
    (error: unknown) => console.log(JSON.stringify(plainError(error))),
  )
  .finally(() => process.exit(0));
