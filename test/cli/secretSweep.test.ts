// Every command of m7 with secrets in its environment: none is in what it prints, writes, or starts processes with.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DATE, smallDay, writeDay } from '../support/day';
import { useFolder } from '../support/folder';
import { openSecretSearch, watchArguments, type PlantedSecret } from '../support/secretSearch';
import { startPeer, type Peer } from '../support/snowflake/peer';
import { buildCommand, ended, m7, startM7 } from './command';

const PASSWORD = 'p"a\'s\\s w-Kd83hfQ';
const SMTP = 'mail-Pw%77-sQx0Lm';
const HOOK = 'hooks-T0AB12CD/B99-XyZ8hF3kLmN0pQ';
const CATALOGUE = 'lk-Ym2q7Tz+/Wd4Rb';
const SECRETS: readonly PlantedSecret[] = [
  { name: 'password', value: PASSWORD },
  { name: 'mail password', value: SMTP },
  { name: 'webhook', value: HOOK },
  { name: 'catalogue key', value: CATALOGUE },
];

/** How each command is run, in this order: each finds what those before it left. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  check: ['--verbose'],
  plan: ['--date', DATE],
  // Ends with its first run, which has to have something to do.
  watch: ['--once', '--date', DATE, '--settle', '0'],
  run: ['--date', DATE, '--force', '--json', '--verbose'],
  validate: ['--date', DATE, '--force'],
  replay: ['--date', DATE, '--stage', 'raw-to-silver'],
  reconcile: ['--date', DATE, '--json'],
  repair: ['--date', DATE],
  maintenance: ['--verbose'],
  status: ['--date', DATE, '--json'],
  trace: ['--date', DATE, '--table', 'Device', '--where', 'true'],
};
/** They read files, and ask nobody. */
const WITHOUT_LOGIN: readonly string[] = ['init', 'drift', 'report', 'preview', 'case', 'test'];

describe('secrets of the environment', function () {
  this.timeout(120_000);
  const folder = useFolder();
  let peer: Peer;
  before(buildCommand);
  beforeEach(async () => {
    peer = await startPeer({ users: [{ name: 'WITH_PASSWORD', defaultRole: 'LOADER', password: PASSWORD }] });
  });
  afterEach(() => peer.close());

  it('are looked for with every command that can log in', async () => {
    const { out: help } = await m7(['--help']);
    const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
    assert.deepEqual(
      commands.filter((name) => name !== 'help').sort(),
      [...Object.keys(CALLS), ...WITHOUT_LOGIN].sort(),
    );
  });

  it('are in nothing that is printed, written or passed on', async () => {
    const workspace = join(folder(), 'workspace');
    const day = smallDay();
    writeDay(workspace, { ...day, settings: `${day.settings ?? ''}GOLD_RETENTION_DAYS=36500\n` });
    const env = {
      MOCK_SNOWFLAKE: 'false',
      SNOWFLAKE_ACCOUNT: peer.account,
      SNOWFLAKE_ACCESS_URL: peer.url,
      SNOWFLAKE_DATABASE: peer.database,
      SNOWFLAKE_WAREHOUSE: peer.warehouse,
      SNOWFLAKE_USER: 'WITH_PASSWORD',
      SNOWFLAKE_PASSWORD: PASSWORD,
      // Nobody listens there: what fails is written down.
      SMTP_SERVER: '127.0.0.1',
      SMTP_PORT: '9',
      SMTP_USER: 'm7@example.org',
      SMTP_PASSWORD: SMTP,
      ALERT_WEBHOOK_URL: `http://127.0.0.1:9/${HOOK}`,
      OPENLINEAGE: 'http',
      OPENLINEAGE_URL: 'http://127.0.0.1:9',
      OPENLINEAGE_API_KEY: CATALOGUE,
      HOME: join(folder(), 'home'),
      XDG_STATE_HOME: join(folder(), 'state'),
    };
    const search = openSecretSearch(SECRETS);
    const usage: string[] = [];
    for (const [command, options] of Object.entries(CALLS)) {
      const words = [command, ...options];
      const child = startM7(words, { cwd: workspace, env });
      const watched = watchArguments(child.pid);
      child.stdin.end();
      const end = await ended(child);
      const what = words.join(' ');
      search.look(`${what}: stdout`, end.out);
      search.look(`${what}: stderr`, end.err);
      for (const line of watched.stop()) search.look(`${what}: arguments`, line);
      if (end.code === 2) usage.push(`${what}: ${end.err}`);
    }
    search.lookIn(folder(), []);
    assert.deepEqual(search.seen, []);
    assert.ok(search.bytes() > 100_000);
    // A command that is refused for its words has shown nothing.
    assert.deepEqual(usage, []);
    assert.ok(peer.requests.length > 20, 'they logged in');
  });
});
