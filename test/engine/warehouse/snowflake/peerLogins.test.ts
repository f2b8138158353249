// The peer's logins and sessions, asked by the real driver: who gets in, who does not, and what an expired token does.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { ConnectionOptions } from 'snowflake-sdk';
import { connect, disconnect, rowsOf } from '../../../support/snowflake/driver';
import { startPeer, type Peer } from '../../../support/snowflake/peer';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const others = generateKeyPairSync('rsa', { modulusLength: 2048 });

function pem(pair: typeof keys): { readonly publicKey: string; readonly privateKey: string } {
  return {
    publicKey: pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    privateKey: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

describe('snowflake peer: logins', () => {
  let peer: Peer;
  before(async () => {
    peer = await startPeer({
      users: [
        { name: 'KEYED', publicKey: pem(keys).publicKey, defaultRole: 'LOADER' },
        { name: 'PATTY', accessToken: 'pat-0123456789', defaultRole: 'LOADER' },
        { name: 'OLIVER', oauthToken: 'oauth-0123456789', defaultRole: 'LOADER' },
        { name: 'MFA', password: 'first factor', passcode: '123456', defaultRole: 'LOADER' },
      ],
    });
  });
  after(() => peer.close());

  async function userOf(options: Partial<ConnectionOptions>): Promise<unknown> {
    const connection = await connect(peer, options);
    try {
      const [row] = await rowsOf(connection, 'SELECT CURRENT_USER() AS U');
      return row?.['U'];
    } finally {
      await disconnect(connection);
    }
  }

  async function refusal(options: Partial<ConnectionOptions>): Promise<unknown> {
    try {
      await disconnect(await connect(peer, options));
      return 'logged in';
    } catch (error) {
      return (error as { readonly code?: unknown }).code;
    }
  }

  it('lets in by password, key pair, access token, OAuth and second factor', async () => {
    assert.equal(await userOf({}), 'LOADER');
    const { privateKey } = pem(keys);
    assert.equal(await userOf({ username: 'KEYED', authenticator: 'SNOWFLAKE_JWT', privateKey }), 'KEYED');
    assert.equal(
      await userOf({
        username: 'PATTY',
        authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
        token: 'pat-0123456789',
      }),
      'PATTY',
    );
    assert.equal(
      await userOf({ username: 'OLIVER', authenticator: 'OAUTH', token: 'oauth-0123456789' }),
      'OLIVER',
    );
    assert.equal(
      await userOf({
        username: 'MFA',
        authenticator: 'USERNAME_PASSWORD_MFA',
        password: 'first factor',
        passcode: '123456',
      }),
      'MFA',
    );
    assert.equal(
      await userOf({
        username: 'MFA',
        authenticator: 'USERNAME_PASSWORD_MFA',
        password: 'first factor123456',
        passcodeInPassword: true,
      }),
      'MFA',
    );
  });

  it('refuses what is wrong, with the codes the driver knows', async () => {
    assert.equal(await refusal({ password: 'wrong' }), '390100');
    assert.equal(await refusal({ username: 'NOBODY' }), '390100');
    assert.equal(await refusal({ account: 'OTHER' }), '390100');
    assert.equal(await refusal({ username: 'MFA', password: 'first factor' }), '390127');
    assert.equal(
      await refusal({
        username: 'MFA',
        authenticator: 'USERNAME_PASSWORD_MFA',
        password: 'first factor',
        passcode: '000000',
      }),
      '390120',
    );
    const foreign = pem(others).privateKey;
    assert.equal(
      await refusal({ username: 'KEYED', authenticator: 'SNOWFLAKE_JWT', privateKey: foreign }),
      '390144',
    );
    const own = pem(keys).privateKey;
    assert.equal(
      await refusal({ username: 'LOADER', authenticator: 'SNOWFLAKE_JWT', privateKey: own }),
      '390144',
    );
    assert.equal(
      await refusal({ username: 'PATTY', authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'other' }),
      '394400',
    );
    assert.equal(await refusal({ username: 'OLIVER', authenticator: 'OAUTH', token: 'other' }), '390303');
    assert.equal(await refusal({ role: 'ACCOUNTADMIN' }), '390189');
  });

  it('holds a JWT by its claims too, which the driver always writes rightly', async () => {
    const print = createHash('sha256')
      .update(keys.publicKey.export({ format: 'der', type: 'spki' }))
      .digest('base64');
    const rightly = {
      iss: `PEER.KEYED.SHA256:${print}`,
      sub: 'PEER.KEYED',
      iat: Date.now(),
      exp: Date.now() + 60_000,
    };
    const codeOf = async (claims: Readonly<Record<string, unknown>>): Promise<unknown> => {
      const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
      const token = `${signed}.${sign('RSA-SHA256', Buffer.from(signed), keys.privateKey).toString('base64url')}`;
      const data = {
        ACCOUNT_NAME: 'PEER',
        LOGIN_NAME: 'KEYED',
        AUTHENTICATOR: 'SNOWFLAKE_JWT',
        TOKEN: token,
      };
      const response = await fetch(`${peer.url}/session/v1/login-request`, {
        method: 'POST',
        body: JSON.stringify({ data }),
      });
      return ((await response.json()) as { readonly code: unknown }).code;
    };
    assert.equal(await codeOf(rightly), null);
    assert.equal(await codeOf({ ...rightly, iat: Date.now() - 120_000, exp: Date.now() - 60_000 }), '390144');
    assert.equal(await codeOf({ ...rightly, iss: 'PEER.KEYED.SHA256:other' }), '390144');
    assert.equal(await codeOf({ ...rightly, sub: 'PEER.LOADER' }), '390144');
    assert.equal(
      await codeOf({ ...rightly, iat: Date.now() + 600_000, exp: Date.now() + 700_000 }),
      '390144',
    );
    assert.equal(await codeOf({ ...rightly, exp: Date.now() + 7_200_000 }), '390144');
  });

  it('opens no session for who was refused', async () => {
    const before = peer.sessions().length;
    await refusal({ password: 'wrong' });
    assert.equal(peer.sessions().length, before);
  });

  it('leaves a warehouse or database unset that the role may not use', async () => {
    const connection = await connect(peer, { warehouse: 'NOT_THERE', database: 'NOT_THERE' });
    const [row] = await rowsOf(connection, 'SELECT CURRENT_WAREHOUSE() AS W, CURRENT_DATABASE() AS D');
    assert.deepEqual({ ...row }, { W: null, D: null });
    await disconnect(connection);
  });

  it('has an expired token renewed, and the statement executed once', async () => {
    const connection = await connect(peer);
    await rowsOf(connection, 'CREATE TABLE "M7"."PUBLIC"."RENEWED" ("N" NUMBER(10,0))');
    const from = peer.requests.length;
    peer.inject({ kind: 'expired' }, { statement: 'INSERT' });
    await rowsOf(connection, 'INSERT INTO "M7"."PUBLIC"."RENEWED" VALUES (1)');
    assert.deepEqual(
      peer.requests.slice(from).map((r) => [r.kind, r.outcome]),
      [
        ['query', '390112'],
        ['token', 'ok'],
        ['query', 'ok'],
      ],
    );
    assert.deepEqual(await peer.target('SELECT count(*) AS n FROM "M7"."PUBLIC"."RENEWED"'), [{ n: 1 }]);
    await disconnect(connection);
  });

  it('does not renew past the master token', async () => {
    const connection = await connect(peer);
    peer.inject({ kind: 'expired', master: true }, { statement: 'SELECT' });
    await assert.rejects(rowsOf(connection, 'SELECT CURRENT_USER() AS U'), /terminated|expired|connection/i);
    assert.equal(peer.requests.at(-1)?.outcome, '390114');
  });

  it('ends a session on the server: rolled back, temporary tables gone', async () => {
    const connection = await connect(peer);
    await rowsOf(connection, 'CREATE TABLE "M7"."PUBLIC"."GONE" ("N" NUMBER(10,0))');
    await rowsOf(connection, 'CREATE TEMPORARY TABLE "M7"."PUBLIC"."GONE_TEMP" LIKE "M7"."PUBLIC"."GONE"');
    await rowsOf(connection, 'BEGIN TRANSACTION');
    await rowsOf(connection, 'INSERT INTO "M7"."PUBLIC"."GONE" VALUES (1)');
    peer.inject({ kind: 'session-gone' }, { statement: 'COMMIT' });
    await assert.rejects(rowsOf(connection, 'COMMIT'));
    assert.deepEqual(await peer.target('SELECT count(*) AS n FROM "M7"."PUBLIC"."GONE"'), [{ n: 0 }]);
    assert.deepEqual(
      peer.tempTables().filter((t) => t.includes('GONE_TEMP')),
      [],
    );
  });

  it('takes session parameters from the login, and no others than it knows', async () => {
    const connection = await connect(peer, { queryTag: '{"app":"test"}' });
    await rowsOf(connection, 'SELECT 1 AS ONE');
    assert.equal(peer.statements().at(-1)?.queryTag, '{"app":"test"}');
    await rowsOf(connection, `ALTER SESSION SET QUERY_TAG = 'other', TIMEZONE = 'UTC'`);
    await assert.rejects(rowsOf(connection, `ALTER SESSION SET NO_SUCH_PARAMETER = 1`), { code: '001006' });
    await disconnect(connection);
  });
});
