// Starts the protocol peer: an HTTP server on loopback that the real snowflake-sdk takes for Snowflake, in all that
// this project asks of it. What it does not know it refuses by name. It is a stand-in for tests of the protocol:
// passing against it says nothing of Snowflake itself.
//
//   const peer = await startPeer({ storage: 'LOCAL_FS' });
//   createConnection({ accessUrl: peer.url, account: peer.account, username: 'LOADER', password: PASSWORD, … })
//   peer.inject({ kind: 'dropped-after' }, { statement: 'COMMIT' });
//   await peer.target('SELECT count(*) AS n FROM "M7"."GOLD"."PLAYBACK"');
//   await peer.close();
//
// Error codes 001003, 002002, 002003, 003001, 000606, 000604, 000630, 000625, 000904, 001430, 002020, 002023,
// 002140, 100035 to 100040, 100072, 100078, 390100 to 390318 are Snowflake's own; 100144, 000628, 394400 and the
// wording of messages are stand-ins.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, quoteIdentifier, type Row } from '../../../src/engine/base/duckdb';
import { Account } from './account';
import { fullText, plainOrQuoted } from './catalogue';
import { SnowflakeError } from './errors';
import { Gate } from './gate';
import { startObjectStore } from './objectStore';
import { ADMIN } from './privileges';
import { Running } from './running';
import { Service } from './service';
import { filesOf } from './stageFiles';
import { Store } from './store';
import type { Peer, PeerOptions, PeerUser } from './types';

export type * from './types';

/** The password of the user LOADER. */
export const PASSWORD = 'correct horse battery staple';

/** Starts a peer with an empty database. Whoever starts it closes it. */
export async function startPeer(options: PeerOptions = {}): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'peer-'));
  const database = await openDatabase({
    folders: [tmpdir(), folder],
    temporary: join(folder, 'spill'),
    memoryLimit: options.memoryLimit,
  });
  const store = await Store.open(database, {
    abandonedAfter: options.abandonedAfter ?? 3000,
    granularity: options.locks ?? 'partition',
    afterWait: options.afterWait ?? 'snapshot',
  });
  const name = options.database ?? 'M7';
  const warehouse = options.warehouse ?? 'M7_WH';
  const users: PeerUser[] = [
    { name: 'LOADER', password: PASSWORD, defaultRole: 'LOADER', defaultWarehouse: warehouse },
    ...(options.users ?? []),
  ];
  const account = new Account(
    options.account ?? 'PEER',
    users,
    database,
    store,
    options.tokenLifetime ?? 3600,
  );
  account.collation = options.collation;
  account.warehouseTimeout = options.warehouseTimeout ?? 0;
  for (const user of users)
    for (const role of [user.defaultRole, ...(user.roles ?? [])]) account.roles.add(role);
  for (const role of options.databaseRoles ?? []) account.roles.add(role);
  for (const { defaultRole, roles, hasSecondaryRoles } of users)
    if (hasSecondaryRoles === true) account.roles.secondary.set(defaultRole, roles ?? []);
  await store.write((w) => w.run(`ATTACH ':memory:' AS ${quoteIdentifier(name)}`));
  account.catalogue.addDatabase(name, 'LOADER');
  account.roles.grant('LOADER', 'OWNERSHIP', 'DATABASE', plainOrQuoted(name));
  account.catalogue.warehouses.set(warehouse, ADMIN);
  account.roles.grant('LOADER', 'USAGE', 'WAREHOUSE', warehouse);
  for (const schema of ['PUBLIC', ...(options.schemas ?? [])]) {
    account.catalogue.addSchema(name, schema, 'LOADER');
    account.roles.grant('LOADER', 'OWNERSHIP', 'SCHEMA', `${plainOrQuoted(name)}.${plainOrQuoted(schema)}`);
    await store.createSchema(name, schema);
  }

  const gate = new Gate();
  gate.latency = options.latency ?? 0;
  const running = new Running(account, folder);
  const objects = options.storage === 'S3' ? await startObjectStore(folder, gate) : undefined;
  const server = createServer({ keepAlive: true });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service = new Service({
    account,
    gate,
    running,
    folder,
    url,
    inProgressAfter: options.inProgressAfter ?? 5000,
    chunkRows: options.chunkRows ?? 5000,
    objectStore: objects,
  });
  server.on('request', (request, response) => void service.handle(request, response));

  const reader = await database.connect();
  const administrator = await account.open('ADMIN', ADMIN, { database: name, warehouse }, {});
  let adminRequests = 0;
  return {
    url,
    account: account.name,
    database: name,
    warehouse,
    users,
    caFile: objects?.caFile,
    requests: gate.records,
    statements: () => running.records.filter((r) => r.session !== administrator.id),
    inject: (fault, target) => gate.faults.inject(fault, target),
    clearFaults: () => gate.faults.clear(),
    target: (sql) => reader.rows(sql),
    admin: async (sql): Promise<Row[]> => {
      adminRequests += 1;
      const run = running.submit({
        session: administrator,
        requestId: `admin${adminRequests}`,
        sql,
        bindings: new Map(),
        parameters: {},
        fault: undefined,
      });
      const outcome = await run.outcome;
      if (outcome instanceof SnowflakeError) throw outcome;
      if (outcome.kind === 'upload') throw new Error('The administrator does not PUT.');
      const { columns, rows } = outcome.answer;
      return rows.map((row) => Object.fromEntries(columns.map((c, i) => [c.name, row[i] ?? null])));
    },
    stageFiles: async () => {
      const names: string[] = [];
      for (const stage of account.catalogue.stages())
        for (const file of await filesOf(folder, stage)) names.push(`${fullText(stage)}/${file.path}`);
      return names.sort();
    },
    tempTables: () =>
      [...account.sessions.values()].filter((s) => s.open).flatMap((s) => [...s.tempTables.keys()]),
    sessions: () =>
      [...account.sessions.values()]
        .filter((s) => s !== administrator)
        .map((s) => ({
          id: s.id,
          user: s.user,
          role: s.role,
          open: s.open,
          inTransaction: s.transaction !== undefined,
          queryTag: s.parameters.get('QUERY_TAG') ?? '',
        })),
    setLatency: (milliseconds) => (gate.latency = milliseconds),
    endSession: async (id) => {
      const session = account.sessions.get(id);
      if (session === undefined) return;
      await running.stop(session);
      await account.end(session);
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await objects?.close();
      for (const session of account.sessions.values()) await running.stop(session);
      for (const session of account.sessions.values()) await account.end(session);
      reader.close();
      database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
