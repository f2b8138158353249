// One finder per way of finding what breaks a rule; each leaves its failing rows as a table of bits.
import { performance } from 'node:perf_hooks';
import { type Row, quoteIdentifier } from '../base';
import type { Rule } from '../model';
import { brokenSelect, filtered, isolating, listSelect, scansSelect, type Condition } from './brokenRows';
import { secondsSince, type Slip, type EvaluationTask } from './evaluation';
import { isRuleError } from './ruleFailure';
import type { Meaning, QueryScope } from './ruleKind';
import { queryTables } from './prepare';
import { inspectQuery } from './ruleSql';
import { column, GIVEN_COLUMNS } from './types';

/** Slips still open whose kind has this way, each with its meaning. */
function open<L extends Meaning['level']>(
  { slips }: EvaluationTask,
  level: L,
): readonly { readonly slip: Slip; readonly meaning: Extract<Meaning, { level: L }> }[] {
  return slips.flatMap((slip) => {
    const meaning = slip.kind?.meaning;
    if (slip.outcome !== undefined || meaning?.level !== level) return [];
    return [{ slip, meaning: meaning as Extract<Meaning, { level: L }> }];
  });
}

function failed(slip: Slip, error: Error): void {
  slip.outcome = 'error';
  slip.message = error.message;
}

/** Runs the work of one rule and takes its time; what goes wrong is told in its finding. */
async function attempt(slip: Slip, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  try {
    await work();
  } catch (error) {
    if (!isRuleError(error)) throw error;
    failed(slip, error);
  } finally {
    slip.seconds += secondsSince(start);
  }
}

/** FROM source of the rows of a rule: the relation after its filter. */
function rowsOf(work: EvaluationTask, rule: Rule): string {
  // The line break ends a trailing comment of the fragment.
  return rule.filter === undefined
    ? work.relation
    : `(SELECT * FROM ${work.relation} WHERE (${rule.filter}\n))`;
}

function scopeOf(work: EvaluationTask, rule: Rule): QueryScope {
  return { rows: rowsOf(work, rule), table: work.request.table };
}

async function one(work: EvaluationTask, sql: string): Promise<Row> {
  const [row] = await work.request.connection.rows(sql, { signal: work.request.signal });
  return row ?? {};
}

/** Counts the rows and how many of them each filter lets through. Gives the number of all rows. */
export async function countFilters(work: EvaluationTask): Promise<number> {
  const total = Number((await one(work, `SELECT count(*) AS n FROM ${work.relation}`))['n']);
  const filters = new Map<string, Slip[]>();
  for (const slip of work.slips) {
    slip.evaluated = slip.outcome === undefined ? total : 0;
    if (slip.outcome !== undefined || slip.rule.filter === undefined) continue;
    filters.set(slip.rule.filter, [...(filters.get(slip.rule.filter) ?? []), slip]);
  }
  await isolating(
    [...filters],
    async (group) => {
      const counts = group.map(([filter], i) => `count(*) FILTER (WHERE (${filter}\n)) AS c${i}`);
      const row = await one(work, `SELECT ${counts.join(', ')} FROM ${work.relation}`);
      for (const [i, [, slips]] of group.entries())
        for (const slip of slips) slip.evaluated = Number(row[`c${i}`]);
    },
    ([, slips], error) => {
      for (const slip of slips) {
        slip.evaluated = 0;
        failed(slip, error);
      }
    },
  );
  return total;
}

/** All rules on single rows in one statement. */
export async function findRows(work: EvaluationTask): Promise<void> {
  const conditions: (Condition & { readonly slip: Slip })[] = [];
  const add = (slip: Slip, breaks: string, { raises = false, examines = false } = {}): void => {
    const { columns, filter } = slip.rule;
    conditions.push({
      slip,
      index: slip.index,
      sql: filtered(filter, breaks, raises),
      ...(examines && filter === undefined ? { scan: columns.join('\0') } : {}),
    });
  };
  for (const { slip, meaning } of open(work, 'row'))
    await attempt(slip, () => {
      add(slip, meaning.breaks(slip.rule, work.request.table), meaning);
      return Promise.resolve();
    });
  for (const { slip, meaning } of open(work, 'measured'))
    await attempt(slip, async () => {
      const measured = await one(work, meaning.measure(slip.rule, scopeOf(work, slip.rule)));
      const breaks = meaning.breaks(slip.rule, measured);
      if (breaks !== undefined) add(slip, breaks);
    });
  await isolating(
    conditions,
    async (group) => {
      const start = performance.now();
      work.parts.push(await work.create(scansSelect(work.relation, group, work.words)));
      for (const { slip } of group) slip.seconds += secondsSince(start) / group.length;
    },
    ({ slip }, error) => failed(slip, error),
  );
}

/** All foreign keys of the table in one joined pass. */
export async function findReferences(work: EvaluationTask): Promise<void> {
  const { request } = work;
  const keys: { readonly slip: Slip; readonly source: string; readonly key: string }[] = [];
  for (const { slip, meaning } of open(work, 'reference'))
    await attempt(slip, async () => {
      const target = meaning.target(slip.rule, request.config);
      if (target === undefined) throw new Error(`${slip.rule.id} came past checkRule.`);
      const own = target.table === request.table.name && target.at === 'same';
      const source = own ? work.relation : await request.others(target.table, target.at);
      if (source !== undefined) keys.push({ slip, source, key: quoteIdentifier(target.column) });
      else if (target.at === 'latest') {
        slip.outcome = 'skipped';
        slip.message = `There is no gold of ${target.table} yet.`;
      } else {
        slip.outcome = 'error';
        slip.message = `There is no gold of ${target.table} for this date: run that table first, or use "at": "latest".`;
      }
    });
  await isolating(
    keys,
    async (group) => {
      const start = performance.now();
      const values = group.map(({ slip: { rule } }, i) =>
        rule.filter === undefined
          ? `${column(rule)} AS c${i}`
          : `CASE WHEN (${rule.filter}\n) THEN ${column(rule)} END AS c${i}`,
      );
      const joins = group.map(
        ({ source, key }, i) =>
          `LEFT JOIN (SELECT DISTINCT ${key} AS k FROM ${source} WHERE ${key} IS NOT NULL) k${i} ON c${i} = k${i}.k`,
      );
      const source = [
        `(SELECT _row, ${group.map((_, i) => `c${i} IS NOT NULL AND k${i}.k IS NULL AS b${i}`).join(', ')}`,
        `  FROM (SELECT _row, ${values.join(', ')} FROM ${work.relation})`,
        ...joins.map((join) => `  ${join}`),
        ')',
      ].join('\n');
      const conditions = group.map(({ slip }, i) => ({ index: slip.index, sql: `b${i}` }));
      work.parts.push(await work.create(brokenSelect(source, conditions, work.words)));
      for (const { slip } of group) slip.seconds += secondsSince(start) / group.length;
    },
    ({ slip }, error) => failed(slip, error),
  );
}

/** Rules that need the other rows: one query each. */
export async function findSets(work: EvaluationTask): Promise<void> {
  for (const { slip, meaning } of open(work, 'table'))
    await attempt(slip, async () => {
      slip.canReject = meaning.witnesses !== true;
      const query = meaning.failing(slip.rule, scopeOf(work, slip.rule));
      work.parts.push(await work.create(listSelect(query, slip.index, work.words)));
    });
}

/** The owner's queries: rows where they tell `_row`, otherwise the number of what they return. */
export async function findQueries(work: EvaluationTask): Promise<void> {
  const { connection, table, config, others, signal } = work.request;
  for (const { slip, meaning } of open(work, 'query'))
    await attempt(slip, async () => {
      const query = meaning.sql(slip.rule);
      const used = await inspectQuery(connection, query, [...queryTables(table, config).keys()]);
      if ('message' in used) throw new Error(`${slip.rule.id} came past checkQuery.`);
      const ctes: string[] = [];
      for (const name of used) {
        const own = name === 'rows' || name === table.name;
        const source = own ? rowsOf(work, slip.rule) : await others(name, 'same');
        if (source === undefined) {
          slip.outcome = 'error';
          slip.message = `There is no gold of ${name} for this date: run that table first.`;
          return;
        }
        // Materialized, all columns of the table would be copied for a query of two of them.
        ctes.push(`${quoteIdentifier(name)} AS NOT MATERIALIZED (SELECT * FROM ${source})`);
      }
      const given = ctes.length === 0 ? '' : `WITH ${ctes.join(', ')}\n`;
      const select = (items: string): string => `${given}SELECT ${items} FROM (${query}\n) AS found`;
      const columns = await connection.rows(`DESCRIBE ${select('*')}`, { signal });
      if (columns.some((c) => c['column_name'] === '_row')) {
        // Only rows there are: a query may compute any number.
        const rows = `SELECT _row FROM (${select('CAST(_row AS BIGINT) AS _row')}) SEMI JOIN ${work.relation} USING (_row)`;
        work.parts.push(await work.create(listSelect(rows, slip.index, work.words)));
        return;
      }
      slip.canReject = false;
      slip.failing = Number((await one(work, select('count(*) AS n')))['n']);
      if (slip.failing === 0 || slip.rule.samples === 0) return;
      const sample = await connection.rows(`${select('*')} ORDER BY ALL LIMIT ${slip.rule.samples}`, {
        signal,
      });
      slip.samples = sample.map((values) => ({ values, file: null, row: null }));
    });
}

/** Rules that measure the table. */
export async function findMetrics(work: EvaluationTask): Promise<void> {
  const { request } = work;
  const described = async () => {
    const rows = await request.connection.rows<{ column_name: string; column_type: string }>(
      `DESCRIBE ${work.relation}`,
      { signal: request.signal },
    );
    const hidden = new Set(['_row', ...GIVEN_COLUMNS.map((c) => c.name)]);
    return rows
      .map((row) => ({ name: row.column_name, type: row.column_type }))
      .filter(({ name }) => !hidden.has(name));
  };
  for (const { slip, meaning } of open(work, 'metric'))
    await attempt(slip, async () => {
      const observation = await meaning.observe(slip.rule, {
        ...scopeOf(work, slip.rule),
        config: request.config,
        date: request.date,
        layers: request.layers,
        one: (sql) => one(work, sql),
        columns: described,
        others: (table, at) =>
          table === request.table.name && at === 'same'
            ? Promise.resolve(work.relation)
            : request.others(table, at),
        history: request.history,
      });
      slip.outcome = observation.status;
      slip.observed = observation.observed;
      if (observation.limit !== undefined) slip.limit = observation.limit;
      if (observation.message !== undefined) slip.message = observation.message;
      if (observation.evaluated !== undefined) slip.evaluated = observation.evaluated;
    });
}
