// The account: users and how they log in, roles, catalogue, store and sessions, owned together.
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { Database } from '../../../src/engine/base/duckdb';
import { Catalogue, type FullName, fullText, plainOrQuoted, type Stage, type StoredTable } from './catalogue';
import { notFound, SnowflakeError } from './errors';
import { Roles } from './privileges';
import { IGNORED_PARAMETERS, newToken, PARAMETERS, type Session } from './sessions';
import type { Store } from './store';
import type { PeerUser } from './types';

/** The part of a login's body that decides. */
export interface LoginData {
  readonly ACCOUNT_NAME?: string;
  readonly LOGIN_NAME?: string;
  readonly PASSWORD?: string;
  readonly TOKEN?: string;
  readonly AUTHENTICATOR?: string;
  readonly PASSCODE?: string;
  readonly passcodeInPassword?: boolean;
  readonly EXT_AUTHN_DUO_METHOD?: string;
  readonly SESSION_PARAMETERS?: Readonly<Record<string, unknown>>;
}

/** Names given in the login's URL. */
export interface LoginNames {
  readonly warehouse?: string | undefined;
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly role?: string | undefined;
}

export class Account {
  readonly catalogue = new Catalogue();
  readonly roles = new Roles();
  readonly sessions = new Map<string, Session>();
  /** DEFAULT_DDL_COLLATION. */
  collation: string | undefined;
  /** STATEMENT_TIMEOUT_IN_SECONDS of the virtual warehouses; 0: not set. */
  warehouseTimeout = 0;
  private lastSession = 1_000_000;

  constructor(
    readonly name: string,
    readonly users: readonly PeerUser[],
    readonly database: Database,
    readonly store: Store,
    private readonly tokenLifetime: number,
  ) {}

  /**
   * Opens a session for whoever proves to be a user.
   * @throws SnowflakeError 390100, 390144, 390127, 390303, 394400, 390189
   */
  async login(data: LoginData, names: LoginNames): Promise<Session> {
    const user = this.proven(data);
    const role = names.role === undefined ? user.defaultRole : unquoted(names.role);
    if (role !== user.defaultRole && !(user.roles ?? []).includes(role))
      throw new SnowflakeError(
        '390189',
        '08001',
        `Role '${role}' specified in the connect string is not granted to this user. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.`,
      );
    return this.open(user.name, role, names, data.SESSION_PARAMETERS ?? {}, user.defaultWarehouse);
  }

  /** A session without a login, for the administrator of tests. */
  async open(
    user: string,
    role: string,
    names: LoginNames,
    parameters: Readonly<Record<string, unknown>>,
    defaultWarehouse?: string,
  ): Promise<Session> {
    this.lastSession += 1;
    const session: Session = {
      id: String(this.lastSession),
      user,
      connection: await this.database.connect(),
      token: newToken(),
      masterToken: newToken(),
      tokenExpiresAt: Date.now() + this.tokenLifetime * 1000,
      masterExpiresAt: Date.now() + 4 * 3_600_000,
      role,
      warehouse: undefined,
      database: undefined,
      schema: undefined,
      parameters: new Map(Object.entries(PARAMETERS)),
      transaction: undefined,
      tempTables: new Map(),
      tempStages: new Map(),
      open: true,
      queue: Promise.resolve(),
    };
    for (const [name, value] of Object.entries(parameters)) setParameter(session, name, String(value));
    // What does not exist or may not be used is left unset in silence, as the service does.
    const warehouse = names.warehouse === undefined ? defaultWarehouse : unquoted(names.warehouse);
    if (warehouse !== undefined && this.roles.may(role, 'WAREHOUSE', warehouse, ['USAGE']))
      session.warehouse = warehouse;
    const database = names.database === undefined ? undefined : unquoted(names.database);
    if (database !== undefined && this.roles.may(role, 'DATABASE', database)) {
      const entry = this.catalogue.databases.get(database);
      if (entry !== undefined) {
        session.database = database;
        const schema = names.schema === undefined ? 'PUBLIC' : unquoted(names.schema);
        if (entry.schemas.has(schema) && this.roles.may(role, 'SCHEMA', `${database}.${schema}`))
          session.schema = schema;
      }
    }
    this.sessions.set(session.id, session);
    return session;
  }

  /** Ends a session: its transaction is rolled back, its temporary objects are gone. */
  async end(session: Session): Promise<void> {
    if (!session.open) return;
    session.open = false;
    const { transaction } = session;
    session.transaction = undefined;
    if (transaction !== undefined) await this.store.rollback(transaction);
    for (const table of session.tempTables.values()) await this.store.drop(table);
    session.tempTables.clear();
    session.tempStages.clear();
    session.connection.close();
  }

  /** The session of a token. @throws SnowflakeError 390104, 390111, 390112 */
  byToken(token: string): Session {
    const session = [...this.sessions.values()].find((s) => s.token === token);
    if (session === undefined)
      throw new SnowflakeError(
        '390104',
        '08001',
        'Session token is invalid. The session may have been renewed or ended.',
      );
    if (!session.open)
      throw new SnowflakeError(
        '390111',
        '08001',
        'Session no longer exists. New login required to access the service.',
      );
    if (Date.now() > session.tokenExpiresAt)
      throw new SnowflakeError('390112', '08001', 'Session token has expired. Please renew the session.');
    return session;
  }

  /** A new session token for a master token. @throws SnowflakeError 390114, 390111 */
  renew(masterToken: string): Session {
    const session = [...this.sessions.values()].find((s) => s.masterToken === masterToken);
    if (session?.open !== true)
      throw new SnowflakeError(
        '390111',
        '08001',
        'Session no longer exists. New login required to access the service.',
      );
    if (Date.now() > session.masterExpiresAt)
      throw new SnowflakeError(
        '390114',
        '08001',
        'Authentication token has expired. The user must authenticate again.',
      );
    session.token = newToken();
    session.tokenExpiresAt = Date.now() + this.tokenLifetime * 1000;
    return session;
  }

  /** All three parts of a name; what is left out comes from the session. @throws SnowflakeError 090105, 001003 */
  full(session: Session, path: readonly string[]): FullName {
    const [third, second, first] = [...path].reverse();
    const database = first ?? session.database;
    const schema = second ?? session.schema;
    if (database === undefined || schema === undefined || third === undefined)
      throw new SnowflakeError(
        '090105',
        '22000',
        `Cannot perform operation. This session does not have a current ${database === undefined ? 'database' : 'schema'}. Call 'USE ${database === undefined ? 'DATABASE' : 'SCHEMA'}', or use a qualified name.`,
      );
    return { database, schema, name: third };
  }

  /** @throws SnowflakeError 002003 for a schema that is not there or may not be used. */
  needSchema(session: Session, name: Pick<FullName, 'database' | 'schema'>): void {
    this.needDatabase(session, name.database);
    const full = `${plainOrQuoted(name.database)}.${plainOrQuoted(name.schema)}`;
    if (!this.catalogue.database(name.database).schemas.has(name.schema)) throw notFound('Schema', full);
    this.roles.need(session.role, 'SCHEMA', full, ['USAGE']);
  }

  needDatabase(session: Session, name: string): void {
    if (!this.catalogue.databases.has(name)) throw notFound('Database', plainOrQuoted(name));
    this.roles.need(session.role, 'DATABASE', plainOrQuoted(name), ['USAGE']);
  }

  /** A table the role may see; the session's temporary ones come first. @throws SnowflakeError 002003 */
  findTable(session: Session, path: readonly string[]): StoredTable | undefined {
    const name = this.full(session, path);
    const temporary = session.tempTables.get(fullText(name));
    if (temporary !== undefined) return temporary;
    this.needSchema(session, name);
    const found = this.catalogue.schema(name.database, name.schema).tables.get(name.name);
    if (found === undefined || !this.roles.may(session.role, 'TABLE', fullText(name))) return undefined;
    return found;
  }

  table(session: Session, path: readonly string[], privileges: readonly string[]): StoredTable {
    const found = this.findTable(session, path);
    if (found === undefined) throw notFound('Object', fullText(this.full(session, path)));
    if (!found.temporary) this.roles.need(session.role, 'TABLE', fullText(found), privileges);
    return found;
  }

  stage(session: Session, path: readonly string[], privileges: readonly string[]): Stage {
    const name = this.full(session, path);
    const temporary = session.tempStages.get(fullText(name));
    if (temporary !== undefined) return temporary;
    this.needSchema(session, name);
    const found = this.catalogue.schema(name.database, name.schema).stages.get(name.name);
    if (found === undefined) throw notFound('Stage', fullText(name));
    this.roles.need(session.role, 'STAGE', fullText(name), privileges);
    return found;
  }

  private proven(data: LoginData): PeerUser {
    const wrong = new SnowflakeError('390100', '08001', 'Incorrect username or password was specified.');
    const authenticator = (data.AUTHENTICATOR ?? 'SNOWFLAKE').toUpperCase();
    const login = (data.LOGIN_NAME ?? '').toUpperCase();
    const user = this.users.find((u) => u.name === login);
    if ((data.ACCOUNT_NAME ?? '').toUpperCase() !== this.name.toUpperCase()) throw wrong;
    switch (authenticator) {
      case 'SNOWFLAKE':
        if (user?.password === undefined || data.PASSWORD !== user.password) throw wrong;
        if (user.passcode !== undefined)
          throw new SnowflakeError(
            '390127',
            '08001',
            'Multi-factor authentication is required: a passcode was not given.',
          );
        return user;
      case 'USERNAME_PASSWORD_MFA': {
        if (user?.password === undefined) throw wrong;
        const { passcode } = user;
        if (data.passcodeInPassword === true) {
          if (passcode === undefined || data.PASSWORD !== user.password + passcode) throw wrong;
          return user;
        }
        if (data.PASSWORD !== user.password) throw wrong;
        if (passcode === undefined || data.EXT_AUTHN_DUO_METHOD !== 'passcode' || data.PASSCODE !== passcode)
          throw new SnowflakeError('390120', '08001', 'Multi-factor authentication was denied.');
        return user;
      }
      case 'SNOWFLAKE_JWT': {
        if (
          user?.publicKey === undefined ||
          !jwtHolds(data.TOKEN ?? '', this.name, user.name, createPublicKey(user.publicKey))
        )
          throw new SnowflakeError('390144', '08001', 'JWT token is invalid.');
        return user;
      }
      case 'PROGRAMMATIC_ACCESS_TOKEN':
        if (user?.accessToken === undefined || data.TOKEN !== user.accessToken)
          throw new SnowflakeError('394400', '08001', 'Programmatic access token is invalid.');
        return user;
      case 'OAUTH': {
        // The token alone says who it is; a login name is optional.
        const owner = this.users.find((u) => u.oauthToken !== undefined && u.oauthToken === data.TOKEN);
        if (owner === undefined || (login !== '' && owner.name !== login))
          throw new SnowflakeError('390303', '08001', 'Invalid OAuth access token.');
        return owner;
      }
      default:
        throw new SnowflakeError(
          '390139',
          '08001',
          `The specified authenticator '${authenticator}' is not accepted by your Snowflake account configuration.`,
        );
    }
  }
}

/** Sets a session parameter. @throws SnowflakeError 001006 for one that is not known. */
export function setParameter(session: Session, name: string, value: string | undefined): void {
  const upper = name.toUpperCase();
  if (IGNORED_PARAMETERS.has(upper)) return;
  const otherwise = PARAMETERS[upper];
  if (otherwise === undefined)
    throw new SnowflakeError('001006', '22023', `SQL compilation error:\ninvalid parameter '${name}'`);
  session.parameters.set(upper, value ?? otherwise);
}

/** A name of the login's URL: folded unless quoted. */
function unquoted(name: string): string {
  const quoted = /^"((?:[^"]|"")*)"$/.exec(name);
  return quoted === null ? name.toUpperCase() : (quoted[1] ?? '').replaceAll('""', '"');
}

/** Signature, issuer with the key's fingerprint, subject and times; the driver writes times in milliseconds. */
function jwtHolds(token: string, account: string, user: string, key: KeyObject): boolean {
  const [head = '', body = '', signature = ''] = token.split('.');
  let header: unknown;
  let claims: unknown;
  try {
    header = JSON.parse(Buffer.from(head, 'base64url').toString());
    claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  } catch {
    return false;
  }
  const field = (from: unknown, name: string): unknown =>
    typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[name] : undefined;
  if (field(header, 'alg') !== 'RS256') return false;
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
    return false;
  const print = createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64');
  const subject = `${account.toUpperCase()}.${user.toUpperCase()}`;
  const milliseconds = (value: unknown): number =>
    typeof value !== 'number' ? NaN : value > 1e11 ? value : value * 1000;
  const issued = milliseconds(field(claims, 'iat'));
  const expires = milliseconds(field(claims, 'exp'));
  return (
    field(claims, 'sub') === subject &&
    field(claims, 'iss') === `${subject}.SHA256:${print}` &&
    issued <= Date.now() + 60_000 &&
    expires > Date.now() &&
    expires - issued <= 3_600_000
  );
}
