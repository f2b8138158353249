// The config: what is read from the three files, which hash depends on what, and that schemas and sample agree.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkConfig,
  configSha,
  CONFIG_FILES,
  goldConfigSha,
  loadConfig,
  rawConfigSha,
  rulesConfigSha,
  silverConfigSha,
  type ConfigFile,
} from '../../../src/engine/workspace/config';
import { schemaFiles } from '../../../src/engine/workspace/config/schemas';
import { openDatabase, type Connection, type Database } from '../../../src/engine/base/duckdb';
import type { Config, Settings } from '../../../src/engine/model';
import { loadSettings } from '../../../src/engine/workspace/settings';
import { SMALL_CONFIG, smallWorkspace, type SmallWorkspace } from '../../support/smallConfig';

describe('config', () => {
  const repository = join(__dirname, '../../..');
  let workspace: SmallWorkspace;
  let settings: Settings;
  const at = (path: string): string => join(workspace.folder, path);
  let database: Database;
  let connection: Connection;
  before(async () => {
    workspace = await smallWorkspace();
    settings = await loadSettings({ workspace: workspace.folder, environment: { SETTLE: '0' } });
    database = await openDatabase({ folders: [] });
    connection = await database.connect();
  });
  beforeEach(() => workspace.write());
  after(async () => {
    connection.close();
    database.close();
    await workspace.remove();
  });

  it('reads brands: a text is the code', async () => {
    const { brands } = await loadConfig(settings);
    assert.deepEqual(brands, [
      {
        name: 'Skylink',
        code: 'SKL',
        displayName: 'Skylink',
        aliases: [],
        timezone: 'UTC',
        location: { file: at('config/brand_configs.json'), line: 3 },
      },
      {
        name: 'CanalDigitaal',
        code: 'CDN',
        displayName: 'Canal Digitaal',
        aliases: ['CDS'],
        timezone: 'Europe/Amsterdam',
        location: { file: at('config/brand_configs.json'), line: 4 },
      },
    ]);
  });

  it('reads tables and columns with their defaults, types by their DuckDB name', async () => {
    const [user, playback] = (await loadConfig(settings)).tables;
    assert.deepEqual(user, {
      name: 'User',
      description: '',
      primaryKey: [],
      deduplicate: 'none',
      nullValues: [''],
      extraColumns: 'keep',
      drift: 'report',
      columns: [
        {
          name: 'user_id',
          type: 'VARCHAR',
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
          location: { file: at('config/table_schemas.json'), line: 5 },
          locations: {},
        },
      ],
      location: { file: at('config/table_schemas.json'), line: 3 },
    });
    assert.ok(playback);
    assert.deepEqual(playback.primaryKey, ['playback_id', '_brand']);
    assert.deepEqual(playback.deduplicate, {
      orderBy: '"started_at" DESC NULLS LAST, "playback_id" ASC NULLS LAST',
    });
    assert.deepEqual(
      playback.columns.map((c) => [c.name, c.type, c.onError]),
      [
        ['playback_id', 'VARCHAR', 'reject'],
        ['user_id', 'VARCHAR', 'null'],
        ['started_at', 'TIMESTAMP', 'reject'],
        ['price', 'DECIMAL(10,2)', 'null'],
        ['device', 'VARCHAR', 'null'],
        ['is_live', 'BOOLEAN', 'null'],
        ['duration_s', 'INTEGER', 'null'],
        ['watch_min', 'DOUBLE', 'null'],
      ],
    );
    const device = playback.columns[4]!;
    assert.deepEqual(Object.entries(device.map), [
      ['SETTOP', 'STB'],
      ['__proto__', 'x'],
    ]);
    assert.deepEqual(device.locations, { transform: { file: at('config/table_schemas.json'), line: 24 } });
  });

  it('reads rules: defaults, derived ids made unique, parameters apart, the line of each key', async () => {
    const { rules } = await loadConfig(settings);
    assert.deepEqual(
      rules.map((r) => [r.id, r.kind, r.severity, r.onFail, r.enabled, r.samples]),
      [
        ['not_null_user_id', 'not_null', 'error', 'reject', true, 20],
        ['not_null_user_id_2', 'not_null', 'warning', 'report', true, 20],
        ['duration_plausible', 'range', 'error', 'report', true, 3],
        ['known_user', 'references', 'error', 'reject', false, 20],
        ['some_rows', 'row_count', 'error', 'reject', true, 20],
        ['sane', 'expression', 'error', 'reject', true, 20],
        ['shape', 'regex', 'error', 'reject', true, 20],
        ['own', 'sql', 'error', 'reject', true, 20],
      ],
    );
    const range = rules[2]!;
    assert.deepEqual(range.parameters, { min: 0, max: 86400 });
    assert.equal(range.filter, 'is_live = false');
    assert.deepEqual([range.error, range.warn], [{ percent: 1.5 }, { count: 5 }]);
    assert.deepEqual(range.columns, ['duration_s']);
    assert.deepEqual(range.location, { file: at('config/validation_rules.json'), line: 7 });
    assert.equal(range.lines['max'], 12);
  });

  it('is frozen to the bottom', async () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    assert.ok(frozen(await loadConfig(settings)));
  });

  it('reads files with BOM and CRLF, and unsaved text instead of files', async () => {
    const dos = (name: ConfigFile): string => `\uFEFF${SMALL_CONFIG[name].replaceAll('\n', '\r\n')}`;
    const plain = await loadConfig(settings);
    await workspace.write(Object.fromEntries(CONFIG_FILES.map((name) => [name, dos(name)])));
    assert.deepEqual(await loadConfig(settings), plain);
    const { problems } = await checkConfig(settings, { contents: { 'brand_configs.json': '{}' } });
    assert.deepEqual(
      problems.map((p) => [p.file, p.line, p.column, p.length, p.message]),
      [[at('config/brand_configs.json'), 1, 1, 2, 'The file lacks "brands".']],
    );
  });

  it('takes names that JavaScript has uses of its own for', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const columns = names.map((name) => `${JSON.stringify(name)}: {"type": "VARCHAR"}`).join();
    await workspace.write({
      'brand_configs.json': `{"brands": {${names.map((name) => `${JSON.stringify(name)}: "${name}1"`).join()}}}`,
      'table_schemas.json': `{"tables": {${['User', 'Playback', ...names].map((name) => `${JSON.stringify(name)}: {"columns": {${columns}}}`).join()}}}`,
      'validation_rules.json': `{"tables": {${names.map((name) => `${JSON.stringify(name)}: {"rules": [{"rule": "not_null", "column": ${JSON.stringify(name)}}]}`).join()}}}`,
    });
    const { config, problems } = await checkConfig(settings, { connection });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      config?.brands.map((b) => b.name),
      names,
    );
    assert.deepEqual(
      config.tables[2]?.columns.map((c) => c.name),
      names,
    );
    assert.deepEqual(
      config.rules.map((r) => r.columns[0]),
      names,
    );
  });

  it('takes names with blanks, quotes and emoji', async () => {
    const names = ["O'Brien TV", 'say "hi"', 'Télé 📺', 'a.b', '100%'];
    await workspace.write({
      'brand_configs.json': JSON.stringify({
        brands: Object.fromEntries(names.map((name, i) => [name, `C${i}`])),
      }),
      'table_schemas.json': JSON.stringify({
        tables: Object.fromEntries(
          ['User', 'Playback', ...names].map((name) => [
            name,
            {
              primary_key: [names[1]],
              deduplicate: { order_by: '"say ""hi""" desc nulls first' },
              columns: Object.fromEntries(names.map((n) => [n, { type: 'VARCHAR', derived: undefined }])),
            },
          ]),
        ),
      }),
      'validation_rules.json': JSON.stringify({
        tables: { [names[0]!]: { rules: names.map((column) => ({ rule: 'not_null', column })) } },
      }),
    });
    const { config, problems } = await checkConfig(settings, { connection });
    assert.deepEqual(problems, []);
    assert.deepEqual(config?.tables[2]?.deduplicate, { orderBy: '"say ""hi""" DESC NULLS FIRST' });
  });

  it('accepts the sample config, SQL and all', async () => {
    const sample = await loadSettings({ workspace: repository, environment: { SETTLE: '0' } });
    const { config, problems } = await checkConfig(sample, { connection });
    assert.deepEqual(problems, []);
    assert.equal(config?.tables.length, 7);
  });

  it('has written the schemas that lie beside the config (npm run schemas)', async () => {
    const schemas = schemaFiles();
    assert.equal(schemas.length, 3);
    for (const { name, text } of schemas)
      assert.equal(await readFile(join(repository, 'config', name), 'utf8'), text, `${name} is stale`);
  });

  describe('hashes', () => {
    interface Hashes {
      readonly raw: string;
      readonly skylink: string;
      readonly canal: string;
      readonly gold: string;
      readonly rules: string;
      readonly all: string;
    }
    const hashes = (config: Config, from: Settings = settings): Hashes => ({
      raw: rawConfigSha(config, 'Playback', 'Skylink'),
      skylink: silverConfigSha(config, 'Playback', 'Skylink'),
      canal: silverConfigSha(config, 'Playback', 'CanalDigitaal'),
      gold: goldConfigSha(config, 'Playback'),
      rules: rulesConfigSha(config, from, 'Playback'),
      all: configSha(config),
    });
    async function changed(file: ConfigFile, from: string, to: string): Promise<readonly string[]> {
      const before = hashes(await loadConfig(settings));
      assert.ok(SMALL_CONFIG[file].includes(from), from);
      await workspace.write({ [file]: SMALL_CONFIG[file].replace(from, to) });
      const after = hashes(await loadConfig(settings));
      return Object.keys(before).filter((key) => before[key as keyof Hashes] !== after[key as keyof Hashes]);
    }

    const cases: readonly [what: string, file: ConfigFile, from: string, to: string, changed: string[]][] = [
      ['lines and blanks', 'table_schemas.json', '{\n', '\n\n  {\n', []],
      [
        'the order of keys',
        'table_schemas.json',
        '"decimal": ",", "thousands": "."',
        '"thousands": ".", "decimal": ","',
        [],
      ],
      [
        'the order of parameters',
        'validation_rules.json',
        '"min": 0,\n          "max": 86400,',
        '"max": 86400, "min": 0,\n',
        [],
      ],
      [
        'the order of a map',
        'table_schemas.json',
        '"SETTOP": "STB", "__proto__": "x"',
        '"__proto__": "x", "SETTOP": "STB"',
        [],
      ],
      ['a type written otherwise', 'table_schemas.json', '"INT"', '"integer"', []],
      ['a description', 'table_schemas.json', 'One row per playback.', 'x', ['all']],
      ['sensitive', 'table_schemas.json', ', "sensitive": true', '', ['all']],
      ['a source name', 'table_schemas.json', '"id"', '"key"', ['raw', 'skylink', 'canal', 'all']],
      ['a type', 'table_schemas.json', '"INT"', '"BIGINT"', ['skylink', 'canal', 'gold', 'all']],
      ['a transform', 'table_schemas.json', 'upper(', 'lower(', ['skylink', 'canal', 'all']],
      ['a map', 'table_schemas.json', '"STB"', '"BOX"', ['skylink', 'canal', 'all']],
      ['null values', 'table_schemas.json', '"NULL"', '"NIL"', ['skylink', 'canal', 'all']],
      ['another table', 'table_schemas.json', '"VARCHAR" }\n', '"VARCHAR", "required": true }\n', ['all']],
      ['the key', 'table_schemas.json', ', "_brand"', '', ['gold', 'all']],
      ['the order of duplicates', 'table_schemas.json', 'started_at DESC', 'started_at', ['gold', 'all']],
      ['a time zone', 'brand_configs.json', 'Europe/Amsterdam', 'Europe/Berlin', ['canal', 'all']],
      ['an alias', 'brand_configs.json', '"CDS"', '"CD"', ['all']],
      ['a code', 'brand_configs.json', '"SKL"', '"SKY"', ['rules', 'all']],
      [
        'a new brand before',
        'brand_configs.json',
        '"Skylink"',
        '"New": "NEW", "Skylink"',
        ['gold', 'rules', 'all'],
      ],
      ['a parameter', 'validation_rules.json', '86400,', '86401,', ['rules', 'all']],
      ['a limit', 'validation_rules.json', '"1.5%"', '"2%"', ['rules', 'all']],
      ['a tag', 'validation_rules.json', '"billing"', '"money"', ['all']],
      ['a rule that is off', 'validation_rules.json', 'known_user', 'user_known', ['all']],
      ['a rule switched on', 'validation_rules.json', ', "enabled": false', '', ['rules', 'all']],
    ];
    for (const [what, file, from, to, expected] of cases)
      it(`${what}: ${expected.join(', ') || 'none'}`, async () => {
        assert.deepEqual(await changed(file, from, to), expected);
      });

    it('thresholds: rules', async () => {
      const config = await loadConfig(settings);
      const other = await loadSettings({
        workspace: workspace.folder,
        environment: { ERROR_THRESHOLD: '6' },
      });
      assert.notEqual(hashes(config).rules, hashes(config, other).rules);
      assert.match(hashes(config).rules, /^[0-9a-f]{64}$/);
    });
  });
});
