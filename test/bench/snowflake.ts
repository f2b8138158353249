// Loads against the protocol peer with 50 ms of latency per request: requests per load, and how loads overlap.
// Of the protocol alone: it says nothing of Snowflake's own speed.
import { performance } from 'node:perf_hooks';
import { addDays } from '../../src/engine';
import type { LoadRequest } from '../../src/engine/warehouse/contract';
import { startPeerProcess } from '../support/snowflake/remote';
import { table } from '../support/model';
import { openLoading, users, USER } from '../engine/warehouse/snowflake/fixture';
import type { Line } from './measure';

const TABLES = ['Device', 'EPG', 'Playback', 'User', 'Smartcard', 'VODCatalog', 'VODCatalogExtended'];
const LATENCY_MS = 50;

/** Requests beside the rows themselves that a load may cost. */
const MOST_REQUESTS = 20;
/** Four loads at a time take at most this part of the time of one after the other. */
const OVERLAP = 0.5;

interface Measured {
  readonly loads: number;
  readonly requests: number;
  readonly seconds: number;
}

/** @param dates of seven tables each; a tenth of them is loaded one after the other, for comparison. */
export async function snowflake(dates: number): Promise<Line[]> {
  const peer = await startPeerProcess();
  try {
    const alone = await load(peer, 1, Math.max(1, Math.ceil(dates / 10)));
    const together = await load(peer, 4, dates);
    const requests = together.requests / together.loads;
    const overlap = together.seconds / together.loads / (alone.seconds / alone.loads);
    return [
      {
        what: `requests of a load, of ${together.loads} (${dates} dates × ${TABLES.length} tables)`,
        measured: requests.toFixed(1),
        limit: String(MOST_REQUESTS),
        holds: requests <= MOST_REQUESTS,
      },
      {
        what: `a load with ${LATENCY_MS} ms a request, four at a time to one after the other`,
        measured: `${overlap.toFixed(2)} × (${(together.seconds / together.loads).toFixed(2)} to ${(alone.seconds / alone.loads).toFixed(2)} s)`,
        limit: `${OVERLAP.toFixed(2)} ×`,
        holds: overlap <= OVERLAP,
      },
    ];
  } finally {
    await peer.close();
  }
}

async function load(
  peer: Awaited<ReturnType<typeof startPeerProcess>>,
  workers: number,
  dates: number,
): Promise<Measured> {
  const loading = await openLoading(peer, { schema: `S${workers}`, monitoringSchema: `M${workers}` });
  const warehouse = loading.open();
  try {
    const tables = TABLES.map((name) => table(name, USER.columns));
    const waiting: LoadRequest[] = [];
    for (let day = 0; day < dates; day += 1)
      for (const one of tables)
        waiting.push(
          await loading.request(addDays('20240101', day), users(100), `${one.name}${day}`, { table: one }),
        );
    await peer.setLatency(LATENCY_MS);
    const loads = waiting.length;
    const before = (await peer.requests()).length;
    const begun = performance.now();
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await warehouse.load(next);
    };
    await Promise.all(Array.from({ length: workers }, work));
    const seconds = (performance.now() - begun) / 1000;
    const requests = (await peer.requests()).length - before;
    process.stderr.write(
      `  ${workers} at a time: ${loads} loads, ${requests} requests, ${seconds.toFixed(1)} s\n`,
    );
    return { loads, requests, seconds };
  } finally {
    await warehouse.close();
    loading.close();
  }
}
