// What was wrong with values and rows: rejects with all their reasons, failed conversions with samples.
import { quoteLiteral, type Cell } from '../../duckdb';
import type { Column, Conversion, Sample } from '../../model';
import { selectRejects, shownValue, textsWhere } from '../rejects';
import { selectFrom } from '../select';
import { rejects, type ColumnWork, type Layers } from './layers';

/** Samples kept of each column's failed values. */
const SAMPLES = 5;

/** SELECT of the rows that silver leaves out, in file order, each with all that is wrong with it. */
export function rejectsSelect(layers: Layers, brand: string): string {
  const problems = layers.work.flatMap(columnProblems);
  const select = selectRejects(
    {
      _brand: quoteLiteral(brand),
      _source_file: '"_source_file"',
      _source_row: '"_source_row"',
      code: `CASE ${problems.map((p) => `WHEN ${p.condition} THEN '${p.code}'`).join(' ')} END`,
      columns: textsWhere(
        layers.work
          .map((w) => ({ work: w, own: problems.filter((p) => p.column === w.column) }))
          .filter(({ own }) => own.length > 0)
          .map(({ work, own }) => ({
            condition: own.map((p) => `(${p.condition})`).join(' OR '),
            text: quoteLiteral(work.column.name),
          })),
      ),
      reason: `concat_ws('; ', ${problems.map((p) => `CASE WHEN ${p.condition} THEN ${p.reason} END`).join(', ')})`,
      record: layers.record,
    },
    `FROM ${layers.last}\nWHERE ${layers.rejected ?? 'false'}`,
  );
  return `${layers.chain}\n${select}`;
}

interface Problem {
  readonly column: Column;
  readonly code: 'CONVERSION_FAILED' | 'REQUIRED_MISSING';
  readonly condition: string;
  /** SQL of the sentence. */
  readonly reason: string;
}

function columnProblems(work: ColumnWork): readonly Problem[] {
  const { column, failed, value } = work;
  const found: Problem[] = [];
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

function failureReason({ column, text, conversion }: ColumnWork): string {
  const fragment = column.derived !== undefined ? 'derived' : 'transform';
  const broken = quoteLiteral(`${column.name}: its "${fragment}" ends in an error for this row`);
  const expected = column.derived !== undefined ? `a value of type ${column.type}` : conversion.expected;
  // Values of sensitive columns stay in the record, which replays need, and out of sentences, which people share.
  const sentence = column.sensitive
    ? quoteLiteral(`${column.name}: the value is not ${expected}`)
    : `${quoteLiteral(`${column.name}: `)} || ${shownValue(text)} || ${quoteLiteral(` is not ${expected}`)}`;
  return `coalesce(${sentence}, ${broken})`;
}

/** Columns whose failed values are counted: those that can fail at all. */
export function fallibleColumns(layers: Layers): readonly ColumnWork[] {
  return layers.work.filter((w) => w.fallible);
}

/** One row: for each column the number of failed values, then a list of {text, file, row} of the first ones. */
export function failuresSelect(layers: Layers, columns: readonly ColumnWork[]): string {
  const aggregates = columns.flatMap((w) => [
    `count(*) FILTER (${w.failed})`,
    `to_json(arg_min(struct_pack(text := left(${w.text}, 200), file := "_source_file", row_number := "_source_row"), ${layers.position}, ${SAMPLES}) FILTER (${w.failed}))`,
  ]);
  return `${layers.chain}\n${selectFrom(aggregates, `FROM ${layers.last}`)}`;
}

/** Reads the row of failuresSelect; columns without failures are left out. */
export function conversions(
  row: readonly Cell[],
  columns: readonly ColumnWork[],
  brand: string,
): readonly Conversion[] {
  return columns.flatMap((work, i): readonly Conversion[] => {
    const failed = Number(row[2 * i] ?? 0);
    if (failed === 0) return [];
    const list = row[2 * i + 1];
    const samples = typeof list === 'string' ? (JSON.parse(list) as readonly FailureSample[]) : [];
    const column = work.column;
    return [
      {
        column: column.name,
        brand,
        failed,
        on_error: rejects(column) ? 'reject' : 'null',
        samples: samples.map((s): Sample => ({
          values: { [column.name]: column.sensitive ? '(hidden)' : s.text },
          file: s.file,
          row: s.row_number,
        })),
      },
    ];
  });
}

interface FailureSample {
  readonly text: string | null;
  readonly file: string;
  readonly row_number: number;
}
