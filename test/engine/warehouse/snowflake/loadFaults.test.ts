// Every fault at every request of a load: after the next run the target holds exactly the accepted rows, once.
import assert from 'node:assert/strict';
import type { Warehouse } from '../../../../src/engine/warehouse/contract';
import { startPeer, type Fault, type Peer } from '../../../support/snowflake/peer';
import { D1, D2, openLoading, QUICK, users, type Loading } from './fixture';

const FAULTS: Readonly<Record<string, Fault>> = {
  'a 503': { kind: 'status', status: 503 },
  'a dropped socket before execution': { kind: 'dropped-before' },
  'a dropped socket after execution': { kind: 'dropped-after' },
  'an expired token': { kind: 'expired' },
  'an expired login': { kind: 'expired', master: true },
  'a session that is gone': { kind: 'session-gone' },
  'a slow statement': { kind: 'slow' },
  'no answer': { kind: 'hang' },
  'no answer, but execution': { kind: 'hang-after' },
};

/** A first load has more than twice the requests of a later one: all faults are walked through it when asked for. */
const FRESH = ['a dropped socket after execution', 'an expired login'];
const ALL = process.env['M7_FAULTS'] === 'all';

const PATIENCE = { ...QUICK, requestMs: 1_500, lastMs: 2_500 };

/** Requests from a moment on, in words. */
const since = (peer: Peer, from: number): readonly string[] =>
  peer.requests
    .slice(from)
    .filter((request) => request.number > 0)
    .map((request) => request.statement ?? request.kind);

/**
 * Loads one date again and again, the fault one request later each time, until a load has no more requests.
 * @param fresh each time in a process of its own, into schemas of its own that nobody has made yet; else in one that
 * has loaded before.
 * @returns how often the fault befell a request, and all that was wrong.
 */
async function walk(fault: Fault, fresh: boolean): Promise<{ hits: number; wrong: readonly string[] }> {
  const peer = await startPeer({ abandonedAfter: 1_000 });
  const statementTimeout = fault.kind === 'slow' ? 2 : 20;
  const schemas = (n: number): { schema: string; monitoringSchema: string } =>
    fresh
      ? { schema: `S${n}`, monitoringSchema: `M${n}` }
      : { schema: 'STG_SG', monitoringSchema: 'STG_SG_MONITORING' };
  const wrong: string[] = [];
  let hits = 0;
  let loading: Loading | undefined;
  let first: Warehouse | undefined;
  const end = async (): Promise<void> => {
    await first?.close();
    loading?.close();
    [first, loading] = [undefined, undefined];
  };
  try {
    for (let nth = 1; nth < 60; nth += 1) {
      const { schema, monitoringSchema } = schemas(nth);
      const tell = (what: string): void => void wrong.push(`request ${nth}: ${what}`);
      if (fresh) await end();
      const own = (loading ??= await openLoading(peer, { statementTimeout, schema, monitoringSchema }));
      if (first === undefined) {
        first = own.open({ patience: PATIENCE });
        if (!fresh) await first.load(await own.request(D2, users(4, `'other'`), 'other'));
      }
      const request = await own.request(D1, users(3, `'new${nth}'`), `new${nth}`);
      const from = peer.requests.length;
      const injected = peer.inject(fault, { nth });
      const failed = await first.load(request).then(
        () => false,
        () => true,
      );
      if (fresh) await first.close();
      const met = injected.hits() > 0;
      peer.clearFaults();
      if (!met) return { hits, wrong };
      hits += 1;
      const seen = since(peer, from);
      // What a login that has expired left behind, the server ends by itself: nobody else can.
      if (fault.kind === 'expired' && fault.master === true)
        for (const session of peer.sessions().filter((s) => s.open)) await peer.endSession(session.id);
      await nextRun(own, request, failed, tell);
      await look(peer, schema, monitoringSchema, request.loadId, nth, fresh, tell);
      if (wrong.length > 0) return { hits, wrong: [...wrong, seen.join(', ')] };
    }
    return { hits, wrong: [...wrong, 'a load has no end of requests'] };
  } finally {
    await end();
    await peer.close();
  }
}

async function nextRun(
  loading: Loading,
  request: Awaited<ReturnType<Loading['request']>>,
  failed: boolean,
  tell: (what: string) => void,
): Promise<void> {
  const next = loading.open({}, { statementTimeout: 60 });
  try {
    await next.loads();
    const again = await next.load(request);
    if (!failed && !again.repeated) tell('it was loaded twice');
    if (again.loaded !== 3) tell(`${again.loaded} rows are told`);
  } catch (error) {
    tell(`the next run failed: ${String(error)}`);
  } finally {
    await next.close();
  }
}

async function look(
  peer: Peer,
  schema: string,
  monitoring: string,
  loadId: string,
  nth: number,
  fresh: boolean,
  tell: (what: string) => void,
): Promise<void> {
  const rows = await peer.target(
    `SELECT "LOAD_DATE"::VARCHAR AS d, "NAME" AS n, count(*)::INT AS c FROM "M7"."${schema}"."USER" GROUP BY ALL ORDER BY ALL`,
  );
  const expected = [
    { d: '2024-11-15', n: `new${nth}`, c: 3 },
    ...(fresh ? [] : [{ d: '2024-11-16', n: 'other', c: 4 }]),
  ];
  if (JSON.stringify(rows) !== JSON.stringify(expected)) tell(`the target has ${JSON.stringify(rows)}`);
  const [ledger] = await peer.target(
    `SELECT count(*)::INT AS c FROM "M7"."${monitoring}"."LOADS" WHERE "STATUS" = 'LOADED' AND "LOAD_ID" = '${loadId}'`,
  );
  if (ledger?.['c'] !== 1) tell(`the ledger has ${JSON.stringify(ledger)} of the load`);
  const files = await peer.stageFiles();
  if (files.length > 0) tell(`on the stage: ${files.join(', ')}`);
  if (peer.tempTables().length > 0) tell(`temporary tables: ${peer.tempTables().join(', ')}`);
  if (peer.sessions().some((session) => session.inTransaction)) tell('a transaction is open');
}

describe('snowflake: faults', function () {
  this.timeout(900_000);
  // All walk side by side: they wait more than they work.
  const walks = Object.entries(FAULTS).flatMap(([name, fault]) =>
    [false, ...(ALL || FRESH.includes(name) ? [true] : [])].map((fresh) => ({ name, fault, fresh })),
  );
  const going = new Map<object, ReturnType<typeof walk>>();
  before(() => {
    for (const one of walks) {
      const started = walk(one.fault, one.fresh);
      started.catch(() => undefined);
      going.set(one, started);
    }
  });

  for (const one of walks)
    it(`${one.name} at any request of a ${one.fresh ? 'first ' : ''}load: exactly once after the next run`, async () => {
      const walked = await going.get(one);
      assert.deepEqual(walked?.wrong, []);
      assert.ok(walked.hits >= (one.fresh ? 20 : 12), `${walked.hits} requests`);
    });
});
