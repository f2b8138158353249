// A table, its rules and rows to try them on: what the tests of rules share.
import {
  quoteIdentifier,
  openDatabase,
  type Connection,
  type Database,
} from '../../../src/engine/base/duckdb';
import type { Config, Finding, Rule, Table } from '../../../src/engine/model';
import { evaluateRules, type Evaluation, type EvaluationRequest } from '../../../src/engine/rules';
import * as model from '../../support/model';

export function table(
  name: string,
  columns: Readonly<Record<string, string>>,
  primaryKey: string[] = [],
): Table {
  return model.table(
    name,
    Object.entries(columns).map(([column, type]) => model.column(column, type)),
    { primaryKey, deduplicate: 'none' },
  );
}

export function configOf(...tables: Table[]): Config {
  return { brands: [], tables, rules: [] };
}

const COMMON = [
  'rule',
  'id',
  'column',
  'columns',
  'where',
  'severity',
  'error',
  'warn',
  'on_fail',
  'enabled',
  'samples',
];

/** A rule as the config loader makes it from its JSON text. */
export function ruleOf(json: Record<string, any>, tableName = 'T'): Rule {
  const schemaKind = json['rule'] === 'schema';
  const severity = json['severity'] ?? 'error';
  const limit = (value: unknown): Rule['error'] =>
    value === undefined
      ? undefined
      : typeof value === 'number'
        ? { count: value }
        : { percent: Number.parseFloat(value as string) };
  return {
    id: json['id'] ?? `${json['rule']}_1`,
    table: tableName,
    kind: json['rule'],
    columns: json['columns'] ?? (json['column'] === undefined ? [] : [json['column']]),
    parameters: Object.fromEntries(
      Object.entries(json).filter(([key]) => !COMMON.includes(key) || (schemaKind && key === 'order')),
    ),
    filter: json['where'],
    severity,
    onFail: json['on_fail'] ?? (severity === 'error' ? 'reject' : 'report'),
    error: limit(json['error']),
    warn: limit(json['warn']),
    enabled: json['enabled'] ?? true,
    samples: json['samples'] ?? 20,
    description: '',
    tags: [],
    location: { file: 'config/test.json', line: 7 },
    lines: Object.fromEntries(Object.keys(json).map((key, i) => [key, 7 + i])),
  };
}

export interface Bench {
  readonly database: Database;
  readonly connection: Connection;
  /**
   * Makes the relation from a query of the table's columns; lineage is added: brand X, file x.csv, records in order.
   */
  readonly fill: (query: string) => Promise<void>;
  readonly run: (rules: readonly Rule[], more?: Partial<EvaluationRequest>) => Promise<Evaluation>;
  /** Evaluates one rule and gives its finding. */
  readonly one: (json: Record<string, any>, more?: Partial<EvaluationRequest>) => Promise<Finding>;
  /** _row → rule ids of an evaluation's rows to keep out. */
  readonly rejects: (evaluation: Evaluation) => Promise<readonly { _row: number; rules: string[] }[]>;
  readonly close: () => void;
}

export async function bench(
  theTable: Table,
  config: Config = configOf(theTable),
  others: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const database = await openDatabase({ folders: [] });
  const connection = await database.connect();
  const run: Bench['run'] = (rules, more = {}) =>
    evaluateRules({
      connection,
      table: theTable,
      rules,
      config,
      settings: { errorThreshold: 5, warningThreshold: 10 },
      date: '20240301',
      relation: 'gold rows',
      others: (name) => Promise.resolve(others[name]),
      history: () => Promise.resolve([]),
      layers: { landing: 0, raw: 0, silver: 0, gold: 0 },
      signal: new AbortController().signal,
      progress: () => undefined,
      ...more,
    });
  return {
    database,
    connection,
    fill: async (query) => {
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE base AS SELECT row_number() OVER () - 1 AS _row, * FROM (${query})`,
      );
      const casts = theTable.columns.map((c) => {
        const name = quoteIdentifier(c.name);
        return `CAST(${name} AS ${c.type}) AS ${name}`;
      });
      await connection.run(
        `CREATE OR REPLACE TEMP VIEW "gold rows" AS SELECT ${casts.join(', ')}, 'X' AS _brand, 'x.csv' AS _source_file,
           _row + 1 AS _source_row, 'XX' AS brand_code, _row FROM base`,
      );
    },
    run,
    one: async (json, more) => {
      const { findings } = await run([ruleOf(json, theTable.name)], more);
      const [finding] = findings;
      if (finding === undefined) throw new Error('no finding');
      return finding;
    },
    rejects: async ({ rejectsTable }) =>
      rejectsTable === undefined
        ? []
        : (await connection.rows(`SELECT _row, rules FROM ${quoteIdentifier(rejectsTable)}`)).map((row) => ({
            _row: Number(row['_row']),
            rules: row['rules'] as string[],
          })),
    close: () => {
      connection.close();
      database.close();
    },
  };
}

/** SELECT over literal rows. */
export function values(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const list = names.map(quoteIdentifier).join(', ');
  if (rows.length === 0)
    return `SELECT ${names.map((n) => `NULL AS ${quoteIdentifier(n)}`).join(', ')} LIMIT 0`;
  return `SELECT * FROM (VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')}) v(${list})`;
}
