// OpenLineage events of real runs: their shape, what they say, and catalogues that refuse, hang or fall over.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { run, type RunEvent } from '../../../src/engine';
import { mentioned } from '../../../src/engine/notify/lineage/columnLineage';
import { endpointOf, openDelivery } from '../../../src/engine/notify/lineage/deliverLineage';
import type { LineageEvent } from '../../../src/engine/notify/lineage/facets';
import { uuidOf } from '../../../src/engine/notify/lineage/uuid';
import { takeLock } from '../../../src/engine/lake/lock';
import { checkSettings } from '../../../src/engine/workspace/settings';
import { settingsIn } from '../../support/model';
import { DATE, open, runDay, smallDay, worked, writeDay, type Day, type Drained } from '../../support/day';
import { useFolder } from '../../support/folder';
import { requireEvent, requireLifecycles, type ToldDataset, type ToldEvent } from '../../support/openlineage';

const KEY = 'k3y-of-the-catalogue';

interface Request {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A catalogue on loopback that answers as it is told. */
async function openCatalogue(
  answer: (response: ServerResponse, nth: number) => void,
): Promise<{ readonly url: string; readonly requests: readonly Request[]; readonly server: Server }> {
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      answer(response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, server };
}

describe('lineage', function () {
  this.timeout(60_000);
  const folder = useFolder();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  const catalogue = async (
    answer: (response: ServerResponse, nth: number) => void,
  ): ReturnType<typeof openCatalogue> => {
    const made = await openCatalogue(answer);
    servers.push(made.server);
    return made;
  };
  const path = (...names: readonly string[]): string => join(folder(), 'data/logs', ...names);
  const linesOf = (file: string): readonly unknown[] =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  /** The events of the last run, checked. */
  const told = (...below: readonly string[]): readonly ToldEvent[] => {
    const names = readdirSync(path('openlineage', ...below)).filter((name) => name.endsWith('.ndjson'));
    // The names of two runs of one second are in no order.
    const writtenAt = (name: string): bigint =>
      statSync(path('openlineage', ...below, name), { bigint: true }).mtimeNs;
    const newest = names.sort((a, b) => (writtenAt(a) < writtenAt(b) ? -1 : 1)).at(-1);
    return linesOf(path('openlineage', ...below, newest ?? '')).map(requireEvent);
  };
  const write = (day: Day, settings: string): void =>
    writeDay(folder(), { ...day, settings: `${day.settings ?? ''}${settings}\n` });

  const end = (events: readonly ToldEvent[], job: string): ToldEvent => {
    const found = events.filter((one) => one.job.name === job && one.eventType !== 'START');
    assert.equal(found.length, 1, `${job} of ${events.map((one) => one.job.name).join()}`);
    return found[0] as ToldEvent;
  };
  const output = (event: ToldEvent): ToldDataset => {
    assert.equal(event.outputs.length, 1);
    return event.outputs[0] as ToldDataset;
  };
  /** "field(subtype)" of the sources of a column. */
  const sources = (dataset: ToldDataset, column: string): readonly string[] =>
    (dataset.facets?.columnLineage?.fields[column]?.inputFields ?? []).map(
      ({ field, transformations }) => `${field}(${transformations.map((t) => t.subtype).join()})`,
    );

  it('tells a run and its steps from the files to the warehouse', async () => {
    const day = smallDay(10);
    const tables = structuredClone(day.tables) as Record<string, { columns: Record<string, object> }>;
    Object.assign(tables['Device']?.columns ?? {}, {
      label: {
        type: 'VARCHAR',
        source: ['Model'],
        transform: 'concat(label, \' of device_id\', "price") -- seconds',
      },
      gross: { type: 'DOUBLE', derived: 'price * 1.2' },
    });
    delete tables['Device']?.columns['model'];
    write(
      { ...day, tables, rules: { ...(day.rules as object), Device: { rules: [] } } },
      'OPENLINEAGE=file\nOPENLINEAGE_NAMESPACE=lab',
    );
    const done = await runDay(folder());
    assert.equal(done.result.status, 'ok');
    const events = told();
    requireLifecycles(events);
    assert.equal(
      events.length,
      2 * (worked(done).length + 1),
      'a START and an end for each step and the run',
    );
    assert.ok(events.every(({ job }) => job.namespace === 'lab'));
    assert.deepEqual(
      [...new Set(events.map(({ job }) => job.name))].filter((name) => name.includes('Device')).sort(),
      [
        'gold-to-snowflake.Device',
        ...['landing-to-raw.Device.Digi', 'landing-to-raw.Device.Skylink'],
        ...['raw-to-silver.Device.Digi', 'raw-to-silver.Device.Skylink'],
        'silver-to-gold.Device',
      ],
    );

    // The chain: what one step writes is what the next one reads, by name.
    const [landing, raw, silver, gold] = ['landing', 'raw', 'silver', 'gold'].map(
      (layer) => `${folder()}/data/${layer}`,
    );
    const toRaw = end(events, 'landing-to-raw.Device.Skylink');
    assert.deepEqual(
      [toRaw.inputs[0]?.namespace, toRaw.inputs[0]?.name, output(toRaw).name],
      [`file://${hostname()}`, `${landing}/Skylink_Device_*`, `${raw}/*/Skylink/Device.parquet`],
    );
    assert.equal(output(toRaw).outputFacets?.outputStatistics?.rowCount, 10);
    assert.deepEqual(sources(output(toRaw), 'price'), ['price(IDENTITY)']);
    const toSilver = end(events, 'raw-to-silver.Device.Skylink');
    assert.equal(toSilver.inputs[0]?.name, output(toRaw).name);
    assert.equal(output(toSilver).name, `${silver}/*/Skylink/Device.parquet`);
    assert.deepEqual(sources(output(toSilver), 'device_id'), ['device_id(IDENTITY)']);
    assert.deepEqual(sources(output(toSilver), 'price'), ['price(TRANSFORMATION)']);
    assert.deepEqual(sources(output(toSilver), 'label'), ['price(TRANSFORMATION)', 'model(TRANSFORMATION)']);
    assert.deepEqual(sources(output(toSilver), 'gross'), ['price(TRANSFORMATION)']);
    const toGold = end(events, 'silver-to-gold.Device');
    assert.deepEqual(
      toGold.inputs.map(({ name }) => name),
      ['Skylink', 'Digi'].map((brand) => `${silver}/*/${brand}/Device.parquet`),
    );
    assert.equal(output(toGold).name, `${gold}/*/Device.parquet`);
    assert.equal(output(toGold).facets?.columnLineage?.dataset?.[0]?.transformations[0]?.subtype, 'WINDOW');
    const load = end(events, 'gold-to-snowflake.Playback');
    assert.deepEqual(
      load.inputs.map(({ name }) => name),
      [`${gold}/*/Playback.parquet`, `${gold}/*/Device.parquet`],
    );
    const target = output(load);
    assert.deepEqual(
      [target.namespace, target.name],
      [`duckdb://${hostname()}${folder()}/data/warehouse.duckdb`, 'STG_SG.PLAYBACK'],
    );
    assert.deepEqual(sources(target, 'BRAND_CODE'), ['_brand(TRANSFORMATION)']);
    assert.deepEqual(sources(target, 'LOAD_DATE'), []);
    assert.deepEqual(sources(target, 'SECONDS'), ['seconds(IDENTITY)']);
    const report = done.result.reports.find(({ table }) => table === 'Playback');
    assert.equal(target.outputFacets?.outputStatistics?.rowCount, report?.rows.loaded);
    const assertions = load.inputs[0]?.inputFacets?.dataQualityAssertions?.assertions ?? [];
    assert.ok(report !== undefined && report.findings.length > 0);
    for (const finding of report.findings)
      assert.ok(
        assertions.some(({ assertion }) => assertion === finding.id),
        finding.id,
      );
    assert.equal(load.run.facets.nominalTime?.nominalStartTime, '2024-11-15T00:00:00.000Z');

    // Nothing to do: nothing to tell.
    const before = readdirSync(path('openlineage')).length;
    await runDay(folder());
    assert.equal(readdirSync(path('openlineage')).length, before);
  });

  it('tells failures, what could not follow, and a validation that loads nothing', async () => {
    const day = smallDay(10);
    const columns = {
      device_id: { type: 'VARCHAR' },
      nix: { type: 'VARCHAR', required: true, sensitive: true },
    };
    const tables = { ...day.tables, Device: { columns } };
    write({ ...day, tables, rules: {} }, 'OPENLINEAGE=file');
    assert.equal((await runDay(folder())).result.status, 'failed');
    const events = told();
    requireLifecycles(events);
    const failed = end(events, 'raw-to-silver.Device.Skylink');
    assert.equal(failed.eventType, 'FAIL');
    assert.match(
      failed.run.facets.errorMessage?.message ?? '',
      /^TABLE_FAILED: .*lacks the required column nix/,
    );
    assert.equal(end(events, 'run').eventType, 'FAIL');
    assert.ok(
      !events.some(({ job }) => job.name === 'silver-to-gold.Device'),
      'what never began is not told',
    );

    const rules = {
      Playback: { rules: [{ id: 'short', rule: 'range', column: 'seconds', max: -100, error: 0 }] },
    };
    writeFileSync(join(folder(), 'config/validation_rules.json'), JSON.stringify({ tables: rules }));
    await runDay(folder(), {
      selection: { dates: [DATE], stages: ['gold-to-snowflake'], validateOnly: true },
    });
    const checked = end(told(), 'gold-to-snowflake.Playback');
    assert.deepEqual([checked.eventType, checked.outputs], ['FAIL', []]);
    assert.ok(
      checked.inputs[0]?.inputFacets?.dataQualityAssertions?.assertions.some(
        (a) => a.assertion === 'short' && !a.success,
      ),
    );
  });

  it('ends what it began when the run is cancelled or left', async () => {
    write(smallDay(20_000), 'OPENLINEAGE=file');
    const stop = new AbortController();
    const { result } = await runDay(folder(), {
      options: { signal: stop.signal },
      each: (event) => {
        if (event.event === 'step_started' && event.stage === 'raw-to-silver') stop.abort();
      },
    });
    assert.equal(result.status, 'cancelled');
    requireLifecycles(told());
    assert.equal(end(told(), 'run').eventType, 'ABORT');

    rmSync(path('openlineage'), { recursive: true });
    for await (const event of run(await open(folder()), { dates: [DATE] }))
      if (event.event === 'step_started') break;
    requireLifecycles(told());
    assert.equal(end(told(), 'run').eventType, 'ABORT');
  });

  it('posts each event to a catalogue, with its key, in order', async () => {
    const { url, requests } = await catalogue((response) => response.writeHead(201).end('{}'));
    write(smallDay(10), `OPENLINEAGE=http\nOPENLINEAGE_URL=${url}/\nOPENLINEAGE_API_KEY=${KEY}`);
    assert.equal((await runDay(folder())).result.status, 'ok');
    assert.ok(requests.length > 0);
    assert.ok(
      requests.every(
        (one) => one.path === '/api/v1/lineage' && one.headers.authorization === `Bearer ${KEY}`,
      ),
    );
    assert.ok(requests.every((one) => one.headers['content-type'] === 'application/json'));
    const events = requests.map(({ body }) => requireEvent(JSON.parse(body)));
    requireLifecycles(events);
    assert.deepEqual([events[0]?.job.name, events.at(-1)?.job.name], ['run', 'run']);
    assert.ok(!existsSync(path('openlineage')) && !existsSync(path('openlineage.ndjson')));
  });

  /** The events of a run and how it ended, without what differs from run to run. */
  const outcome = ({ events, result }: Drained): unknown => [
    result.status,
    events
      .filter((event) => event.event !== 'step_progress')
      .map(
        (event: RunEvent) =>
          `${event.event} ${'table' in event ? `${event.stage} ${event.table} ${event.brand ?? ''}` : ''}`,
      )
      .sort(),
  ];

  for (const [name, answer] of [
    ['answers 500', (response: ServerResponse) => response.writeHead(500).end('no')],
    ['hangs', () => undefined],
    ['drops the connection', (response: ServerResponse) => response.destroy()],
    ['refuses the key', (response: ServerResponse) => response.writeHead(401).end(KEY)],
  ] as const)
    it(`leaves a run as it is when the catalogue ${name}, and keeps what was not taken`, async () => {
      const { url, requests } = await catalogue(answer);
      const day = smallDay(10);
      write(day, '');
      const plain = outcome(await runDay(folder()));
      rmSync(join(folder(), 'data'), { recursive: true });
      write(day, `OPENLINEAGE=http\nOPENLINEAGE_URL=${url}\nOPENLINEAGE_API_KEY=${KEY}`);
      const done = await runDay(folder());
      assert.deepEqual(outcome(done), plain);
      // Two attempts, then it is left alone.
      assert.ok(requests.length <= 2, `${requests.length} requests`);
      const kept = told('undelivered');
      requireLifecycles(kept);
      assert.equal(kept.length, 2 * (worked(done).length + 1));
      const log = linesOf(path('openlineage.ndjson')) as readonly { undelivered: number; message: string }[];
      assert.equal(log.length, 1);
      assert.equal(log[0]?.undelivered, kept.length);
      assert.ok(!JSON.stringify([log, kept]).includes(KEY));
    });

  it('takes no event, and no key, to where a catalogue points', async () => {
    const elsewhere = await catalogue((response) => response.writeHead(201).end());
    const { url, requests } = await catalogue((response) =>
      response.writeHead(307, { location: `${elsewhere.url}/api/v1/lineage` }).end(),
    );
    write(smallDay(5), `OPENLINEAGE=http\nOPENLINEAGE_URL=${url}\nOPENLINEAGE_API_KEY=${KEY}`);
    assert.equal((await runDay(folder())).result.status, 'ok');
    assert.deepEqual([requests.length, elsewhere.requests.length], [2, 0]);
    assert.match(readFileSync(path('openlineage.ndjson'), 'utf8'), /answered 307/);
  });

  it('tells nothing when another run holds the lock, and lets the run be when no file can be written', async () => {
    write(smallDay(10), 'OPENLINEAGE=file');
    const lock = await takeLock(join(folder(), 'data/.state'));
    await assert.rejects(runDay(folder()), /Another run/);
    await lock.release();
    assert.ok(!existsSync(path('openlineage')));
    const first = await runDay(folder());
    assert.equal(first.result.status, 'ok');
    rmSync(path('openlineage'), { recursive: true });
    writeFileSync(path('openlineage'), 'a file in the place of the folder');
    const again = await runDay(folder(), { selection: { dates: [DATE], force: true } });
    assert.equal(again.result.status, 'ok');
    assert.equal(readFileSync(path('openlineage'), 'utf8'), 'a file in the place of the folder');
    assert.match(readFileSync(path('openlineage.ndjson'), 'utf8'), /Make the logs folder writable/);
  });
});

describe('the settings of lineage', () => {
  const folder = useFolder();
  const checked = (given: Readonly<Record<string, string>>): ReturnType<typeof checkSettings> =>
    checkSettings({ workspace: folder(), environment: given });

  it('refuse what no catalogue has', async () => {
    const wrong: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
      [{ OPENLINEAGE: 'kafka' }, /OPENLINEAGE is "kafka", which is not one of off, file, http/],
      [{ OPENLINEAGE_URL: 'catalogue.example.com' }, /OPENLINEAGE_URL is no web address/],
      [{ OPENLINEAGE_URL: 'ftp://catalogue.example.com' }, /OPENLINEAGE_URL is no web address/],
      [{ OPENLINEAGE_URL: `https://me:${KEY}@catalogue.example.com` }, /holds more than an address/],
      [{ OPENLINEAGE_URL: `https://catalogue.example.com?key=${KEY}` }, /holds more than an address/],
      [{ OPENLINEAGE_NAMESPACE: 'a\nb' }, /OPENLINEAGE_NAMESPACE/],
    ];
    for (const [given, message] of wrong) {
      const { settings, problems } = await checked(given);
      assert.equal(settings, undefined);
      assert.match(problems[0]?.message ?? '', message);
      assert.ok(!JSON.stringify(problems).includes(KEY));
    }
  });

  it('warn of an address that is missing, and of a key that others can read', async () => {
    const messages = async (given: Readonly<Record<string, string>>): Promise<readonly string[]> =>
      (await checked({ OPENLINEAGE: 'http', ...given })).problems.map(({ message }) => message);
    assert.deepEqual(await messages({}), ['OPENLINEAGE needs OPENLINEAGE_URL, which is not set.']);
    const key = { OPENLINEAGE_API_KEY: KEY };
    assert.match((await messages({ ...key, OPENLINEAGE_URL: 'http://catalogue' })).join(), /sent over http/);
    assert.deepEqual(await messages({ ...key, OPENLINEAGE_URL: 'https://catalogue' }), []);
    assert.deepEqual(await messages({ ...key, OPENLINEAGE_URL: 'http://localhost:5000' }), []);
  });
});

describe('the delivery of lineage', () => {
  const folder = useFolder();
  const event = (n: number): LineageEvent => ({ eventTime: String(n) }) as unknown as LineageEvent;

  it('bounds what waits, and the time at the end', async () => {
    const { url, server } = await openCatalogue(() => undefined);
    const settings = {
      ...settingsIn(folder()),
      lineage: { to: 'http', url, namespace: 'm7' },
    } as const;
    const delivery = openDelivery(
      settings,
      (value) => value,
      () => 'r1',
      {
        requestMs: 60_000,
        endMs: 50,
        queue: 100,
        failures: 2,
      },
    );
    for (let i = 0; i < 150; i += 1) delivery.push(() => [event(i)]);
    await delivery.close();
    server.closeAllConnections();
    server.close();
    const kept = readFileSync(join(folder(), 'data/logs/openlineage/undelivered/r1.ndjson'), 'utf8')
      .trim()
      .split('\n');
    assert.equal(kept.length, 100);
    const log = JSON.parse(readFileSync(join(folder(), 'data/logs/openlineage.ndjson'), 'utf8')) as object;
    assert.deepEqual(
      Object.entries(log).filter(([key]) => ['sent', 'undelivered', 'dropped'].includes(key)),
      [
        ['sent', 0],
        ['undelivered', 100],
        ['dropped', 50],
      ],
    );
  });

  it('posts below the address, or to the address where it is whole', () => {
    assert.equal(endpointOf('http://host:5000'), 'http://host:5000/api/v1/lineage');
    assert.equal(endpointOf('https://host/base/'), 'https://host/base/api/v1/lineage');
    assert.equal(endpointOf('https://host/api/v1/lineage'), 'https://host/api/v1/lineage');
  });
});

describe('names in lineage', () => {
  it('finds the columns a fragment of SQL mentions, and none in its texts and comments', () => {
    const names = ['a', 'b c', 'd', 'größe', 'e'];
    assert.deepEqual(mentioned(`A + "b c" || 'd ''d''' -- d\n/* d */ || Größe`, names), [
      'a',
      'b c',
      'größe',
    ]);
    assert.deepEqual(mentioned('ab + e1', names), []);
  });
  it('are the same UUID for the same run and step', () => {
    assert.equal(uuidOf('a'), uuidOf('a'));
    assert.notEqual(uuidOf('a'), uuidOf('b'));
    assert.match(uuidOf('a'), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
