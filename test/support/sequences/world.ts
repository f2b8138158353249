// The config that a sequence changes as it goes, and the files that come: small, and with every way rules look elsewhere.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chance } from './rng';

export const DATES = ['20241111', '20241112', '20241113', '20241114', '20241115'] as const;
/** The day on which all runs take place. */
export const TODAY = new Date(Date.UTC(2024, 10, 16, 12));
export const TABLES = ['User', 'Playback', 'Device'] as const;

interface BrandState {
  readonly name: string;
  readonly code: string;
  readonly aliases: readonly string[];
}

/** Everything of the workspace that a sequence may change. */
export interface World {
  readonly brands: readonly BrandState[];
  readonly upper: boolean;
  readonly oldIsNull: boolean;
  readonly secondsRequired: boolean;
  readonly deduplicate: 'first' | 'last';
  readonly extra: 'keep' | 'drop';
  readonly daysBack: number;
  readonly maxChange: string;
  readonly anomaly: 'warning' | 'error';
  readonly reference: 'reject' | 'report';
  readonly atLatest: boolean;
  readonly lookAtDevice: boolean;
  readonly errorThreshold: number;
  readonly warningThreshold: number;
}

export const FIRST_WORLD: World = {
  brands: [
    { name: 'Alpha', code: 'ALP', aliases: [] },
    { name: 'Beta', code: 'BET', aliases: [] },
    { name: 'Gamma', code: 'GAM', aliases: [] },
  ],
  upper: false,
  oldIsNull: false,
  secondsRequired: false,
  deduplicate: 'last',
  extra: 'drop',
  daysBack: 3,
  maxChange: '60%',
  anomaly: 'warning',
  reference: 'reject',
  atLatest: true,
  lookAtDevice: true,
  errorThreshold: 60,
  warningThreshold: 90,
};

/** One thing of the config becomes another. */
export function changed(world: World, chance: Chance): { readonly world: World; readonly what: string } {
  const changes: readonly [string, () => Partial<World>][] = [
    ['transform of name', () => ({ upper: !world.upper })],
    ['null values', () => ({ oldIsNull: !world.oldIsNull })],
    ['required seconds', () => ({ secondsRequired: !world.secondsRequired })],
    ['deduplicate', () => ({ deduplicate: world.deduplicate === 'last' ? 'first' : 'last' })],
    ['extra columns', () => ({ extra: world.extra === 'keep' ? 'drop' : 'keep' })],
    ['days_back', () => ({ daysBack: 1 + chance.below(4) })],
    ['max_change', () => ({ maxChange: chance.one(['10%', '40%', '60%', '200%']) })],
    ['severity of the anomaly', () => ({ anomaly: world.anomaly === 'error' ? 'warning' : 'error' })],
    ['on_fail of the reference', () => ({ reference: world.reference === 'reject' ? 'report' : 'reject' })],
    ['at latest', () => ({ atLatest: !world.atLatest })],
    ['the query', () => ({ lookAtDevice: !world.lookAtDevice })],
    ['ERROR_THRESHOLD', () => ({ errorThreshold: chance.one([5, 30, 60]) })],
    ['WARNING_THRESHOLD', () => ({ warningThreshold: chance.one([10, 90]) })],
  ];
  const [what, change] = chance.one(changes);
  return { world: { ...world, ...change() }, what };
}

/** A brand gets another name; the old one stays as an alias, so that its files are still known. */
export function renamed(world: World, chance: Chance): { readonly world: World; readonly what: string } {
  const old = chance.one(world.brands);
  const name = `${old.name.replace(/\d+$/, '')}${String(2 + chance.below(90))}`;
  if (name === old.name || old.aliases.includes(name)) return { world, what: 'nothing' };
  const brand: BrandState = { ...old, name, aliases: [...old.aliases, old.name] };
  return {
    world: { ...world, brands: world.brands.map((b) => (b === old ? brand : b)) },
    what: `${old.name} is called ${name}`,
  };
}

/** Writes settings and config of a workspace. */
export async function writeWorld(workspace: string, world: World): Promise<void> {
  await mkdir(join(workspace, 'config'), { recursive: true });
  await mkdir(join(workspace, 'data', 'landing'), { recursive: true });
  const settings = {
    EXPECTED_TABLES: TABLES.join(','),
    MAX_DAYS_BACK: 60,
    GOLD_RETENTION_DAYS: 30000,
    MAX_WORKERS: 2,
    MEMORY_LIMIT: '400MB',
    SETTLE: 0,
    ERROR_THRESHOLD: world.errorThreshold,
    WARNING_THRESHOLD: world.warningThreshold,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${String(value)}\n`);
  await writeFile(join(workspace, '.env'), lines.join(''));
  const config = (name: string, value: object): Promise<void> =>
    writeFile(join(workspace, 'config', name), `${JSON.stringify(value, undefined, 2)}\n`);
  const brands = world.brands.map(({ name, code, aliases }) => [name, { code, aliases }] as const);
  await config('brand_configs.json', { brands: Object.fromEntries(brands) });
  await config('table_schemas.json', { tables: tablesOf(world) });
  await config('validation_rules.json', { tables: rulesOf(world) });
}

const tablesOf = (world: World): object => ({
  User: {
    primary_key: ['user_id', '_brand'],
    deduplicate: world.deduplicate,
    extra_columns: world.extra,
    null_values: world.oldIsNull ? ['', 'old'] : [''],
    columns: {
      user_id: { type: 'VARCHAR', required: true },
      name: { type: 'VARCHAR', ...(world.upper ? { transform: 'upper(name)' } : {}) },
      age: { type: 'INTEGER' },
    },
  },
  Playback: {
    primary_key: ['playback_id', '_brand'],
    deduplicate: 'last',
    columns: {
      playback_id: { type: 'VARCHAR', required: true },
      user_id: { type: 'VARCHAR' },
      seconds: { type: 'INTEGER', required: world.secondsRequired },
    },
  },
  Device: {
    columns: { device_id: { type: 'VARCHAR', required: true }, owner: { type: 'VARCHAR' } },
  },
});

function rulesOf(world: World): object {
  const anomaly = {
    id: 'usual',
    rule: 'anomaly',
    days_back: world.daysBack,
    max_change: world.maxChange,
    min_history: 2,
    severity: world.anomaly,
    on_fail: 'report',
  };
  return {
    User: {
      rules: [
        { ...anomaly, metric: 'row_count' },
        { rule: 'not_null', column: 'age', severity: 'warning' },
      ],
    },
    Playback: {
      rules: [
        { ...anomaly, metric: 'mean', column: 'seconds', severity: 'warning' },
        { id: 'known', rule: 'references', column: 'user_id', to: 'User.user_id', on_fail: world.reference },
        { rule: 'range', column: 'seconds', min: 0, max: 900 },
        ...(world.lookAtDevice
          ? [
              {
                id: 'owned',
                rule: 'sql',
                query:
                  'SELECT * FROM rows WHERE user_id NOT IN (SELECT owner FROM Device WHERE owner IS NOT NULL)',
                severity: 'warning',
              },
            ]
          : []),
      ],
    },
    Device: {
      rules: [
        {
          id: 'owner_known',
          rule: 'references',
          column: 'owner',
          to: 'User.user_id',
          ...(world.atLatest ? { at: 'latest' } : {}),
          severity: 'warning',
        },
        { id: 'enough', rule: 'reconcile', to: 'User', tolerance: '300%', severity: 'warning' },
      ],
    },
  };
}

/** The text of a file of a table: a few records, some of them wrong. */
export function fileText(table: (typeof TABLES)[number], chance: Chance): string {
  const user = (): string => `u${String(chance.below(9))}`;
  const rows = Array.from({ length: 1 + chance.below(6) }, (_, i) => {
    if (table === 'User')
      return [
        `u${String(i)}`,
        chance.one(['Jan', 'Eva', 'Café', '']),
        chance.one(['31', '40', '7', 'old', '']),
      ];
    if (table === 'Playback')
      return [`p${String(chance.below(8))}`, user(), chance.one(['10', '500', '899', '2000', 'long', ''])];
    return [`d${String(i)}`, user()];
  });
  const header = {
    User: 'user_id,name,age',
    Playback: 'playback_id,user_id,seconds',
    Device: 'device_id,owner',
  };
  const more = table === 'User' && chance.chance(0.3);
  return [
    `${header[table]}${more ? ',remark' : ''}`,
    ...rows.map((row) => [...row, ...(more ? ['x'] : [])].join(',')),
    '',
  ].join('\n');
}
