import assert from 'node:assert/strict';
import { byDate, type DateInventory, type Held, type Inventory } from '../../../src/engine/run/inventory';
import { goldKey, rawKey, silverKey } from '../../../src/engine/stages/outputKeys';
import { type PublishedOutputs, referencedTables, validationKey } from '../../../src/engine/stages/lookedAt';
import type { LandingFile } from '../../../src/engine/lake/landing';
import { tellsLoad, type Manifest } from '../../../src/engine/lake/manifest';
import type { Config, Edge, Selection } from '../../../src/engine/model';
import { makePlan } from '../../../src/engine/run/plan';
import { loadIdOf, loadKey } from '../../../src/engine/warehouse';
import { brand, column, config, rule, settingsIn, table } from '../../support/model';

const DATE = '20241115';
const settings = settingsIn('/w', { expectedTables: ['Device'] });
const device = table('Device', [column('id', 'VARCHAR'), column('model', 'VARCHAR')], { primaryKey: ['id'] });
const playback = table('Playback', [column('device_id', 'VARCHAR')]);
const world = config(
  [brand('A'), brand('B')],
  [device, playback],
  [
    rule('Device', 'not_null', { columns: ['id'] }),
    rule('Playback', 'references', { columns: ['device_id'], parameters: { to: 'Device.id' } }),
  ],
);

const file = (
  path: string,
  brandName: string,
  tableName: string,
  more: Partial<LandingFile> = {},
): LandingFile => ({
  path,
  bytes: 10,
  modifiedMs: 0,
  brand: brandName,
  table: tableName,
  date: DATE,
  ...more,
});

/** The inventory after a complete run of `on`, with files `shas` by "brand table". */
/** Nothing was received on other dates, and the date's own files are as the config says. */
const NO_SLOTS: PublishedOutputs['slots'] = {
  on: () => undefined,
  before: () => [],
  accepted: () => ({ accepted: [] }),
};

function after(on: Config, shas: Readonly<Record<string, string>>): Inventory {
  const raw = new Map<string, Held[]>();
  const silver = new Map<string, Held>();
  const gold = new Map<string, Held>();
  const validated = new Map<string, Held>();
  const loads = new Map<string, string>();
  const base = { version: 1 as const, date: DATE, edges: [] as Edge[] };
  const output = { path: 'x', bytes: 1, rows: 1 };
  const held = (manifest: Manifest): Held => ({
    manifest: { ...manifest, tellsLoad: tellsLoad(manifest) },
    intact: true,
  });
  for (const t of on.tables) {
    const silvers: Manifest[] = [];
    for (const b of on.brands) {
      const sha = shas[`${b.name} ${t.name}`];
      if (sha === undefined) continue;
      const source = {
        file: `${b.name}_${t.name}.csv`,
        sha256: sha,
        bytes: 10,
        original: 'o',
        format: { columns: [] } as never,
      };
      const part: Manifest = {
        ...base,
        layer: 'raw',
        brand: b.name,
        table: t.name,
        part: 1,
        key: rawKey(sha, on, t, b.name),
        output,
        inputs: [],
        source,
      };
      raw.set(`${b.name}\n${t.name}`, [held(part)]);
      const made: Manifest = {
        ...base,
        layer: 'silver',
        brand: b.name,
        table: t.name,
        key: silverKey([part], on, t, b.name),
        output,
        inputs: [{ path: '', key: part.key, rows: 1 }],
      };
      silver.set(`${b.name}\n${t.name}`, held(made));
      silvers.push(made);
    }
    if (silvers.length === 0) continue;
    gold.set(
      t.name,
      held({
        ...base,
        layer: 'gold',
        table: t.name,
        key: goldKey(silvers, on, t),
        output,
        inputs: silvers.map((s) => ({ path: '', key: s.key, rows: 1 })),
      }),
    );
  }
  const published: PublishedOutputs = {
    goldKeyOf: (other) => gold.get(other)?.manifest.key,
    latestGoldBefore: () => undefined,
    observedOn: () => undefined,
    rejectedOf: () => [],
    slots: NO_SLOTS,
  };
  for (const [name, { manifest }] of gold) {
    const t = on.tables.find((x) => x.name === name);
    if (t === undefined) continue;
    const key = validationKey(
      { config: on, settings },
      { table: t, date: DATE, gold: manifest.key },
      published,
    );
    const loaded: Edge = {
      from: 'accepted',
      to: 'loaded',
      in: 1,
      out: 1,
      rejected: 0,
      duplicates: 0,
      balanced: true,
    };
    validated.set(
      name,
      held({
        ...base,
        layer: 'validated',
        table: name,
        key,
        output,
        edges: [loaded],
        inputs: [{ path: '', key: manifest.key, rows: 1 }],
      }),
    );
    loads.set(loadKey(DATE, name), loadIdOf(key, t, settings));
  }
  const day: DateInventory = {
    raw,
    silver,
    gold,
    validated,
    unlisted: new Map(),
    damaged: new Map(),
    refused: [],
  };
  return {
    dates: [DATE],
    left: new Map(),
    waiting: new Map(),
    strays: [],
    held: new Map([[DATE, day]]),
    loads,
    ...published,
    evidenceOf: () => ({}),
    keep: () => Promise.resolve(),
  };
}

const empty = (files: readonly LandingFile[]): Inventory => ({ ...after(world, {}), waiting: byDate(files) });
const lines = (on: Config, inventory: Inventory, selection: Selection = {}): string[] =>
  makePlan(settings, on, inventory, selection).steps.map(
    (s) => `${s.action} ${s.stage} ${s.table}${s.brand === undefined ? '' : ` ${s.brand}`}: ${s.reason}`,
  );
const runs = (on: Config, inventory: Inventory, selection: Selection = {}): string[] =>
  lines(on, inventory, selection).filter((l) => l.startsWith('run'));
const all = { 'A Device': 'a1', 'B Device': 'b1', 'A Playback': 'p1' };

describe('the plan', () => {
  it('takes a new file through all stages, and only its table', () => {
    assert.deepEqual(lines(world, empty([file('A_Device.csv', 'A', 'Device')])), [
      'run landing-to-raw Device A: new file',
      'run raw-to-silver Device A: not made yet',
      'run silver-to-gold Device: not made yet',
      'run gold-to-snowflake Device: not validated yet',
    ]);
  });

  it('is empty where there is nothing, and says what is missing', () => {
    const plan = makePlan(settings, world, empty([]), {});
    assert.deepEqual(plan.steps, []);
    assert.deepEqual(
      plan.arrivals.map((a) => [a.brand, a.status]),
      [
        ['A', 'missing'],
        ['B', 'missing'],
      ],
    );
  });

  it('skips everything after a complete run', () => {
    const steps = makePlan(settings, world, after(world, all), {}).steps;
    assert.equal(steps.length, 10);
    assert.deepEqual(new Set(steps.map((s) => `${s.action}: ${s.reason}`)), new Set(['skip: up to date']));
  });

  it('runs the gold of a table after the silver of all its brands, and its load after the gold it refers to', () => {
    const steps = makePlan(settings, world, after(world, all), {}).steps;
    const needs = (stage: string, name: string): readonly string[] =>
      steps.find((s) => s.stage === stage && s.table === name)?.needs ?? [];
    assert.deepEqual(needs('silver-to-gold', 'Device'), [
      `raw-to-silver/${DATE}/Device/A`,
      `raw-to-silver/${DATE}/Device/B`,
    ]);
    assert.deepEqual(needs('gold-to-snowflake', 'Playback'), [
      `silver-to-gold/${DATE}/Playback`,
      `silver-to-gold/${DATE}/Device`,
    ]);
  });

  it('restates a table when a late file comes, and re-validates what refers to it', () => {
    const late = { ...after(world, all), waiting: byDate([file('A_Device_late.csv', 'A', 'Device')]) };
    assert.deepEqual(runs(world, late), [
      'run landing-to-raw Device A: new file beside earlier ones',
      'run raw-to-silver Device A: raw changed',
      'run silver-to-gold Device: silver changed',
      'run gold-to-snowflake Device: gold changes',
      'run gold-to-snowflake Playback: a table that its rules look at changes',
    ]);
    const playbackOnly = { ...after(world, all), waiting: byDate([file('B_Playback.csv', 'B', 'Playback')]) };
    const planned = runs(world, playbackOnly);
    assert.ok(planned.length > 0 && planned.every((l) => l.includes('Playback')), planned.join('; '));
  });

  it('re-validates and loads only the table whose rule changed', () => {
    const [first, second] = world.rules;
    assert.ok(first !== undefined && second !== undefined);
    const changed = { ...world, rules: [first, { ...second, filter: 'device_id IS NOT NULL' }] };
    assert.deepEqual(runs(changed, after(world, all)), [
      'run gold-to-snowflake Playback: its rules, or what they look at, changed',
    ]);
  });

  it('goes back only as far as a changed schema asks', () => {
    const wider = {
      ...world,
      tables: [{ ...device, columns: [column('id', 'VARCHAR'), column('model', 'INTEGER')] }, playback],
    };
    assert.deepEqual(
      runs(wider, after(world, all)).map((l) => l.split(':')[0]),
      [
        'run raw-to-silver Device A',
        'run raw-to-silver Device B',
        'run silver-to-gold Device',
        'run gold-to-snowflake Device',
        'run gold-to-snowflake Playback',
      ],
    );
    const keyed = { ...world, tables: [{ ...device, primaryKey: ['id', 'model'] }, playback] };
    assert.deepEqual(
      runs(keyed, after(world, all))[0],
      'run silver-to-gold Device: its table schema changed',
    );
  });

  it('makes a damaged output again, and what maintenance removed only where it is needed', () => {
    const inventory = after(world, all);
    const day = inventory.held.get(DATE);
    assert.ok(day !== undefined);
    const broken = (removed: boolean): Inventory => {
      const one = day.silver.get('A\nDevice');
      assert.ok(one !== undefined);
      const silver = new Map(day.silver).set('A\nDevice', {
        intact: false,
        manifest: removed ? { ...one.manifest, removed: true } : one.manifest,
      });
      return { ...inventory, held: new Map([[DATE, { ...day, silver }]]) };
    };
    assert.deepEqual(runs(world, broken(false)), [
      'run raw-to-silver Device A: its file is missing or damaged',
      'run silver-to-gold Device: silver changed',
      'run gold-to-snowflake Device: gold changes',
      'run gold-to-snowflake Playback: a table that its rules look at changes',
    ]);
    assert.deepEqual(runs(world, broken(true)), []);
    const keyed = { ...world, tables: [{ ...device, primaryKey: ['model'] }, playback] };
    assert.deepEqual(runs(keyed, broken(true))[0], 'run raw-to-silver Device A: needed again');
  });

  it('loads what was validated but is not confirmed by the warehouse', () => {
    const inventory = after(world, all);
    assert.deepEqual(runs(world, { ...inventory, loads: new Map([...inventory.loads].slice(1)) }), [
      'run gold-to-snowflake Device: not loaded yet',
    ]);
    assert.deepEqual(runs(world, { ...inventory, loads: new Map() }, { validateOnly: true }), []);
  });

  it('keeps to the selection', () => {
    const inventory = after(world, all);
    const forced = (selection: Selection): string[] =>
      runs(world, inventory, { ...selection, force: true }).map((l) => l.split(':')[0] ?? '');
    assert.deepEqual(forced({ stages: ['raw-to-silver'], tables: ['Device'], brands: ['B'] }), [
      'run raw-to-silver Device B',
    ]);
    assert.deepEqual(forced({ tables: ['Playback'] }), [
      'run landing-to-raw Playback A',
      'run raw-to-silver Playback A',
      'run silver-to-gold Playback',
      'run gold-to-snowflake Playback',
    ]);
  });

  it('does not touch later layers for a file that only repeats known content', () => {
    const repeated = {
      ...after(world, all),
      waiting: byDate([file('A_Device_again.csv', 'A', 'Device', { duplicateOf: 'A_Device.csv' })]),
    };
    assert.deepEqual(runs(world, repeated), [
      'run landing-to-raw Device A: a file that repeats known content',
    ]);
  });

  it('knows the tables that rules refer to by any parameter', () => {
    assert.deepEqual(referencedTables(world, 'Playback'), ['Device']);
    assert.deepEqual(referencedTables(world, 'Device'), []);
  });
});
