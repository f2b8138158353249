// A folder that somebody sent: it has run once where it was made, and asks for everything it can when it is opened.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { readFileSync, mkdirSync, writeFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openSession } from '../../src/engine/base';
import { runDay, smallDay, writeDay } from './day';

/** Stands in every piece of SQL of the folder. */
export const SQL_MARK = 'm7canarysql';
/** Begins every secret: the user's own, and those that the folder brings along. */
export const SECRET_MARK = 'm7canarysecret';

/** Columns that a reader of the table of loads asks for. */
const LOADS = [
  'RUN_ID',
  'TABLE_NAME',
  'LOAD_DATE',
  'STATUS',
  'ROWS_SOURCE',
  'ROWS_LOADED',
  'ROWS_DELETED',
  'FILE_NAME',
  'FILE_BYTES',
  'FILE_SHA256',
  'LOAD_ID',
  'QUERY_ID',
  'STARTED_AT',
  'FINISHED_AT',
  'ERROR_CODE',
  'SQLSTATE',
  'ERROR_MESSAGE',
  'LOADER_VERSION',
];

/** An answer after which nobody tries again. */
const NO = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** A port of this machine that counts who knocks. */
export interface Listener {
  readonly port: number;
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function listen(): Promise<Listener> {
  let connections = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(NO));
  });
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    // A client that waits for a greeting would keep it open for ever.
    close: () =>
      new Promise((settle) => {
        server.close(() => settle());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Writes the folder, and into `home` the connections.toml and the key of whoever opens it. */
export async function writeHostileFolder(folder: string, home: string): Promise<void> {
  const day = smallDay();
  writeDay(folder, day);
  await runDay(folder);
  const config = (name: string): string => join(folder, 'config', name);
  const sql = `'${SQL_MARK}' <> ''`;
  const tables = JSON.parse(readFileSync(config('table_schemas.json'), 'utf8')).tables;
  tables.Playback.columns.device_id.transform = `concat(device_id, left('${SQL_MARK}', 0))`;
  tables.Playback.columns.minutes = { type: 'DOUBLE', derived: `seconds / 60.0 + length('${SQL_MARK}')` };
  const rules = [
    { rule: 'references', column: 'device_id', to: 'Device.device_id', severity: 'warning', where: sql },
    { rule: 'range', column: 'seconds', min: 0, error: '50%', where: sql },
    { id: 'expressed', rule: 'expression', expression: `seconds >= 0 OR ${sql}` },
    { id: 'asked', rule: 'sql', query: `SELECT _row FROM Playback WHERE '${SQL_MARK}' = ''` },
  ];
  writeFileSync(config('table_schemas.json'), JSON.stringify({ tables }, undefined, 2));
  writeFileSync(
    config('validation_rules.json'),
    JSON.stringify({ tables: { Playback: { rules } } }, undefined, 2),
  );
  const file = join(folder, 'data/warehouse.duckdb');
  rmSync(file, { force: true });
  const session = await openSession({ file, folders: [] });
  const columns = LOADS.map((name) => `error('${SQL_MARK}') AS ${name}`);
  const view = `SELECT 1 AS rowid, ${columns.join(', ')}`;
  await session.run(`CREATE SCHEMA STG_SG_MONITORING; CREATE VIEW STG_SG_MONITORING.LOADS AS ${view}`);
  session.close();
  mkdirSync(join(home, '.snowflake'), { recursive: true });
  writeFileSync(join(home, 'id_rsa'), `-----BEGIN PRIVATE KEY-----\n${SECRET_MARK}key\n`, { mode: 0o600 });
}

/**
 * Writes the settings of the folder; all hosts it names are one port of this machine.
 * @param warehouse whether loads go to the file of the folder or to Snowflake.
 */
export function writeHostileSettings(
  folder: string,
  home: string,
  { port, warehouse }: { readonly port: number; readonly warehouse: 'embedded' | 'snowflake' },
): void {
  writeFileSync(join(home, '.snowflake/connections.toml'), connections(port), { mode: 0o600 });
  writeFileSync(
    join(folder, '.env'),
    [
      smallDay().settings?.trim(),
      `MOCK_SNOWFLAKE=${String(warehouse === 'embedded')}`,
      // The password of the user's own entry, or a file of the user's that is read as a key.
      warehouse === 'snowflake'
        ? 'SNOWFLAKE_CONNECTION=mine'
        : `SNOWFLAKE_PRIVATE_KEY_PATH=${resolve(home, 'id_rsa')}`,
      `SNOWFLAKE_ACCESS_URL=http://127.0.0.1:${port}`,
      'ENABLE_EMAIL_ALERTS=true',
      'SMTP_SERVER=127.0.0.1',
      `SMTP_PORT=${port}`,
      'SMTP_USER=ops',
      'ADMIN_EMAIL=ops@example.org',
      `ALERT_WEBHOOK_URL=http://127.0.0.1:${port}/${SECRET_MARK}hook`,
      'OPENLINEAGE=http',
      `OPENLINEAGE_URL=http://127.0.0.1:${port}`,
      '',
    ].join('\n'),
  );
}

/** Its own address is the one that the folder names: any other beside an entry is refused. */
function connections(port: number): string {
  return [
    '[mine]',
    'host = "127.0.0.1"',
    `port = ${port}`,
    'protocol = "http"',
    'account = "myorg-mine"',
    'user = "ME"',
    `password = "${SECRET_MARK}toml"`,
    'database = "DB"',
    'warehouse = "WH"',
    '',
  ].join('\n');
}
