// Settings: what .env may look like, who overrides whom, and that nothing wrong passes and no secret leaks.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PipelineError } from '../../../src/engine/model/errors';
import { checkSettings, loadSettings, secretValues, SETTINGS } from '../../../src/engine/workspace/settings';
import { parseDotenv } from '../../../src/engine/workspace/settings/dotenv';

describe('settings', () => {
  let workspace: string;
  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'm7-settings-'));
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  const dotenv = (text: string | Buffer): Promise<void> => writeFile(join(workspace, '.env'), text);
  const load = (environment: NodeJS.ProcessEnv = {}, overrides: Record<string, string> = {}) =>
    loadSettings({ workspace, environment, overrides });
  async function refused(environment: NodeJS.ProcessEnv = {}): Promise<PipelineError> {
    try {
      await load(environment);
    } catch (error) {
      assert.ok(error instanceof PipelineError, String(error));
      assert.equal(error.code, 'SETTINGS_INVALID');
      assert.ok(error.remedy.length > 0);
      return error;
    }
    return assert.fail('The settings were taken.');
  }

  it('needs no .env: every default is as documented', async () => {
    const settings = await load();
    assert.equal(settings.dataDir, join(workspace, 'data'));
    assert.equal(settings.landingDir, join(workspace, 'data', 'landing'));
    assert.equal(settings.configDir, join(workspace, 'config'));
    assert.deepEqual(settings.expectedTables.length, 7);
    assert.equal(settings.maxDaysBack, 3);
    assert.equal(settings.mockSnowflake, true);
    assert.equal(settings.memoryLimit, undefined);
    assert.deepEqual(settings.snowflake, {
      schema: 'STG_SG',
      monitoringSchema: 'STG_SG_MONITORING',
      statementTimeout: 1800,
    });
    assert.deepEqual(settings.mail, { enabled: false, port: 587, security: 'auto' });
    assert.deepEqual([settings.errorThreshold, settings.warningThreshold], [5, 10]);
    assert.deepEqual(settings.origins, {});
    assert.ok(Object.isFrozen(settings) && Object.isFrozen(settings.snowflake));
  });

  it('takes each setting of the table from .env, and tells the line it stands in', async () => {
    const examples: Record<string, string> = {
      path: 'some/where',
      text: 'some text',
      list: 'One, Two',
      integer: '7',
      number: '7.5',
      boolean: 'yes',
      secret: 's3cret',
      size: '512MB',
    };
    for (const setting of SETTINGS) {
      const own: Record<string, string> = {
        LANDING_PATTERN: '{date}/{brand}-{table}',
        ALERT_WEBHOOK_URL: 'https://hooks.example/key',
        OPENLINEAGE_URL: 'http://catalogue.example:5000',
      };
      const value = own[setting.name] ?? setting.choices?.at(-1) ?? examples[setting.kind]!;
      await dotenv(`# comment\n${setting.name}=${value}\n`);
      const settings = await load();
      assert.deepEqual(
        settings.origins,
        { [setting.name]: { file: join(workspace, '.env'), line: 2 } },
        setting.name,
      );
      const before = JSON.stringify(
        await loadSettings({ workspace: join(workspace, 'none'), environment: { SETTLE: '0' } }),
      );
      const after = JSON.stringify({ ...settings, origins: {} }).replaceAll(
        workspace,
        join(workspace, 'none'),
      );
      if (value !== 'yes' || setting.default !== 'true') assert.notEqual(after, before, setting.name);
    }
  });

  it('lets the environment override .env, and the command line override both', async () => {
    await dotenv('MAX_WORKERS=2\nMAX_DAYS_BACK=9\nSMTP_PORT=25');
    const settings = await load(
      { MAX_WORKERS: '5', SMTP_PORT: '26', MAX_DAYS_BACK: '' },
      { SMTP_PORT: '27' },
    );
    assert.deepEqual([settings.maxWorkers, settings.mail.port], [5, 27]);
    assert.equal(settings.maxDaysBack, 9, 'an empty variable is as good as none');
    assert.equal(settings.origins['MAX_WORKERS'], 'environment');
    assert.deepEqual(settings.origins['MAX_DAYS_BACK'], { file: join(workspace, '.env'), line: 2 });
  });

  it('reads quotes, comments, export, CRLF, BOM and values of several lines', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIE+vQ/=\n-----END PRIVATE KEY-----\n';
    await dotenv(
      [
        '\uFEFF# first',
        'export SNOWFLAKE_USER = me # not me',
        'SNOWFLAKE_PASSWORD=\'p#a "s" $s\\n\'',
        `SNOWFLAKE_TOKEN="${key.replaceAll('\n', '\r\n')}" # comment`,
        'SNOWFLAKE_ROLE=a#b',
        'SMTP_PASSWORD="a\\"b\\\\c\\nd"',
        '',
        'SMTP_USER=`it\'s "me"`',
        'ADMIN_EMAIL=',
        'EXPECTED_TABLES=',
        'MAX_WORKERS="3"',
      ].join('\r\n'),
    );
    const { snowflake, mail, ...settings } = await load();
    assert.equal(snowflake.user, 'me');
    assert.equal(snowflake.password, 'p#a "s" $s\\n');
    assert.equal(snowflake.token, key);
    assert.equal(snowflake.role, 'a#b');
    assert.equal(mail.password, 'a"b\\c\nd');
    assert.equal(mail.user, 'it\'s "me"');
    assert.equal(mail.adminEmail, undefined);
    assert.deepEqual(settings.expectedTables, []);
    assert.deepEqual(settings.origins['MAX_WORKERS'], { file: join(workspace, '.env'), line: 14 });
  });

  it('parses the corners of the .env format', () => {
    const values = (text: string) => parseDotenv(text).entries.map((e) => [e.key, e.value, e.line]);
    assert.deepEqual(values('A=1\rB=2'), [
      ['A', '1', 1],
      ['B', '2', 2],
    ]);
    assert.deepEqual(values('A=#x'), [['A', '#x', 1]]);
    assert.deepEqual(values('A= #x'), [['A', '', 1]]);
    assert.deepEqual(values('A=b=c'), [['A', 'b=c', 1]]);
    assert.deepEqual(values("A=it's"), [['A', "it's", 1]]);
    assert.deepEqual(values('A="C:\\data"'), [['A', 'C:\\data', 1]]);
    assert.deepEqual(values(''), []);
  });

  const wrong: readonly [name: string, text: string, line: number, message: RegExp, remedy?: RegExp][] = [
    ['a key mistyped', 'MAX_WORKERS=1\nMAX_WORKER=2', 2, /Unknown setting "MAX_WORKER"/, /"MAX_WORKERS"/],
    ['a key in lower case', 'data_dir=x', 1, /Unknown setting "data_dir"/, /"DATA_DIR"/],
    ['a key of someone else', 'AWS_REGION=eu', 1, /Unknown setting "AWS_REGION"/, /Remove/],
    ['a key twice', 'SMTP_PORT=1\n\nSMTP_PORT=2', 3, /SMTP_PORT occurs twice in \.env, in lines 1 and 3/],
    ['no key', 'MAX_WORKERS=1\njust words', 2, /not KEY=VALUE/],
    ['an open quote', 'SMTP_USER="abc\nMAX_WORKERS=1\n', 1, /quote " .*SMTP_USER is never closed/],
    ['text after a quote', 'SMTP_USER="abc"def', 1, /follows the closing quote of SMTP_USER/],
    ['words for a number', 'MAX_WORKERS=many', 1, /MAX_WORKERS is "many"/, /whole number from 1 to 256/],
    ['a number out of range', 'WARNING_THRESHOLD=100.5', 1, /WARNING_THRESHOLD is "100\.5"/],
    ['a fraction for a whole number', 'MAX_DAYS_BACK=1.5', 1, /MAX_DAYS_BACK/],
    ['a huge number', 'MAX_DAYS_BACK=99999999999999999999', 1, /MAX_DAYS_BACK/],
    ['NaN', 'ERROR_THRESHOLD=NaN', 1, /ERROR_THRESHOLD/],
    ['no boolean', 'MOCK_SNOWFLAKE=maybe', 1, /MOCK_SNOWFLAKE is "maybe"/, /true or false/],
    ['a percentage of memory', 'MEMORY_LIMIT=80%', 1, /MEMORY_LIMIT/, /4GB/],
    ['too little memory', 'MEMORY_LIMIT=1MB', 1, /MEMORY_LIMIT/],
    ['a folder outside', 'RAW_SUBDIR=../raw', 1, /RAW_SUBDIR leads outside/],
    ['the data folder itself', 'RAW_SUBDIR=.', 1, /RAW_SUBDIR leads outside/],
    ['two layers in one folder', 'GOLD_SUBDIR=Silver', 1, /overlaps with SILVER_SUBDIR/],
    ['one layer in another', 'GOLD_SUBDIR=silver/gold', 1, /overlaps with SILVER_SUBDIR/],
    ['the state folder', 'LOGS_SUBDIR=.state/logs', 1, /LOGS_SUBDIR .*state folder/],
    ['the warehouse file', 'LOGS_SUBDIR=warehouse.duckdb', 1, /LOGS_SUBDIR .*warehouse/],
    ['a variable', 'DATA_DIR=$HOME/data', 1, /DATA_DIR/, /not expanded/],
    ['several lines of text', 'SMTP_SERVER="a\nb"', 1, /SMTP_SERVER/, /one line/],
    ['no {table}', 'LANDING_PATTERN={brand}_{date}', 1, /lacks \{table\}/],
    ['two {date}', 'LANDING_PATTERN={date}/{brand}_{table}_{date}', 1, /\{date\} 2 times/],
    ['an unknown token', 'LANDING_PATTERN={brand}_{table}_{date}_{hour}', 1, /unknown token "\{hour\}"/],
    ['a pattern that climbs', 'LANDING_PATTERN=../{brand}_{table}_{date}', 1, /below the landing folder/],
  ];
  for (const [name, text, line, message, remedy] of wrong)
    it(`refuses ${name}`, async () => {
      await dotenv(text);
      const error = await refused();
      assert.match(error.message, message);
      if (remedy !== undefined) assert.match(error.remedy, remedy);
      assert.deepEqual(error.where, { file: join(workspace, '.env'), line });
    });

  it('refuses what is no text file', async () => {
    await dotenv(Buffer.from([0x41, 0x3d, 0x31, 0x0a, 0x42, 0x3d, 0xff, 0xfe]));
    assert.deepEqual((await refused()).where, { file: join(workspace, '.env'), line: 2 });
    await dotenv('#'.repeat(1_000_001));
    assert.match((await refused()).message, /bytes/);
    await rm(join(workspace, '.env'));
    await mkdir(join(workspace, '.env'));
    assert.match((await refused()).message, /not a file/);
  });

  it('tells all problems, and what is incomplete as a warning', async () => {
    await dotenv('MAX_WORKERS=0\nSMTP_PORT=x\n');
    const { settings, problems } = await checkSettings({ workspace, environment: { SETTLE: '0' } });
    assert.equal(settings, undefined);
    assert.deepEqual(
      problems.map((p) => [p.line, p.severity]),
      [
        [1, 'error'],
        [2, 'error'],
      ],
    );
    await dotenv('MOCK_SNOWFLAKE=false\nENABLE_EMAIL_ALERTS=true\n');
    const incomplete = await checkSettings({ workspace, environment: { SETTLE: '0' } });
    assert.ok(incomplete.settings);
    assert.deepEqual([...new Set(incomplete.problems.map((p) => p.severity))], ['warning']);
    assert.match(incomplete.problems.map((p) => p.message).join(), /SNOWFLAKE_ACCOUNT.*SMTP_SERVER/s);
  });

  it('lets the environment be, save for what can only be meant for us', async () => {
    const foreign = {
      SNOWFLAKE_HOME: '/x',
      M7_THEIRS: '1',
      SMTP_HOST: 'x',
      PATH: '/bin',
      GOLD_RETENTION_DAY: '1',
    };
    const { settings, problems } = await checkSettings({ workspace, environment: foreign });
    assert.ok(settings);
    assert.deepEqual(
      problems.map((p) => [p.severity, p.remedy]),
      [['warning', 'Did you mean GOLD_RETENTION_DAYS?']],
    );
    const error = await refused({ M7_MOCK_SNOWFLAKE: 'false' });
    assert.equal(error.remedy, 'Set MOCK_SNOWFLAKE instead.');
    assert.equal(error.where, undefined);
    await assert.rejects(load({}, { MAX_WORKER: '1' }), /Unknown setting "MAX_WORKER"/);
  });

  it('resolves paths against the workspace, the home folder or the root', async () => {
    await dotenv('DATA_DIR=~/m7\nCONFIG_DIR=/etc/m7\nSNOWFLAKE_PRIVATE_KEY_PATH=keys/rsa.p8');
    const settings = await load();
    assert.equal(settings.dataDir, join(homedir(), 'm7'));
    assert.equal(settings.goldDir, join(homedir(), 'm7', 'gold'));
    assert.equal(settings.configDir, '/etc/m7');
    assert.equal(settings.snowflake.privateKeyPath, join(workspace, 'keys/rsa.p8'));
  });

  it('never repeats a secret in a message, whatever is wrong with its line', async () => {
    const secret = 'MIIEvQIBADANBgkqhkiG9w0';
    const texts = [
      `SNOWFLAKE_PASSWORD="${secret}`,
      `SNOWFLAKE_PASSWORD="${secret}"x${secret}`,
      `SNOWFLAKE_PASSWORD=${secret}\0`,
      `SNOWFLAKE_TOKEN=-----BEGIN KEY-----\n${secret}==\n${secret}\n-----END KEY-----`,
      `SNOWFLAKE_TOKEN=${secret}\nSNOWFLAKE_TOKEN=${secret}x`,
    ];
    for (const text of texts) {
      await dotenv(text);
      const { problems } = await checkSettings({ workspace, environment: { SETTLE: '0' } });
      assert.ok(problems.length > 0, text);
      assert.ok(!JSON.stringify(problems).includes(secret.slice(0, 8)), JSON.stringify(problems));
    }
  });

  it('lists every secret of the catalogue for redaction, longest first', async () => {
    const names = SETTINGS.filter((s) => s.kind === 'secret').map((s) => s.name);
    const valueOf = (name: string): string =>
      name.endsWith('_URL') ? `https://x.test/${name}` : `"${name}"`;
    const settings = await load(Object.fromEntries(names.map((name) => [name, valueOf(name)])));
    const expected = names.map(valueOf);
    assert.deepEqual([...secretValues(settings)].sort(), expected.sort());
    assert.deepEqual(secretValues(await load()), []);
  });
});
