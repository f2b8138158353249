// Errors as Snowflake answers them: code, SQLSTATE and message. One function per cause.

/** A failed statement or login; goes over the wire as HTTP 200 with `success: false`. */
export class SnowflakeError extends Error {
  override readonly name = 'SnowflakeError';
  readonly code: string;
  readonly sqlState: string;

  constructor(code: string, sqlState: string, message: string) {
    super(message);
    this.code = code;
    this.sqlState = sqlState;
  }
}

/** 001003: also what the peer says of every statement or option that it does not know, by name. */
export function syntax(message: string): SnowflakeError {
  return new SnowflakeError('001003', '42000', `SQL compilation error:\n${message}`);
}

/** What the real service may well know and this peer does not: never answered with a guess. */
export function notSpoken(what: string): SnowflakeError {
  return syntax(`syntax error: unexpected '${what}'. (The test peer does not speak it.)`);
}

export function notFound(what: string, name: string): SnowflakeError {
  return new SnowflakeError(
    '002003',
    what === 'Table' || what === 'Object' ? '42S02' : '02000',
    `SQL compilation error:\n${what} '${name}' does not exist or not authorized.`,
  );
}

export function alreadyThere(name: string): SnowflakeError {
  return new SnowflakeError('002002', '42710', `SQL compilation error:\nObject '${name}' already exists.`);
}

export function insufficient(kind: string, name: string): SnowflakeError {
  return new SnowflakeError(
    '003001',
    '42501',
    `SQL access control error:\nInsufficient privileges to operate on ${kind} '${name}'.`,
  );
}

export function invalidIdentifier(name: string): SnowflakeError {
  return new SnowflakeError(
    '000904',
    '42000',
    `SQL compilation error: error line 1 at position 0\ninvalid identifier '${name}'`,
  );
}

export function canceled(): SnowflakeError {
  return new SnowflakeError('000604', '57014', 'SQL execution canceled');
}

export function timedOut(seconds: number): SnowflakeError {
  return new SnowflakeError(
    '000630',
    '57014',
    `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`,
  );
}
