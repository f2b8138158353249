import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  maintain,
  openWorkspace,
  readLayerDates,
  readLayerFiles,
  readLayers,
  readStatus,
  readTableLoads,
  run,
  type LayerFile,
  type Selection,
} from '../../../src/engine';
import { writeSample } from '../../../src/sample';

const DATE = '20241115';
const EARLIER = '20241114';

describe('layers of a workspace', () => {
  let directory: string;
  const at = (...path: string[]): string => join(directory, 'data', ...path);

  async function runDates(selection: Selection): Promise<void> {
    const events = run(await openWorkspace({ directory }), selection, {
      signal: new AbortController().signal,
    });
    while ((await events.next()).done !== true);
  }
  const filesOf = (layer: Parameters<typeof readLayerFiles>[1], date = DATE): Promise<readonly LayerFile[]> =>
    readLayerFiles({ directory }, layer, date);

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "m7 lay'ers-"));
    await writeSample({ workspace: directory, date: DATE, rows: 150, days: 2, errorPage: true });
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('shows landing by date, and files that no step takes with their reason', async () => {
    const tree = await readLayers({ directory });
    assert.equal(tree.dataFolder, at());
    assert.deepEqual(
      tree.layers.map((l) => l.layer),
      ['landing', 'raw', 'silver', 'gold', 'rejects', 'archive'],
    );
    assert.deepEqual(tree.layers[0]?.dates, [DATE, EARLIER, '']);
    assert.deepEqual(tree.layers[1]?.dates, []);
    assert.deepEqual(tree.dates, [DATE, EARLIER]);
    const files = await filesOf('landing');
    assert.ok(files.length > 20);
    for (const file of files) {
      assert.equal(statSync(file.path).size, file.bytes);
      assert.equal(file.state, 'ok');
      assert.ok(file.brand !== undefined && file.table !== undefined);
    }
    const strays = await filesOf('landing', '');
    const readme = strays.find((f) => basename(f.path) === 'README.md');
    assert.equal(readme?.state, 'ignored');
    assert.match(readme.reason ?? '', /extension/);
    assert.match(strays.find((f) => f.path.includes('Invoices'))?.reason ?? '', /table "Invoices"/);
  });

  it('tells rows, sizes, brands and origins of what a run has made', async () => {
    await runDates({ dates: [DATE], tables: ['Device', 'User', 'Smartcard'] });
    const gold = await filesOf('gold');
    assert.deepEqual(
      gold.map((f) => [basename(f.path), f.table, f.state]),
      [
        ['Device.parquet', 'Device', 'ok'],
        ['Smartcard.parquet', 'Smartcard', 'ok'],
        ['User.parquet', 'User', 'ok'],
      ],
    );
    assert.ok((gold[0]?.rows ?? 0) > 0);
    const raw = await filesOf('raw');
    const parquet = raw.find((f) => f.path.endsWith('Device.parquet'));
    const original = raw.find((f) => f.path.endsWith('Device.csv'));
    assert.ok((parquet?.rows ?? 0) > 0 && parquet?.brand !== undefined);
    assert.match(original?.reason ?? '', /^arrived as /);
    const [sum] = await readLayerDates({ directory }, 'raw', [DATE]);
    assert.equal(sum?.files, raw.length);
    assert.equal(
      sum.bytes,
      raw.reduce((total, f) => total + f.bytes, 0),
    );
    assert.equal(
      sum.rows,
      raw.reduce((total, f) => total + (f.rows ?? 0), 0),
    );
    assert.equal(sum.broken, 0);
  });

  it('tells rejects by stage, with the reason of a file that was kept out whole', async () => {
    const rejects = await filesOf('rejects');
    assert.ok(rejects.some((f) => f.stage === 'raw-to-silver' && (f.rows ?? 0) > 0 && f.brand !== undefined));
    assert.ok(rejects.every((f) => !f.path.endsWith('.reason.json') && existsSync(f.path)));
    const whole = rejects.filter((f) => f.reason !== undefined);
    assert.deepEqual(
      whole.map((f) => [f.brand, f.table, f.stage, f.reason]),
      [
        [
          'CanalDigitaal',
          'User',
          'landing-to-raw',
          'its bytes are those of CanalDigitaal_User_20241115.csv.gz',
        ],
        ['Diveo', 'Smartcard', 'landing-to-raw', 'It is an HTML page, not delimited text.'],
      ],
    );
    const [sum] = await readLayerDates({ directory }, 'rejects', [DATE]);
    assert.equal(sum?.files, rejects.length);
  });

  it('names what is gone, what was changed and what no manifest knows', async () => {
    const [device, user] = ['Device', 'User'].map((table) => at('gold', DATE, `${table}.parquet`)) as [
      string,
      string,
    ];
    renameSync(device, `${device}.away`);
    renameSync(user, `${user}.away`);
    writeFileSync(user, 'not what was written');
    try {
      const files = new Map((await filesOf('gold')).map((f) => [basename(f.path), f]));
      assert.equal(files.get('Device.parquet')?.state, 'broken');
      assert.match(files.get('Device.parquet')?.reason ?? '', /missing/);
      assert.equal(files.get('User.parquet')?.state, 'broken');
      assert.match(files.get('User.parquet')?.reason ?? '', /20 bytes/);
      assert.equal(files.get('Device.parquet.away')?.state, 'ignored');
      assert.equal((await readLayerDates({ directory }, 'gold', [DATE]))[0]?.broken, 4);
    } finally {
      renameSync(`${device}.away`, device);
      renameSync(`${user}.away`, user);
    }
  });

  it('tells the loads by table, and whether newer gold lies on disk', async () => {
    assert.deepEqual(
      (await readTableLoads({ directory })).map((t) => [t.table, t.loads.map((l) => [l.date, l.current])]),
      [
        ['User', [[DATE, true]]],
        ['Smartcard', [[DATE, true]]],
        ['Device', [[DATE, true]]],
      ],
    );
    // The file of a slot comes once more with a line less: gold is made anew, and not loaded.
    const brand = 'Diveo';
    const original = (await filesOf('raw')).find(
      (f) => f.brand === brand && /Device\.\w+$/.test(f.path) && f.rows === null,
    );
    const lines = readFileSync(original?.path ?? '', 'latin1')
      .trimEnd()
      .split('\n');
    writeFileSync(at('landing', `${brand}_Device_${DATE}.csv`), lines.slice(0, -1).join('\n'), 'latin1');
    await runDates({
      dates: [DATE],
      tables: ['Device'],
      stages: ['landing-to-raw', 'raw-to-silver', 'silver-to-gold'],
    });
    const [user, , device] = await readTableLoads({ directory });
    assert.equal(device?.loads[0]?.current, false);
    assert.equal(user?.loads[0]?.current, true);
  });

  it('stays readable while the config is broken', async () => {
    const path = join(directory, 'config', 'validation_rules.json');
    const before = `${path}.before`;
    renameSync(path, before);
    writeFileSync(path, '{"tables": {');
    try {
      const tree = await readLayers({ directory });
      assert.deepEqual(tree.layers[0]?.dates, ['']);
      assert.ok(tree.dates.includes(DATE));
      assert.match((await filesOf('landing', ''))[0]?.reason ?? '', /config cannot be read/);
      assert.equal((await filesOf('gold')).length, 3);
      assert.deepEqual((await readTableLoads({ directory })).map((t) => t.table).sort(), [
        'Device',
        'Smartcard',
        'User',
      ]);
    } finally {
      renameSync(before, path);
    }
  });

  it('shows archived originals with the rows they held', async () => {
    writeFileSync(join(directory, '.env'), 'RAW_RETENTION_DAYS=1\nGOLD_RETENTION_DAYS=1\n');
    await runDates({ dates: [DATE], tables: ['Device', 'User', 'Smartcard'] });
    await maintain(await openWorkspace({ directory }), { dryRun: false });
    const archived = await filesOf('archive');
    assert.ok(archived.length > 2);
    assert.ok(archived.every((f) => f.state === 'ok' && (f.rows ?? 0) > 0));
    assert.deepEqual(await filesOf('raw'), []);
    assert.deepEqual((await readLayers({ directory })).layers.at(-1)?.dates, [DATE]);
    const loads = (await readTableLoads({ directory })).flatMap((t) => t.loads);
    assert.ok(loads.length > 0 && loads.every((l) => l.current));
  });

  it('answers an empty workspace, unknown dates and wrong settings in words', async () => {
    assert.deepEqual(await filesOf('silver', '19990101'), []);
    assert.deepEqual(await readLayerDates({ directory }, 'gold', ['19990101']), [
      { date: '19990101', files: 0, bytes: 0, rows: null, broken: 0 },
    ]);
    const empty = join(directory, 'empty');
    mkdirSync(empty);
    assert.deepEqual((await readLayers({ directory: empty })).dates, []);
    assert.deepEqual(await readTableLoads({ directory: empty }), []);
    writeFileSync(join(empty, '.env'), 'DATA_DIRR=x\n');
    await assert.rejects(readLayers({ directory: empty }), { code: 'SETTINGS_INVALID' });
    const stop = AbortSignal.abort();
    await assert.rejects(readLayerDates({ directory, signal: stop }, 'raw', [DATE]), { code: 'CANCELLED' });
  });

  it('reads the state of some dates only, without calling files of the others strays', async () => {
    const workspace = await openWorkspace({ directory });
    const some = await readStatus(workspace, { dates: [EARLIER] });
    assert.deepEqual(
      some.dates.map((d) => d.date),
      [EARLIER],
    );
    const all = await readStatus(workspace);
    assert.deepEqual(
      some.dates[0],
      all.dates.find((d) => d.date === EARLIER),
    );
    assert.deepEqual(some.files, all.files);
  });
});
