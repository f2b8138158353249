// Loads against the protocol peer with 50 ms of latency per request: requests per load, and how loads overlap.
// Run: npx tsx test/bench/snowflake.ts [dates] — of the protocol alone; it says nothing of Snowflake's own speed.
import { performance } from 'node:perf_hooks';
import { addDays } from '../../src/engine';
import type { LoadRequest } from '../../src/engine/warehouse/contract';
import { startPeerProcess } from '../support/snowflake/remote';
import { table } from '../support/model';
import { openLoading, users, USER } from '../snowflake/fixture';

const TABLES = ['Device', 'EPG', 'Playback', 'User', 'Smartcard', 'VODCatalog', 'VODCatalogExtended'];
const LATENCY_MS = 50;

async function main(dates: number): Promise<void> {
  const peer = await startPeerProcess();
  try {
    for (const workers of [1, 4]) {
      const loading = await openLoading(peer, { schema: `S${workers}`, monitoringSchema: `M${workers}` });
      const warehouse = loading.open();
      await peer.setLatency(LATENCY_MS);
      const tables = TABLES.map((name) => table(name, USER.columns));
      const waiting: LoadRequest[] = [];
      for (let day = 0; day < dates; day += 1)
        for (const one of tables)
          waiting.push(
            await loading.request(addDays('20240101', day), users(100), `${one.name}${day}`, { table: one }),
          );
      const loads = waiting.length;
      const before = (await peer.requests()).length;
      const begun = performance.now();
      const work = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          await warehouse.load(next);
      };
      await Promise.all(Array.from({ length: workers }, work));
      const seconds = (performance.now() - begun) / 1000;
      const requests = (await peer.requests()).length - before;
      await warehouse.close();
      loading.close();
      process.stdout.write(
        `${workers} workers: ${loads} loads, ${(requests / loads).toFixed(1)} requests each, ${seconds.toFixed(1)} s, ${((seconds / loads) * 1000).toFixed(0)} ms each\n`,
      );
    }
  } finally {
    await peer.close();
  }
}

void main(Number(process.argv[2] ?? 100));
