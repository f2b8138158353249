// GRANT, REVOKE and SHOW GRANTS.
import { fullText, plainOrQuoted } from './catalogue';
import type { Context } from './context';
import { insufficient, notFound } from './errors';
import { PRIVILEGES, type Grant, type ObjectKind } from './privileges';
import type { GrantedOn, Statement } from './sql/statements';
import { statusAnswer, textsAnswer, type Answer } from './wire';

export function grant(context: Context, statement: Extract<Statement, { kind: 'GRANT' | 'REVOKE' }>): Answer {
  const { roles } = context.account;
  const { on, name } = grantTarget(context, statement.on);
  if (on !== 'ACCOUNT' && !roles.may(context.session.role, on, name, ['OWNERSHIP']))
    throw insufficient(on.toLowerCase(), name);
  const wanted = statement.privileges.flatMap((p) =>
    p === 'ALL' || p === 'ALL PRIVILEGES' ? PRIVILEGES[on].filter((x) => x !== 'OWNERSHIP') : [p],
  );
  for (const privilege of wanted)
    roles[statement.kind === 'GRANT' ? 'grant' : 'revoke'](statement.role, privilege, on, name);
  return statusAnswer('Statement executed successfully.');
}

function grantTarget(
  context: Context,
  target: GrantedOn,
): { readonly on: ObjectKind; readonly name: string } {
  const { account, session } = context;
  if (target.kind === 'ACCOUNT') return { on: 'ACCOUNT', name: account.name };
  const [name = '', parent] = [...target.name].reverse();
  switch (target.kind) {
    case 'DATABASE':
      account.catalogue.database(name);
      return { on: 'DATABASE', name: plainOrQuoted(name) };
    case 'WAREHOUSE':
      if (!account.catalogue.warehouses.has(name)) throw notFound('Warehouse', name);
      return { on: 'WAREHOUSE', name };
    case 'DATABASE_ROLE': {
      const full = target.name.map(plainOrQuoted).join('.');
      if (!account.roles.has(full)) throw notFound('Database role', full);
      return { on: 'DATABASE_ROLE', name: full };
    }
    case 'ROLE':
      if (!account.roles.has(name)) throw notFound('Role', name);
      return { on: 'ROLE', name };
    case 'SCHEMA': {
      const database = parent ?? session.database ?? '';
      account.catalogue.schema(database, name);
      return { on: 'SCHEMA', name: `${plainOrQuoted(database)}.${plainOrQuoted(name)}` };
    }
    case 'TABLE':
      return { on: 'TABLE', name: fullText(account.table(session, target.name, [])) };
    case 'STAGE':
      return { on: 'STAGE', name: fullText(account.stage(session, target.name, [])) };
    default:
      return target satisfies never;
  }
}

export function grantsTo(context: Context, kind: 'ROLE' | 'USER' | 'DATABASE ROLE', name: string): Answer {
  if (kind === 'USER') {
    const user = context.account.users.find((u) => u.name === name);
    if (user === undefined) throw notFound('User', name);
    return textsAnswer(
      ['created_on', 'role', 'granted_to', 'grantee_name', 'granted_by'],
      [...new Set([user.defaultRole, ...(user.roles ?? [])])].map((r) => ['', r, 'USER', user.name, '']),
    );
  }
  return shown(context.account.roles.of(name).map((one) => ({ role: name, grant: one })));
}

export function grantsOn(context: Context, target: GrantedOn): Answer {
  const { on, name } = grantTarget(context, target);
  const { roles } = context.account;
  return shown(
    roles
      .names()
      .flatMap((role) => roles.of(role).map((one) => ({ role, grant: one })))
      .filter((one) => one.grant.on === on && one.grant.name === name),
  );
}

/** Grants to roles as SHOW GRANTS answers. */
function shown(given: readonly { readonly role: string; readonly grant: Grant }[]): Answer {
  return textsAnswer(
    [
      'created_on',
      'privilege',
      'granted_on',
      'name',
      'granted_to',
      'grantee_name',
      'grant_option',
      'granted_by',
    ],
    given.map(({ role, grant: { createdAt, privilege, on, name } }) => [
      createdAt.toISOString(),
      privilege,
      on,
      name,
      'ROLE',
      role,
      String(privilege === 'OWNERSHIP'),
      'ACCOUNTADMIN',
    ]),
  );
}
