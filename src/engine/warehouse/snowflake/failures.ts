// The driver's failures in words that say what to do, with Snowflake's own numbers for who has to ask further.
import type { Redact } from '../../base';
import { PipelineError, type Where, cancelled, defined } from '../../model';
import type { DriverFailure } from './protocol';

/** What to do about a refused login, by Snowflake's number. */
const LOGIN: Readonly<Record<string, string>> = {
  '390100':
    'Correct SNOWFLAKE_USER and SNOWFLAKE_PASSWORD. After several wrong tries Snowflake locks the user for a quarter of an hour.',
  '390101': 'The user is disabled: ask an administrator.',
  '390102': 'The user is locked: wait a quarter of an hour, then try once with the right password.',
  '390144':
    'Register the public key of this private key for this user: ALTER USER … SET RSA_PUBLIC_KEY = …; and see that user, account and the clock of this machine are right.',
  '390189': 'Correct SNOWFLAKE_ROLE, or have the role granted to the user: GRANT ROLE … TO USER …',
  '390201': 'Correct SNOWFLAKE_DATABASE and SNOWFLAKE_WAREHOUSE, or have the role granted USAGE on them.',
  '390303': 'Renew SNOWFLAKE_TOKEN: it is not valid.',
  '390318': 'Renew SNOWFLAKE_TOKEN: it has expired.',
  '390422': 'The network policy of the account keeps this machine out: ask an administrator.',
  '394304': 'Register the public key of this private key for this user.',
  '394400': 'Renew SNOWFLAKE_TOKEN: the programmatic access token is not valid.',
  '394507': 'Approve the login in the authenticator in time, or use a key pair.',
};

/** What to do about a refused statement, by Snowflake's number. */
const STATEMENT: Readonly<Record<string, string>> = {
  '000604': 'Run again: the statement was cancelled at Snowflake.',
  '000606':
    'Set SNOWFLAKE_WAREHOUSE to a virtual warehouse that the role may use: m7 check says which GRANT is missing.',
  '000625':
    'Run again: another transaction held the table for too long, or more than 20 waited for it. SHOW LOCKS in Snowflake lists who holds it.',
  '000630':
    'Raise SNOWFLAKE_STATEMENT_TIMEOUT, or use a larger virtual warehouse. The virtual warehouse may have a lower limit of its own (STATEMENT_TIMEOUT_IN_SECONDS): m7 check shows it.',
  '002003':
    'Run m7 check: it says what is missing and which GRANT makes it usable. A table that another role owns needs GRANT SELECT, INSERT, UPDATE, DELETE.',
  '002043': 'Run m7 check: it says what is missing and which GRANT makes it usable.',
  '003001':
    'Run m7 check: it says which GRANT is missing. A table that another role owns needs GRANT SELECT, INSERT, UPDATE, DELETE.',
  '090073': 'Ask an administrator: the resource monitor of the virtual warehouse is at its limit.',
};

/**
 * @param doing in words, after "while": "copying User, 20241115".
 * @returns CANCELLED where we cancelled, WAREHOUSE else, with the failure as its cause.
 */
export function errorOf(
  failure: DriverFailure,
  doing: string,
  redact: Redact,
  where: Where | undefined,
): PipelineError {
  if (failure.kind === 'cancelled') return cancelled();
  const clean = bounded(redact(failure));
  const numbers = [
    clean.code === undefined ? undefined : `code ${clean.code}`,
    clean.sqlState === undefined ? undefined : `SQLSTATE ${clean.sqlState}`,
    clean.queryId === undefined ? undefined : `query ${clean.queryId}`,
  ].filter((one) => one !== undefined);
  const message = clean.message.trim().replace(/\.$/, '');
  const tail = `: ${message}${numbers.length === 0 ? '' : ` (${numbers.join(', ')})`}.`;
  return new PipelineError('WAREHOUSE', `${HEADS[clean.kind](doing)}${tail}`, remedyOf(clean), {
    cause: clean,
    ...defined({ where }),
  });
}

/** What a server says may be anything, of any length. */
function bounded(failure: DriverFailure): DriverFailure {
  const line = (text: string | undefined, most: number): string | undefined => {
    const one = text?.slice(0, 4 * most).replaceAll(/[\s\p{Cc}]+/gu, ' ');
    return one === undefined || one.length <= most ? one : `${one.slice(0, most)}…`;
  };
  const { kind, message, code, sqlState, queryId } = failure;
  return {
    kind,
    message: line(message, 2_000) ?? '',
    ...defined({ code: line(code, 60), sqlState: line(sqlState, 60), queryId: line(queryId, 60) }),
  };
}

const HEADS: Readonly<Record<Exclude<DriverFailure['kind'], 'cancelled'>, (doing: string) => string>> & {
  readonly cancelled: (doing: string) => string;
} = {
  login: () => 'Snowflake refused the login',
  network: (doing) => `Snowflake was not reached while ${doing}`,
  session: (doing) => `The session at Snowflake ended while ${doing}`,
  upload: (doing) => `A file could not be brought to the stage while ${doing}`,
  server: (doing) => `Snowflake refused a statement while ${doing}`,
  deadline: (doing) => `Snowflake took too long while ${doing}`,
  cancelled: () => 'Cancelled',
};

function remedyOf(failure: DriverFailure): string {
  const code = failure.code ?? '';
  switch (failure.kind) {
    case 'login':
      return (
        LOGIN[code] ?? 'Correct SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and what the user logs in with in .env.'
      );
    case 'network':
      if (code === 'HTTP 407')
        return 'Write user and password of the proxy into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT, special characters percent-encoded.';
      return /ENOTFOUND|EAI_AGAIN|HTTP 403|HTTP 404/.test(code + failure.message)
        ? 'Correct SNOWFLAKE_ACCOUNT (or SNOWFLAKE_ACCESS_URL) in .env: there is no such address.'
        : /CERT|SELF_SIGNED|UNABLE_TO/.test(code)
          ? 'Set NODE_EXTRA_CA_CERTS to the certificate of your proxy.'
          : 'See whether this machine reaches Snowflake (network, proxy: HTTPS_PROXY), then run again.';
    case 'session':
      return 'Run again.';
    case 'upload':
      return 'Run again; if it stays, see whether this machine reaches the storage of the account (proxy, firewall).';
    case 'server':
      return STATEMENT[code] ?? 'See the query in Snowflake’s query history, then run again.';
    case 'deadline':
      return 'Raise SNOWFLAKE_STATEMENT_TIMEOUT, or use a larger virtual warehouse.';
    case 'cancelled':
      return 'Run it again to continue where it stopped.';
  }
}

/** The failure of the driver behind an error, if there is one. */
export function failureBehind(error: unknown): DriverFailure | undefined {
  const cause = error instanceof PipelineError ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'kind' in cause && 'message' in cause
    ? (cause as DriverFailure)
    : undefined;
}

/** Is another attempt likely to go better, and safe when nothing of this one was committed? */
export function isPassing(error: unknown): boolean {
  const failure = failureBehind(error);
  if (failure === undefined) return false;
  if (failure.kind === 'network') return !/CERT|SELF_SIGNED|UNABLE_TO|HTTP 407/.test(failure.code ?? '');
  return failure.kind === 'session' || failure.kind === 'upload' || isLockFailure(error);
}

/**
 * Did a statement give up on a lock that another transaction holds: after LOCK_TIMEOUT, because more than 20 waited
 * (000625), or because each waited for the other? The documentation gives no number for a deadlock.
 */
export function isLockFailure(error: unknown): boolean {
  const failure = failureBehind(error);
  if (failure?.kind !== 'server') return false;
  return (
    failure.code === '000625' ||
    (failure.sqlState === '57014' && /\b(?:dead)?locks?\b/i.test(failure.message))
  );
}
