// No secret of a login appears in anything that loads into Snowflake write, print or leave in the warehouse, however they end.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCommand, ended, startM7, type Ended } from '../../../cli/command';
import { DATE, smallDay, writeDay } from '../../../support/day';
import { useFolder } from '../../../support/folder';
import { openSecretSearch, watchArguments, type PlantedSecret } from '../../../support/secretSearch';
import { startPeer, type Peer, type PeerUser } from '../../../support/snowflake/peer';

const PASSPHRASE = 'a "passphrase"\nof \'two\' lines & <more>';
const PASSWORD = 'p"a\'s\\s w\nö{rd} second line';
const SHORT = 'Zq9%';
const ACCESS_TOKEN = [
  Buffer.from('{"alg":"ES256","kid":"1"}').toString('base64url'),
  Buffer.from('{"p":"5839021:17","iss":"SF:1014","exp":1999999999}').toString('base64url'),
  'm3TcqY1vfRwYbEsaPLAcnyq0vWvVB0bPlSo8dQrstuv',
].join('.');
const { privateKey: PEM, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const SECRETS: readonly PlantedSecret[] = [
  { name: 'passphrase', value: PASSPHRASE },
  { name: 'password', value: PASSWORD },
  { name: 'short password', value: SHORT },
  { name: 'access token', value: ACCESS_TOKEN },
  { name: 'private key', value: PEM },
];

const user = (name: string, login: Partial<PeerUser>): PeerUser => ({
  name,
  defaultRole: 'LOADER',
  ...login,
});

describe('snowflake: secrets', function () {
  this.timeout(400_000);
  const folder = useFolder();
  let peer: Peer;
  before(buildCommand);
  beforeEach(async () => {
    peer = await startPeer({
      abandonedAfter: 500,
      users: [
        user('WITH_PASSWORD', { password: PASSWORD }),
        user('SHORT', { password: SHORT }),
        user('WITH_KEY', { publicKey }),
        user('WITH_TOKEN', { accessToken: ACCESS_TOKEN }),
      ],
    });
  });
  afterEach(() => peer.close());

  const place = (): Record<string, string> => ({
    MOCK_SNOWFLAKE: 'false',
    SNOWFLAKE_ACCOUNT: peer.account,
    SNOWFLAKE_ACCESS_URL: peer.url,
    SNOWFLAKE_DATABASE: peer.database,
    SNOWFLAKE_WAREHOUSE: peer.warehouse,
    SNOWFLAKE_STATEMENT_TIMEOUT: '20',
  });

  it('are in nothing that is written, printed, passed or loaded, whichever login and whatever befalls it', async () => {
    const workspace = join(folder(), 'workspace');
    const home = join(folder(), 'home');
    mkdirSync(home, { recursive: true });
    const key = join(home, 'key.p8');
    writeFileSync(key, PEM, { mode: 0o600 });
    const toml = (name: string, entries: Record<string, string>): string =>
      [`[${name}]`, ...Object.entries(entries).map(([k, v]) => `${k} = ${JSON.stringify(v)}`), ''].join('\n');
    // An entry says where it logs in: an address beside it is refused.
    const { hostname: host, port, protocol } = new URL(peer.url);
    const address = { host, port, protocol: protocol.replace(':', '') };
    writeFileSync(
      join(home, 'connections.toml'),
      toml('right', { ...address, account: peer.account, user: 'WITH_PASSWORD', password: PASSWORD }) +
        toml('wrong', { ...address, account: peer.account, user: 'WITH_KEY', password: PASSWORD }),
      { mode: 0o600 },
    );
    const day = smallDay();
    writeDay(workspace, day);

    const search = openSecretSearch(SECRETS);
    const outcomes: string[] = [];
    const step = async (
      what: string,
      words: readonly string[],
      env: Record<string, string>,
    ): Promise<Ended> => {
      const child = startM7([...words, '--workspace', workspace], {
        env: { ...place(), ...env, SNOWFLAKE_HOME: home },
      });
      child.stdin.end();
      const watched = watchArguments(child.pid);
      const end = await ended(child);
      search.look(`${what}: stdout`, end.out);
      search.look(`${what}: stderr`, end.err);
      for (const line of watched.stop()) search.look(`${what}: arguments`, line);
      outcomes.push(`${what}: ${String(end.code)}`);
      return end;
    };
    const keyPair = {
      SNOWFLAKE_USER: 'WITH_KEY',
      SNOWFLAKE_PRIVATE_KEY_PATH: key,
      SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: PASSPHRASE,
    };
    const run = ['run', '--date', DATE, '--force', '--verbose'];

    await step('key pair', run, keyPair);
    await step('key text', ['check', '--verbose'], {
      SNOWFLAKE_USER: 'WITH_KEY',
      SNOWFLAKE_PRIVATE_KEY: PEM.replaceAll('\n', '\\n'),
      SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: PASSPHRASE,
    });
    await step('key text, wrong passphrase', ['check', '--json'], {
      SNOWFLAKE_USER: 'WITH_KEY',
      SNOWFLAKE_PRIVATE_KEY: PEM.split('\n').slice(1, -2).join(''),
      SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: PASSWORD,
    });
    await step('key pair, wrong passphrase', ['check'], {
      ...keyPair,
      SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: PASSWORD,
    });
    await step('key of another', ['check', '--json'], { ...keyPair, SNOWFLAKE_USER: 'WITH_PASSWORD' });
    await step('password', ['check'], { SNOWFLAKE_USER: 'WITH_PASSWORD', SNOWFLAKE_PASSWORD: PASSWORD });
    await step('wrong password', [...run, '--json'], {
      SNOWFLAKE_USER: 'WITH_PASSWORD',
      SNOWFLAKE_PASSWORD: SHORT,
    });
    await step('short password', ['check'], { SNOWFLAKE_USER: 'SHORT', SNOWFLAKE_PASSWORD: SHORT });
    await step('token', ['check'], { SNOWFLAKE_USER: 'WITH_TOKEN', SNOWFLAKE_TOKEN: ACCESS_TOKEN });
    await step('wrong token', ['check'], { SNOWFLAKE_USER: 'WITH_KEY', SNOWFLAKE_TOKEN: ACCESS_TOKEN });
    await step('connections.toml', ['check', '--verbose'], {
      SNOWFLAKE_CONNECTION: 'right',
      SNOWFLAKE_ACCESS_URL: '',
    });
    await step('connections.toml, wrong', ['check', '--verbose'], {
      SNOWFLAKE_CONNECTION: 'wrong',
      SNOWFLAKE_ACCESS_URL: '',
    });
    // A statement that fails tells its whole text, and the ledger keeps why.
    peer.inject(
      { kind: 'error', code: '100035', sqlState: '22000', message: `refused: ${PASSPHRASE} and ${PEM}` },
      { statement: 'COPY' },
    );
    await step('a load that fails', run, keyPair);
    peer.inject({ kind: 'dropped-before', times: 100 }, { statement: 'DELETE' });
    await step('a load without answers', run, keyPair);
    peer.clearFaults();
    await step('well again', run, keyPair);

    search.lookIn(workspace, []);
    for (const record of peer.requests) search.look('SQL', record.sqlText ?? '');
    const ledger = await peer.target(`SELECT * FROM "${peer.database}"."STG_SG_MONITORING"."LOADS"`);
    search.look('the ledger', JSON.stringify(ledger));

    assert.deepEqual(search.seen, []);
    assert.ok(search.bytes() > 100_000, 'there was something to look at');
    assert.deepEqual(outcomes, [
      'key pair: 0',
      'key text: 0',
      'key text, wrong passphrase: 2',
      'key pair, wrong passphrase: 2',
      'key of another: 2',
      'password: 0',
      'wrong password: 1',
      'short password: 0',
      'token: 0',
      'wrong token: 2',
      'connections.toml: 0',
      'connections.toml, wrong: 2',
      'a load that fails: 1',
      'a load without answers: 1',
      'well again: 0',
    ]);
    assert.ok(
      ledger.some((row) => JSON.stringify(row).includes('refused: ***')),
      'the failure is in the ledger',
    );
  });
});
