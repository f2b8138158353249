// What was wrong with values and rows, in SQL: rejects with all their reasons, counts and samples of failures.
import { type Cell, quoteLiteral } from '../../base';
import type { Column } from '../../model';
import { selectRejects, shownValue, textsWhere } from '../stageRejects';
import { selectFrom } from '../select';
import type { ColumnWork, Layers } from './statement';

/** Samples kept of each column's failed values. */
const SAMPLES = 5;

/** The rejected rows with all that is asked of them: what silverRejectsSelect and failuresSelect read. */
export function rejectedRowsSelect(layers: Layers): string {
  const columns = ['"_source_file"', '"_source_row"', layers.position, layers.record];
  for (const { column, value, text, failed } of layers.work)
    columns.push(text, failed, ...(column.required ? [value] : []));
  return `${layers.chain}\n${selectFrom(columns, `FROM ${layers.last}`)}`;
}

/** SELECT of rejects from the rejected rows in `relation`, in file order, each with all that is wrong with it. */
export function silverRejectsSelect(layers: Layers, relation: string): string {
  const problems = layers.work.flatMap(columnProblems);
  const columns = layers.work.flatMap((work) => {
    const own = problems.filter((p) => p.column === work.column).map((p) => `(${p.condition})`);
    return own.length === 0 ? [] : [{ condition: own.join(' OR '), text: quoteLiteral(work.column.name) }];
  });
  return selectRejects(
    {
      _brand: quoteLiteral(layers.brand),
      _source_file: '"_source_file"',
      _source_row: '"_source_row"',
      code: `CASE ${problems.map((p) => `WHEN ${p.condition} THEN '${p.code}'`).join(' ')} END`,
      columns: textsWhere(columns),
      reason: `concat_ws('; ', ${problems.map((p) => `CASE WHEN ${p.condition} THEN ${p.reason} END`).join(', ')})`,
      record: layers.record,
    },
    `FROM ${relation}`,
  );
}

export interface ValueProblem {
  readonly column: Column;
  readonly code: 'CONVERSION_FAILED' | 'REQUIRED_MISSING';
  readonly condition: string;
  /** SQL of the sentence. */
  readonly reason: string;
}

/** What can be wrong with a column's value; of a row at most one. */
export function columnProblems(work: ColumnWork): readonly ValueProblem[] {
  const { column, failed, value } = work;
  const found: ValueProblem[] = [];
  if (work.fallible)
    found.push({ column, code: 'CONVERSION_FAILED', condition: failed, reason: failureReason(work) });
  if (column.required)
    found.push({
      column,
      code: 'REQUIRED_MISSING',
      condition: work.fallible ? `${value} IS NULL AND NOT ${failed}` : `${value} IS NULL`,
      reason: quoteLiteral(`${column.name}: the value is required and missing`),
    });
  return found;
}

function failureReason({ column, text, hidden, conversion }: ColumnWork): string {
  const fragment = column.derived !== undefined ? 'derived' : 'transform';
  const broken = quoteLiteral(`${column.name}: its "${fragment}" ends in an error for this row`);
  // Values of sensitive columns stay in the record, which replays need, and out of sentences, which people share.
  const sentence = hidden
    ? `CASE WHEN ${text} IS NOT NULL THEN ${quoteLiteral(`${column.name}: the value is not ${conversion.expected}`)} END`
    : `${quoteLiteral(`${column.name}: `)} || ${shownValue(text)} || ${quoteLiteral(` is not ${conversion.expected}`)}`;
  return `coalesce(${sentence}, ${broken})`;
}

/** One row: for each column the number of its texts before conversion. */
export function textsSelect(layers: Layers, columns: readonly ColumnWork[]): string {
  const counts = columns.map((w) => `count(${w.present})`);
  return `${layers.chain}\n${selectFrom(counts, `FROM ${layers.last}`)}`;
}

/** One row: for each column the number of failed values, of all that are there, then a JSON list of the first failed ones. */
export function failuresSelect(layers: Layers, columns: readonly ColumnWork[], relation?: string): string {
  const aggregates = columns.flatMap(({ text, failed, present }) => [
    `count(*) FILTER (${failed})`,
    `count(*) FILTER (${failed} OR trim(${present}) <> '')`,
    `to_json(arg_min(struct_pack("position" := ${layers.position}, "text" := left(${text}, 200), "file" := "_source_file", "row" := "_source_row"), ${layers.position}, ${SAMPLES}) FILTER (${failed}))`,
  ]);
  return relation === undefined
    ? `${layers.chain}\n${selectFrom(aggregates, `FROM ${layers.last}`)}`
    : selectFrom(aggregates, `FROM ${relation}`);
}

/** Failed values of one column. */
export interface FailedValues {
  readonly failed: number;
  /** Values that were there to convert, failed ones included. */
  readonly values: number;
  /** The first ones in file order. */
  readonly samples: readonly {
    readonly position: number;
    readonly text: string | null;
    readonly file: string;
    readonly row: number;
  }[];
}

/** Reads the row of failuresSelect, in the order of its columns. */
export function readFailures(row: readonly Cell[]): readonly FailedValues[] {
  const found: FailedValues[] = [];
  for (let i = 0; i < row.length; i += 3) {
    const list = row[i + 2];
    const samples = typeof list === 'string' ? (JSON.parse(list) as FailedValues['samples']) : [];
    found.push({ failed: Number(row[i] ?? 0), values: Number(row[i + 1] ?? 0), samples });
  }
  return found;
}

/** Both counts as one, with the first samples of both. */
export function addFailures(a: FailedValues, b: FailedValues): FailedValues {
  const samples = [...a.samples, ...b.samples].sort((x, y) => x.position - y.position);
  return { failed: a.failed + b.failed, values: a.values + b.values, samples: samples.slice(0, SAMPLES) };
}
