// Small valid settings and config for tests that start behind the loaders.
import { join } from 'node:path';
import type { Brand, Column, Config, Rule, Settings, Table } from '../../src/engine/model';

export function settingsIn(workspace: string, more: Partial<Settings> = {}): Settings {
  const dataDir = join(workspace, 'data');
  return {
    workspace,
    trusted: true,
    configDir: join(workspace, 'config'),
    dataDir,
    landingDir: join(dataDir, 'landing'),
    rawDir: join(dataDir, 'raw'),
    silverDir: join(dataDir, 'silver'),
    goldDir: join(dataDir, 'gold'),
    logsDir: join(dataDir, 'logs'),
    archiveDir: join(dataDir, 'archive'),
    rejectsDir: join(dataDir, 'rejects'),
    expectedTables: ['Device', 'EPG'],
    landingPattern: '{brand}_{table}_{date}',
    maxDaysBack: 3,
    mockSnowflake: true,
    deleteSilverFilesAfterLoad: false,
    goldRetentionDays: 30,
    rawRetentionDays: 0,
    logRetentionDays: 90,
    parallelProcessing: true,
    settleSeconds: 0,
    sqlTimeoutSeconds: 0,
    fileAccess: 'private',
    maxWorkers: 2,
    memoryLimit: '1GB',
    snowflake: { schema: 'STG_SG', monitoringSchema: 'STG_SG_MONITORING' },
    mail: { enabled: false, port: 587, security: 'auto' },
    lineage: { to: 'off', namespace: 'm7' },
    alerts: { on: ['failed', 'warned', 'missing', 'recovered'], webhookFormat: 'json' },
    errorThreshold: 5,
    warningThreshold: 10,
    origins: {},
    ...more,
  };
}

export function brand(name: string, more: Partial<Brand> = {}): Brand {
  return {
    name,
    code: name.slice(0, 3).toUpperCase(),
    displayName: name,
    aliases: [],
    timezone: 'UTC',
    location: { file: 'config/brand_configs.json', line: 1 },
    ...more,
  };
}

export function column(name: string, type: string, more: Partial<Column> = {}): Column {
  return {
    name,
    type,
    description: '',
    source: [],
    required: false,
    formats: [],
    timezone: undefined,
    decimal: '.',
    thousands: undefined,
    transform: undefined,
    map: {},
    trueValues: [],
    falseValues: [],
    default: undefined,
    onError: 'null',
    derived: undefined,
    sensitive: false,
    location: { file: 'config/table_schemas.json', line: 1 },
    locations: {},
    ...more,
  };
}

export function table(name: string, columns: readonly Column[], more: Partial<Table> = {}): Table {
  return {
    name,
    description: '',
    primaryKey: [],
    deduplicate: 'last',
    nullValues: [''],
    extraColumns: 'keep',
    drift: 'report',
    columns,
    location: { file: 'config/table_schemas.json', line: 1 },
    ...more,
  };
}

export function rule(tableName: string, kind: string, more: Partial<Rule> = {}): Rule {
  return {
    id: `${kind}_1`,
    table: tableName,
    kind,
    columns: [],
    parameters: {},
    filter: undefined,
    severity: 'error',
    onFail: 'reject',
    error: undefined,
    warn: undefined,
    enabled: true,
    samples: 20,
    description: '',
    tags: [],
    location: { file: 'config/validation_rules.json', line: 1 },
    lines: {},
    ...more,
  };
}

export function config(
  brands: readonly Brand[],
  tables: readonly Table[],
  rules: readonly Rule[] = [],
): Config {
  return { brands, tables, rules };
}
