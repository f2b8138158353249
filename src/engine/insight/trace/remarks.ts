// What there is to say of the records of a landing file: rejects of every stage, samples of findings.
import { type Connection, type Row, quoteLiteral } from '../../base';
import type { Manifest } from '../../lake';
import {
  defined,
  isInputFinding,
  type Finding,
  type Report,
  type Severity,
  type Table,
  findTable,
} from '../../model';
import { isHiddenColumn, readReport, valueText } from '../../report';
import type { OpenWorkspace } from '../../workspace';
import type { LandingMark } from './model';
import { rejectsPath } from './traceRejects';
import type { Subject } from './subject';

/** Marks of one file at most: an editor lists them all. */
export const MOST_MARKS = 200;
/** A value is quoted up to so many characters. */
const MOST_VALUE = 80;

/** Something to be said of a record or line, before it is found in the file. */
export interface Remark {
  readonly row?: number;
  readonly line?: number;
  readonly column?: string;
  readonly severity: Severity;
  readonly message: string;
  readonly code: string;
  readonly link?: NonNullable<LandingMark['link']>;
  /** The row's texts by header, as JSON: tells records of one name apart. */
  readonly record?: string;
}

export interface Remarks {
  readonly remarks: readonly Remark[];
  /** How many there are in all. */
  readonly total: number;
}

/** All that the manifests and reports of now say of a file; its rejects up to MOST_MARKS of each stage. */
export async function remarksOf(
  workspace: OpenWorkspace,
  connection: Connection,
  subject: Extract<Subject, { kind: 'taken' }>,
  signal: AbortSignal,
): Promise<Remarks> {
  const { lake, config } = workspace;
  const { part, date, brand, table, file } = subject;
  const same = `"_source_file" = ${quoteLiteral(file)} AND "_brand" = ${quoteLiteral(brand)}`;
  const twins = lake.parts(date, brand, table).filter((one) => one.source?.file === file).length > 1;
  const schema = findTable(config, table);
  const ask = (manifest: Manifest | undefined, remark: (row: Row) => readonly Remark[]): Promise<Remarks> =>
    fromRejects(workspace, connection, { manifest, condition: same, remark }, signal);

  const found = [
    await ask(part, landingRemark),
    await ask(lake.published('silver', date, table, brand), (row) => [silverRemark(table, row)]),
  ];
  // Of two files of one name, later stages do not tell which is meant.
  if (!twins) {
    const report = readReport(workspace, date, table);
    const rejected = new Set<string>();
    found.push(
      await ask(lake.published('gold', date, table), (row) => [goldRemark(table, row)]),
      await ask(lake.published('validated', date, table), (row) =>
        ruleRemarks(schema, report, row).map((one) => {
          rejected.add(`${one.row ?? 0} ${one.code}`);
          return one;
        }),
      ),
    );
    const sampled = [
      ...sampleRemarks(schema, report, file),
      ...conversionRemarks(schema, report, file, brand),
    ].filter(({ row, code }) => !rejected.has(`${row ?? 0} ${code}`));
    found.push({ remarks: sampled, total: sampled.length });
  }
  return {
    remarks: found.flatMap(({ remarks }) => remarks),
    total: found.reduce((sum, { total }) => sum + total, 0),
  };
}

/** The first rejects of a manifest that a condition names, and how many there are. */
async function fromRejects(
  { lake }: OpenWorkspace,
  connection: Connection,
  asked: {
    readonly manifest: Manifest | undefined;
    readonly condition: string;
    readonly remark: (row: Row) => readonly Remark[];
  },
  signal: AbortSignal,
): Promise<Remarks> {
  const from = rejectsPath(lake, asked.manifest);
  if (from === undefined) return { remarks: [], total: 0 };
  const rows = await connection.rows(
    [
      'SELECT "_source_row", "line", "code", "columns", "rules", "reason", "record", count(*) OVER () AS total',
      `FROM ${from}`,
      `WHERE ${asked.condition}`,
      `ORDER BY coalesce("_source_row", "line")`,
      `LIMIT ${MOST_MARKS}`,
    ].join('\n'),
    { signal },
  );
  const remarks = rows.flatMap(asked.remark);
  const beyond = Number(rows[0]?.['total'] ?? 0) - rows.length;
  return { remarks, total: remarks.length + beyond };
}

function landingRemark(row: Row): readonly Remark[] {
  const line = Number(row['line']);
  const message = `Rejected: ${text(row['reason'])}`;
  return [{ line, severity: 'error', message, code: text(row['code']) }];
}

function silverRemark(table: string, row: Row): Remark {
  const [column] = texts(row['columns']);
  return {
    row: Number(row['_source_row']),
    severity: 'error',
    message: `Rejected: ${text(row['reason'])}`,
    code: text(row['code']),
    record: text(row['record']),
    ...(column === undefined ? {} : { column, link: { kind: 'column', table, column } }),
  };
}

function goldRemark(table: string, row: Row): Remark {
  const [column] = texts(row['columns']);
  const code = text(row['code']);
  return {
    row: Number(row['_source_row']),
    severity: code === 'DUPLICATE_REMOVED' ? 'info' : 'error',
    message: `Not in gold: ${text(row['reason'])}`,
    code,
    ...(column === undefined ? {} : { column, link: { kind: 'column', table, column } }),
  };
}

/** One for each rule that rejected the row. */
function ruleRemarks(table: Table | undefined, report: Report | undefined, row: Row): readonly Remark[] {
  const record = recordOf(text(row['record']));
  const [first] = texts(row['columns']);
  return texts(row['rules']).map((id): Remark => {
    const finding = report?.findings.find((one) => one.id === id);
    const column = finding?.columns[0] ?? first;
    return {
      row: Number(row['_source_row']),
      severity: finding?.severity ?? 'error',
      message: `Rejected: it ${ruleWords(finding, id)}${valueWords(table, column, record)}`,
      code: id,
      ...defined({ column }),
      ...(table === undefined ? {} : { link: { kind: 'rule', table: table.name, rule: id } }),
    };
  });
}

/** Rows that break a rule and went on: those the report shows. */
function sampleRemarks(
  table: Table | undefined,
  report: Report | undefined,
  file: string,
): readonly Remark[] {
  return (report?.findings ?? []).flatMap((finding) =>
    finding.samples.flatMap((sample): readonly Remark[] => {
      // Rejected rows and failed values have remarks of their own.
      if (isInputFinding(finding) || finding.failing === 0 || sample.file !== file || sample.row === null)
        return [];
      const [column] = finding.columns;
      return [
        {
          row: sample.row,
          severity: finding.severity,
          message: `It ${ruleWords(finding, finding.id)}${valueWords(table, column, sample.values)}`,
          code: finding.id,
          ...defined({ column }),
          ...(table === undefined || finding.rule.startsWith('technical.')
            ? {}
            : { link: { kind: 'rule', table: table.name, rule: finding.id } }),
        },
      ];
    }),
  );
}

/** Values that did not convert and became NULL: those the report shows. */
function conversionRemarks(
  table: Table | undefined,
  report: Report | undefined,
  file: string,
  brand: string,
): readonly Remark[] {
  return (report?.conversions ?? []).flatMap((conversion) => {
    if (conversion.brand !== brand || conversion.on_error !== 'null') return [];
    const { column } = conversion;
    return conversion.samples.flatMap((sample): readonly Remark[] =>
      sample.file !== file || sample.row === null
        ? []
        : [
            {
              row: sample.row,
              severity: 'warning',
              message: `${column} became NULL: the value did not convert${valueWords(table, column, sample.values)}`,
              code: 'CONVERSION_FAILED',
              column,
              ...(table === undefined ? {} : { link: { kind: 'column', table: table.name, column } }),
            },
          ],
    );
  });
}

function ruleWords(finding: Finding | undefined, id: string): string {
  if (finding === undefined) return `breaks rule ${id}`;
  const about = finding.columns.length === 0 ? '' : ` of ${finding.columns.join(', ')}`;
  // A description says what a good row is like.
  return `breaks ${finding.description === undefined ? `${finding.rule}${about}` : `"${finding.description}"`}`;
}

/** The value, unless it is a sensitive one: lists of problems are shared. */
function valueWords(
  table: Table | undefined,
  column: string | undefined,
  values: Readonly<Record<string, unknown>>,
): string {
  if (column === undefined || !Object.hasOwn(values, column)) return '';
  if (isHiddenColumn(table, column)) return ` (${column})`;
  const value = valueText(values[column]);
  return ` (${column}: ${value.length > MOST_VALUE ? `${value.slice(0, MOST_VALUE)}…` : value})`;
}

const text = (cell: unknown): string => (typeof cell === 'string' ? cell : '');
const texts = (cell: unknown): readonly string[] =>
  Array.isArray(cell) ? cell.filter((one): one is string => typeof one === 'string') : [];

/** A record as rejects hold it; empty where it is no object. */
export function recordOf(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // A line of a landing file, which is no object.
    return {};
  }
}
