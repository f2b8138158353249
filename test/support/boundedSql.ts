// Runs SQL, given as JSON with its bounds, as a process of its own: it may be one that has to be ended.
import { onRunaway, openDatabase, withConnection } from '../../src/engine/base';
import { plainError } from '../../src/engine/model';

const { sql, bytes, seconds } = JSON.parse(process.argv[2] ?? '');
onRunaway(({ code, message }) => {
  console.log(JSON.stringify({ code, message, ended: true }));
  process.exit(1);
});
void openDatabase({ folders: [], memoryLimit: '256MB' })
  .then((database) =>
    withConnection(database, (connection) => connection.rows(sql, { bounds: { bytes, seconds } })),
  )
  .then(
    (rows) => console.log(JSON.stringify({ rows: rows.length })),
    (error: unknown) => console.log(JSON.stringify(plainError(error))),
  )
  .finally(() => process.exit(0));
