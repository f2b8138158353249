// Turns a query of Snowflake's SQL into DuckDB's: names are resolved by the catalogue, functions come from a list.
import { quoteIdentifier, quoteLiteral } from '../../../../src/engine/base/duckdb';
import { readType, storedAs } from '../columnTypes';
import { invalidIdentifier, notSpoken, SnowflakeError, syntax } from '../errors';
import { Cursor, folded, type Token } from './tokens';

/** What a bound value looks like in the body of a request. */
export interface Binding {
  readonly type: string;
  readonly value: string | null;
}

/** A table as a query may use it. */
export interface Relation {
  readonly sql: string;
  readonly name: string;
  readonly columns: readonly string[];
}

export interface Scope {
  relation(path: readonly string[]): Relation;
  /** Values of CURRENT_ROLE() and its like, by name; null is NULL. */
  session(name: string): string | null | undefined;
  readonly bindings: ReadonlyMap<number, Binding>;
  /** Columns and names that are known besides those of the query's own tables. */
  readonly known?: readonly string[];
  /** Counts bound values over all parts of one statement. */
  readonly bound: { count: number };
}

const KEYWORDS = new Set(
  (
    'SELECT DISTINCT ALL FROM WHERE AND OR NOT IN IS NULL LIKE ILIKE BETWEEN CASE WHEN THEN ELSE END GROUP BY ' +
    'HAVING QUALIFY ORDER ASC DESC NULLS FIRST LAST LIMIT OFFSET UNION EXCEPT INTERSECT AS ON USING JOIN LEFT ' +
    'RIGHT FULL INNER OUTER CROSS WITH OVER PARTITION ROWS RANGE UNBOUNDED PRECEDING FOLLOWING CURRENT ROW TRUE ' +
    'FALSE VALUES EXISTS ESCAPE'
  ).split(' '),
);

const SETS = new Set(['UNION', 'EXCEPT', 'INTERSECT']);
const ENDS_OF_FROM = new Set(['WHERE', 'GROUP', 'HAVING', 'QUALIFY', 'ORDER', 'LIMIT']);

/** Functions that mean the same in both, or nearly so, by DuckDB's name. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  COUNT: 'count',
  SUM: 'sum',
  MIN: 'min',
  MAX: 'max',
  COUNT_IF: 'count_if',
  ANY_VALUE: 'any_value',
  COALESCE: 'coalesce',
  NVL: 'coalesce',
  IFNULL: 'coalesce',
  NULLIF: 'nullif',
  IFF: 'if',
  UPPER: 'upper',
  LOWER: 'lower',
  TRIM: 'trim',
  LENGTH: 'length',
  LEFT: 'left',
  RIGHT: 'right',
  SUBSTR: 'substr',
  REPLACE: 'replace',
  STARTSWITH: 'starts_with',
  ABS: 'abs',
  MD5: 'md5',
  HEX_ENCODE: 'hex',
  ROW_NUMBER: 'row_number',
  RANK: 'rank',
  DENSE_RANK: 'dense_rank',
  YEAR: 'year',
  TO_DATE: 'peer_date',
  DATEADD: 'peer_dateadd',
  TO_TIMESTAMP_NTZ: 'peer_timestamp',
  TO_TIMESTAMP: 'peer_timestamp',
  PARSE_JSON: 'peer_json',
  COLLATE: 'peer_collate',
  TO_VARCHAR: 'peer_text',
  TO_CHAR: 'peer_text',
};

const FORMATS: readonly (readonly [string, string])[] = [
  ['YYYY', '%Y'],
  ['MM', '%m'],
  ['DD', '%d'],
  ['HH24', '%H'],
  ['MI', '%M'],
  ['SS', '%S'],
  ['FF9', '%n'],
  ['FF6', '%f'],
  ['FF3', '%g'],
];

/**
 * Translates a query or an expression.
 * @throws SnowflakeError 001003 for what is not known, 002140 for unknown functions, 000904 for unknown columns,
 * 002003 for unknown tables.
 */
export function translate(sql: string, tokens: readonly Token[], scope: Scope): string {
  return new Translation(new Cursor(sql, tokens), scope).run();
}

interface Level {
  /** Within FROM a comma brings another table, within SELECT another column. */
  clause: 'select' | 'from' | 'other';
  /** Where the column that is being read begins: in the text, and in what is written. */
  item?: { readonly at: number; readonly written: number; named: boolean };
  readonly closes: 'plain' | 'cast' | 'relation';
}

class Translation {
  private readonly out: string[] = [];
  private readonly levels: Level[] = [{ clause: 'other', closes: 'plain' }];
  private readonly known = new Set<string>();
  private readonly used: string[] = [];
  private readonly tables = new Set<string>();

  constructor(
    private readonly cursor: Cursor,
    private readonly scope: Scope,
  ) {
    for (const name of scope.known ?? []) this.known.add(name);
  }

  run(): string {
    if (this.cursor.sees('WITH')) this.commonTables();
    while (this.cursor.peek().kind !== 'end') {
      if (this.cursor.takes(';')) {
        this.cursor.end();
        break;
      }
      this.step();
    }
    this.endColumn();
    for (const name of this.used) if (!this.known.has(name)) throw invalidIdentifier(name);
    return this.out.join(' ');
  }

  private get level(): Level {
    const level = this.levels[this.levels.length - 1];
    if (level === undefined) throw syntax("syntax error: unexpected ')'.");
    return level;
  }

  /** Names of WITH are noted first, for they are tables of what follows. */
  private commonTables(): void {
    for (let i = 0; this.cursor.peek(i).kind !== 'end'; i++) {
      const token = this.cursor.peek(i);
      const next = this.cursor.peek(i + 1);
      const after = this.cursor.peek(i + 2);
      if (
        (token.kind === 'word' || token.kind === 'quoted') &&
        /^AS$/i.test(next.text) &&
        after.text === '('
      ) {
        this.tables.add(folded(token));
        this.known.add(folded(token));
      }
    }
  }

  private step(): void {
    const token = this.cursor.next();
    switch (token.kind) {
      case 'text':
        this.out.push(quoteLiteral(token.text));
        return;
      case 'number':
        this.out.push(token.text);
        return;
      case 'bind':
        this.out.push(this.bound());
        return;
      case 'symbol':
        this.symbol(token);
        return;
      case 'quoted':
        this.identifier(token);
        return;
      case 'word':
        this.word(token);
        return;
      case 'stage':
        throw notSpoken(`@${token.text}`);
      case 'end':
        throw this.cursor.unexpected(token);
      default:
        token.kind satisfies never;
    }
  }

  private symbol(token: Token): void {
    if (token.text === '(') this.levels.push({ clause: 'other', closes: 'plain' });
    else if (token.text === ')') {
      this.endColumn(token.at);
      this.out.push(')');
      if (this.levels.pop()?.closes === 'relation') this.relationAlias();
      return;
    } else if (token.text === ',' && this.level.clause === 'select') {
      this.endColumn(token.at);
      this.out.push(',');
      this.beginColumn();
      return;
    } else if (token.text === ',' && this.level.clause === 'from') {
      this.out.push(',');
      this.relation();
      return;
    } else if (token.text === '::') {
      this.out.push('::', this.type());
      return;
    } else if (['/', '[', ']', '{', ':', '!', '=>'].includes(token.text)) throw notSpoken(token.text);
    this.out.push(token.text);
  }

  private word(token: Token): void {
    const word = token.text.toUpperCase();
    if (this.cursor.sees('(') && !KEYWORDS.has(word)) {
      this.call(word);
      return;
    }
    if (['CURRENT_TIMESTAMP', 'CURRENT_DATE'].includes(word)) {
      this.call(word);
      return;
    }
    if (['DATE', 'TIMESTAMP', 'TIMESTAMP_NTZ', 'TIME'].includes(word) && this.cursor.peek().kind === 'text') {
      this.out.push(
        `CAST(${quoteLiteral(this.cursor.text())} AS ${word === 'TIMESTAMP_NTZ' ? 'TIMESTAMP' : word})`,
      );
      return;
    }
    if (!KEYWORDS.has(word)) {
      this.identifier(token);
      return;
    }
    if (word === 'AS' && this.level.closes === 'cast') {
      this.out.push('AS', this.type());
      return;
    }
    if (word === 'FROM' || SETS.has(word)) this.endColumn(token.at);
    this.out.push(word);
    if (word === 'AS') {
      this.alias();
      if (this.level.item !== undefined) this.level.item.named = true;
    }
    // Snowflake sorts NULL as the greatest value.
    else if (word === 'DESC' && !this.cursor.sees('NULLS')) this.out.push('NULLS FIRST');
    else if (word === 'FROM') {
      this.level.clause = 'from';
      this.relation();
    } else if (word === 'JOIN') this.relation();
    else if (word === 'SELECT') {
      this.level.clause = 'select';
      if (this.cursor.takes('DISTINCT')) this.out.push('DISTINCT');
      this.beginColumn();
    } else if (ENDS_OF_FROM.has(word) || SETS.has(word)) this.level.clause = 'other';
  }

  private beginColumn(): void {
    this.level.item = { at: this.cursor.peek().at, written: this.out.length, named: false };
  }

  /** A column without a name of its own is called by its text. */
  private endColumn(at = this.cursor.peek().at): void {
    const { item } = this.level;
    delete this.level.item;
    if (item === undefined || item.named) return;
    const written = this.out.slice(item.written);
    const [only = ''] = written;
    if (written.length === 1 && (only.startsWith('"') || only.endsWith('*'))) return;
    const text = this.cursor.sql
      .slice(item.at, at)
      .trim()
      .replace(/'[^']*'|"[^"]*"|[^'"]+/g, (part) => (/^['"]/.test(part) ? part : part.toUpperCase()));
    this.out.push('AS', quoteIdentifier(text));
  }

  /** A name given by the query itself; of WITH and subqueries a parenthesis may follow AS. */
  private alias(): void {
    if (this.cursor.sees('(')) return;
    const name = this.cursor.name();
    this.known.add(name);
    this.out.push(quoteIdentifier(name));
  }

  private identifier(token: Token): void {
    const parts = [folded(token)];
    while (this.cursor.takes('.')) {
      if (this.cursor.takes('*')) {
        this.out.push(`${parts.map(quoteIdentifier).join('.')}.*`);
        this.used.push(...parts);
        return;
      }
      parts.push(this.cursor.name());
    }
    if (parts.length > 2) throw notSpoken(parts.join('.'));
    if (this.cursor.sees('(') && parts.length === 1 && token.kind === 'quoted')
      throw notSpoken(`${parts.join('.')}(`);
    // A name of WITH, whose AS comes next.
    this.used.push(...parts);
    this.out.push(parts.map(quoteIdentifier).join('.'));
  }

  private relation(): void {
    if (this.cursor.takes('(')) {
      this.out.push('(');
      this.levels.push({ clause: 'other', closes: 'relation' });
      return;
    }
    if (this.cursor.sees('TABLE', '(') || this.cursor.sees('LATERAL') || this.cursor.sees('VALUES'))
      throw notSpoken(this.cursor.peek().text);
    const path = this.cursor.path();
    const [only] = path;
    if (path.length === 1 && only !== undefined && this.tables.has(only)) {
      this.out.push(quoteIdentifier(only));
      this.relationAlias();
      return;
    }
    const relation = this.scope.relation(path);
    for (const column of relation.columns) this.known.add(column);
    this.out.push(`(${relation.sql})`);
    if (!this.relationAlias()) {
      this.known.add(relation.name);
      this.out.push('AS', quoteIdentifier(relation.name));
    }
  }

  private relationAlias(): boolean {
    const explicit = this.cursor.takes('AS');
    const token = this.cursor.peek();
    if (
      !explicit &&
      !(token.kind === 'quoted' || (token.kind === 'word' && !KEYWORDS.has(token.text.toUpperCase())))
    )
      return false;
    const name = this.cursor.name();
    this.known.add(name);
    this.out.push('AS', quoteIdentifier(name));
    return true;
  }

  private call(word: string): void {
    const value = this.scope.session(word);
    if (value !== undefined) {
      if (this.cursor.takes('(')) this.cursor.expect(')');
      this.out.push(value === null ? 'CAST(NULL AS VARCHAR)' : quoteLiteral(value));
      return;
    }
    if (['CURRENT_TIMESTAMP', 'SYSTIMESTAMP', 'SYSDATE', 'CURRENT_DATE'].includes(word)) {
      if (this.cursor.takes('(')) {
        if (this.cursor.peek().kind === 'number') this.cursor.next();
        this.cursor.expect(')');
      }
      const now = 'now()';
      this.out.push(
        word === 'SYSDATE'
          ? `CAST(${now} AS TIMESTAMP)`
          : word === 'CURRENT_DATE'
            ? `CAST(${now} AS DATE)`
            : now,
      );
      return;
    }
    if (word === 'CAST') {
      this.cursor.expect('(');
      this.out.push('CAST(');
      this.levels.push({ clause: 'other', closes: 'cast' });
      return;
    }
    const name = FUNCTIONS[word];
    if (name === undefined)
      throw new SnowflakeError('002140', '42601', `SQL compilation error:\nUnknown function ${word}`);
    this.cursor.expect('(');
    const args = this.arguments();
    this.out.push(called(word, name, args));
  }

  /** The arguments of a call, translated; the cursor is behind the closing parenthesis. */
  private arguments(): readonly string[] {
    const args: string[] = [];
    let from = this.out.length;
    const own = this.levels.length;
    const finish = (): void => {
      const written = this.out.splice(from).join(' ');
      if (written !== '') args.push(written);
      from = this.out.length;
    };
    for (;;) {
      if (this.levels.length === own && this.cursor.takes(')')) {
        finish();
        return args;
      }
      if (this.levels.length === own && this.cursor.takes(',')) finish();
      else this.step();
    }
  }

  private type(): string {
    return storedAs(readType(this.cursor));
  }

  private bound(): string {
    this.scope.bound.count += 1;
    const binding = this.scope.bindings.get(this.scope.bound.count);
    if (binding === undefined)
      throw new SnowflakeError('002049', '42601', `SQL compilation error:\nBind variable ? not set.`);
    return boundValue(binding);
  }
}

function boundValue(binding: Binding): string {
  if (binding.value === null) return 'NULL';
  switch (binding.type) {
    case 'TEXT':
      return quoteLiteral(binding.value);
    case 'FIXED':
      return `CAST(${quoteLiteral(binding.value)} AS DECIMAL(38, 0))`;
    case 'REAL':
      return `CAST(${quoteLiteral(binding.value)} AS DOUBLE)`;
    case 'BOOLEAN':
      return `CAST(${quoteLiteral(binding.value)} AS BOOLEAN)`;
    default:
      throw notSpoken(`a bound value of type ${binding.type}`);
  }
}

function called(word: string, name: string, args: readonly string[]): string {
  const [first = '', second] = args;
  switch (name) {
    case 'peer_text':
      if (second === undefined) return `CAST(${first} AS VARCHAR)`;
      if (second === "'HEX'") return `hex(${first})`;
      return `strftime(${first}, ${formatOf(second)})`;
    case 'peer_date':
      if (second !== undefined) return `CAST(strptime(${first}, ${formatOf(second)}) AS DATE)`;
      return `CAST(${first} AS DATE)`;
    case 'peer_dateadd':
      if (first !== "'MILLISECOND'") throw notSpoken(`DATEADD of ${first}`);
      return `(${args[2] ?? ''} + to_milliseconds(CAST(${second ?? ''} AS BIGINT)))`;
    case 'peer_timestamp':
      if (second !== undefined) throw notSpoken(`${word} with a format`);
      return `CAST(${first} AS TIMESTAMP)`;
    case 'peer_json':
      return `CAST(${first} AS JSON)`;
    case 'peer_collate':
      if (second !== "'utf8'" && second !== "''") throw notSpoken(`COLLATE to ${second ?? ''}`);
      return `(${first} COLLATE C)`;
    default:
      return `${name}(${args.join(', ')})`;
  }
}

/** A date format as DuckDB writes it. @throws SnowflakeError for elements that are not known. */
function formatOf(literal: string): string {
  let left = literal.slice(1, -1);
  let format = '';
  while (left !== '') {
    const found = FORMATS.find(([element]) => left.toUpperCase().startsWith(element));
    if (found !== undefined) {
      format += found[1];
      left = left.slice(found[0].length);
    } else {
      if (/^[A-Za-z]/.test(left) && !/^["T]/.test(left)) throw notSpoken(`the format ${literal}`);
      format += left.startsWith('%') ? '%%' : left.startsWith('"') ? '' : left.charAt(0);
      left = left.slice(1);
    }
  }
  return quoteLiteral(format);
}
