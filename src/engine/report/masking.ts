// Values of columns marked sensitive stay out of all that leaves the data: samples, figures, and sentences that may quote them.
import { foldHeader } from '../base';
import type { Config, Conversion, Finding, PlainError, Report, Rule, Sample } from '../model';
import { hiddenColumns, namesAnyOf } from './hiddenColumns';

const HIDDEN = '(hidden)';
/** Shorter values are parts of many words; a sentence with a 1 in it tells nobody's number. */
const TELLING = 3;
/** Sums over a column that tell no value of it. */
const HARMLESS = new Set(['null_pct', 'distinct_count', 'row_count']);
/** Errors in the words of a database or of a program, which quote what they stumbled over. */
const FOREIGN: ReadonlySet<PlainError['code']> = new Set([
  'DUCKDB',
  'SQL_INVALID',
  'PARQUET_INVALID',
  'WAREHOUSE',
  'BUG',
]);

export interface Masking {
  /** The finding's samples, what was observed and its message, without sensitive values. */
  readonly finding: (table: string, finding: Finding) => Finding;
  /** The same of samples of failed values or local times. */
  readonly samples: <T extends Pick<Conversion, 'samples'>>(table: string, told: T) => T;
  /** All of a report, with the names of the columns whose values it hides. */
  readonly report: (report: Report) => Report;
  /** A sentence about a table (undefined: any) without what may be a sensitive value. */
  readonly text: (table: string | undefined, text: string) => string;
  /** An error of a step of a table; what this program says in its own words stays as it is. */
  readonly error: (table: string | undefined, error: PlainError) => PlainError;
}

const known = new WeakMap<Config, Masking>();

/** @param config undefined where it cannot be read: then every value and every quotation is hidden. */
export function maskingOf(config: Config | undefined): Masking {
  if (config === undefined) return BLIND;
  const found = known.get(config) ?? makeMasking(config);
  known.set(config, found);
  return found;
}

function makeMasking(config: Config): Masking {
  const names = new Set(
    [
      ...config.brands.flatMap((b) => [b.name, b.code, b.displayName]),
      ...config.tables.flatMap((t) => [t.name, ...t.columns.flatMap((c) => [c.name, c.type])]),
      ...config.rules.map((r) => r.id),
    ].map((name) => name.toLowerCase()),
  );
  const hidden = new Map(config.tables.map((t) => [t.name, hiddenColumns(t)]));
  const all = new Set([...hidden.values()].flatMap((set) => [...set]));
  const own = (table: string | undefined): ReadonlySet<string> =>
    table === undefined ? all : (hidden.get(table) ?? all);
  const quoted = (text: string): string => quotesHidden(withoutCause(text), names);
  const text = (table: string | undefined, given: string): string =>
    own(table).size === 0 ? given : quoted(given);

  const finding = (table: string, given: Finding): Finding => {
    const columns = own(table);
    // A query may read other tables, and give any name to what it finds.
    const rule = config.rules.find((r) => r.table === table && r.id === given.id);
    const free = rule === undefined ? 'none' : freedomOf(rule, config, columns);
    if (columns.size === 0 && free === 'none') return given;
    const isHidden = hides(columns, free === 'names' ? plainNames(config, all, queryOf(rule)) : free);
    const values = sensitiveValues(given.samples, isHidden);
    const about = given.columns.some((name) => isHidden(name)) || free === 'all';
    const figures = about && !HARMLESS.has(String(rule?.parameters['fn'] ?? rule?.parameters['metric']));
    return {
      ...given,
      ...(given.observed === undefined || !figures ? {} : { observed: HIDDEN }),
      ...(given.message === undefined
        ? {}
        : { message: sentence(given.message, figures && given.observed !== undefined) }),
      // What an anomaly is held against was figures of the column, too.
      ...(given.limit === undefined || !figures || given.rule !== 'anomaly'
        ? {}
        : { limit: figuresHidden(given.limit) }),
      samples: given.samples.map((sample) => masked(sample, isHidden, values)),
    };
    function sentence(message: string, measured: boolean): string {
      const said = without(quoted(message), values);
      return measured ? figuresHidden(said) : said;
    }
  };
  const samples: Masking['samples'] = (table, told) => {
    const isHidden = hides(own(table), 'none');
    return { ...told, samples: told.samples.map((sample) => masked(sample, isHidden, [])) };
  };
  return {
    text,
    finding,
    samples,
    error: (table, error) =>
      FOREIGN.has(error.code) ? { ...error, message: text(table, error.message) } : error,
    report: (report) => {
      const columns = own(report.table);
      const table = config.tables.find((one) => one.name === report.table);
      const names = (table?.columns ?? []).map(({ name }) => name);
      return {
        ...report,
        findings: report.findings.map((one) => finding(report.table, one)),
        conversions: report.conversions.map((one) => samples(report.table, one)),
        profile: report.profile.map((one) => profiled(one, hides(columns, 'none'))),
        hidden: [
          ...new Set([...(report.hidden ?? []), ...names.filter((name) => columns.has(name.toLowerCase()))]),
        ],
      };
    },
  };
}

const BLIND: Masking = {
  text: (_table, text) => quotesHidden(withoutCause(text), new Set()),
  error: (table, error) =>
    FOREIGN.has(error.code) ? { ...error, message: BLIND.text(table, error.message) } : error,
  finding: (_table, finding) => ({ ...finding, samples: blind(finding.samples) }),
  samples: (_table, told) => ({ ...told, samples: blind(told.samples) }),
  // A report that was masked when it was written needs no config to be shown.
  report: (report) =>
    report.hidden !== undefined
      ? report
      : {
          ...report,
          findings: report.findings.map(blindFinding),
          conversions: report.conversions.map((one) => ({ ...one, samples: blind(one.samples) })),
          profile: report.profile.map((one) => profiled(one, () => true)),
        },
};

const blind = (samples: readonly Sample[]): readonly Sample[] =>
  samples.map((sample) => masked(sample, () => true, []));

const blindFinding = (finding: Finding): Finding => ({
  ...finding,
  ...(finding.observed === undefined ? {} : { observed: HIDDEN }),
  ...(finding.message === undefined ? {} : { message: BLIND.text(undefined, finding.message) }),
  samples: blind(finding.samples),
});

/** How far a rule's own query decides what its samples are called: not at all, in parts, wholly. */
type Freedom = 'none' | 'names' | 'all';

/** What gives a column's values another name without naming it: patterns of names, lists of new ones, set operations. */
const RENAMING =
  /\bcolumns\s*\(|\b(?:un)?pivot\b|\b(?:union|intersect|except)\b|\b(?:as|with|recursive|rows)\s+(?:"[^"]*"|\w+)\s*\(/i;

/** Words that stand between a name and a bracket, or before a function: `x IN (`, `SELECT lower(`. */
const NO_ALIAS: ReadonlySet<string> = new Set(
  (
    'select distinct all by where and or on not having case when then else in is like ilike glob similar between ' +
    'qualify from join lateral using over filter exists values order group partition limit offset interval any some ' +
    'within set end escape range rows asc desc nulls first last ordinality window as'
  ).split(' '),
);

/** Does a query give a table new names for its columns: `Account t(a, b)`, `(SELECT …) t(a, b)`? Rather too often than not. */
function hasColumnList(query: string): boolean {
  const bare = query.replace(/\/\*.*?\*\//gs, ' ').replace(/--[^\n]*/g, ' ');
  const tokens = bare.match(/[\p{L}\p{N}_]+|"[^"]*"|[^\s]/gu) ?? [];
  const isName = (token = ''): boolean =>
    /^["\p{L}\p{N}_]/u.test(token) && !NO_ALIAS.has(token.toLowerCase());
  return tokens.some(
    (token, i) => token === '(' && isName(tokens[i - 1]) && (tokens[i - 2] === ')' || isName(tokens[i - 2])),
  );
}

function freedomOf(rule: Rule, config: Config, own: ReadonlySet<string>): Freedom {
  const query = queryOf(rule);
  if (query === '') return 'none';
  const tables = config.tables.filter(
    (t) => t.name === rule.table || namesAnyOf(query, new Set([t.name.toLowerCase()])),
  );
  const hidden = new Set([...own, ...tables.flatMap((t) => [...hiddenColumns(t)])]);
  if (hidden.size === 0) return 'none';
  return namesAnyOf(JSON.stringify(rule.parameters), hidden) || RENAMING.test(query) || hasColumnList(query)
    ? 'all'
    : 'names';
}

function queryOf(rule: Rule | undefined): string {
  const query = rule?.parameters['query'];
  return typeof query === 'string' ? query : '';
}

/** Names of columns that hold nothing sensitive in any table, and that a query gives to nothing else. */
function plainNames(config: Config, hidden: ReadonlySet<string>, query: string): ReadonlySet<string> {
  const names = [
    ...config.tables.flatMap((t) => t.columns.map((c) => c.name.toLowerCase())),
    ...['_row', '_brand', '_source_file', '_source_row', 'brand_code'],
  ];
  return new Set(names.filter((name) => !hidden.has(name) && !isGiven(query.toLowerCase(), name)));
}

/** Words that a column of its own name may follow; behind others, a bracket or a value the name is a new one. */
const BEFORE_COLUMN =
  /(?:^|[,.(=<>+*/|-]|\b(?:select|distinct|all|by|where|and|or|on|not|having|case|when|then|else|in|is|like|between|qualify))\s*$/;

/** Does a query (lower case) name something else so: `x AS name`, `f(x) name`? */
function isGiven(query: string, name: string): boolean {
  for (let at = query.indexOf(name); at >= 0; at = query.indexOf(name, at + 1)) {
    const before = query.slice(0, at).replace(/"$/, '');
    const whole = !/[\p{L}\p{N}_]$/u.test(before) && !/^[\p{L}\p{N}_]/u.test(query.slice(at + name.length));
    if (whole && !BEFORE_COLUMN.test(before)) return true;
  }
  return false;
}

/** Is a value hidden, by the name that it has? */
type IsHidden = (name: string, value?: unknown) => boolean;

/** @param others of other names: none, all, or all but plain values of these names. */
function hides(columns: ReadonlySet<string>, others: 'none' | 'all' | ReadonlySet<string>): IsHidden {
  const headers = new Set([...columns].map(foldHeader));
  return (name, value) =>
    others === 'all' ||
    headers.has(foldHeader(name)) ||
    (others !== 'none' && (!others.has(name.toLowerCase()) || (typeof value === 'object' && value !== null)));
}

/** The sentence without what it quotes, unless that is a name. */
function quotesHidden(text: string, names: ReadonlySet<string>): string {
  return text.replace(/'[^'\n]*'|"[^"\n]*"|‘[^’\n]*’?|“[^”\n]*”?/g, (quote) =>
    names.has(quote.slice(1, -1).toLowerCase()) ? quote : HIDDEN,
  );
}

/**
 * DuckDB's errors about values: they hold the value between quotes that it may contain itself, bare, or as all there
 * is to say. Those about the statement alone (Parser, Binder, Catalog) quote names and words of the SQL.
 */
const ABOUT_VALUES =
  /\b((?:Conversion|Out of Range|Invalid Input|Invalid|Constraint|Mismatch Type|Cast|Not implemented|Decimal|Sequence|Serialization|IO|INTERNAL) Error): .*/s;

/** DuckDB's names of types, as its errors have them: of the words of a value none is told but these. */
const TYPE =
  /\b(?:to|type) '?(U?INT(?:8|16|32|64|128)|BOOL|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|DATE|TIME|TIMESTAMP|INTERVAL|UUID)\b/g;

function withoutCause(text: string): string {
  return text.replace(ABOUT_VALUES, (message, kind: string) => {
    const type = [...message.matchAll(TYPE)].at(-1)?.[1];
    return `${kind}: ${type === undefined ? '' : `a value does not convert to ${type} `}${HIDDEN}`;
  });
}

/** Numbers and dates of a sentence; digits of names stay. */
function figuresHidden(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}_])[-+]?\d[\d.,:/+-]*(?:[T ]\d[\d.:+-]*Z?)?(?:e[-+]?\d+)?%?/gu, HIDDEN);
}

function sensitiveValues(samples: readonly Sample[], isHidden: IsHidden): readonly string[] {
  const values = samples.flatMap((sample) =>
    Object.entries(sample.values).flatMap(([name, value]) =>
      isHidden(name) && (typeof value === 'string' || typeof value === 'number') ? [String(value)] : [],
    ),
  );
  return [...new Set(values)]
    .filter((value) => value.length >= TELLING && value !== HIDDEN)
    .sort((a, b) => b.length - a.length);
}

function masked(sample: Sample, isHidden: IsHidden, values: readonly string[]): Sample {
  return {
    ...sample,
    values: Object.fromEntries(
      Object.entries(sample.values).map(([name, value]) => {
        if (isHidden(name, value)) return [name, value === null ? null : HIDDEN];
        return [name, typeof value === 'string' ? without(value, values) : value];
      }),
    ),
  };
}

function profiled(column: Report['profile'][number], isHidden: IsHidden): Report['profile'][number] {
  return isHidden(column.column) ? { ...column, min: null, max: null } : column;
}

function without(text: string, values: readonly string[]): string {
  return values.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text);
}
