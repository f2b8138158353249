// What the page shows, worked out of the document: order, filter, flow and matrix as plain data. No DOM in here.
import type {
  CaseFailure,
  Conversion,
  DateDocument,
  DebugSubject,
  Edge,
  Finding,
  FindingStatus,
  RejectCount,
  RejectsFile,
  Report,
  Severity,
} from '../../shared/reportApi';
import { type ArrivalVerdict, compareUrgency } from '../../shared/words';

// ---- findings ------------------------------------------------------------------------------------

export interface TableFinding {
  /** Unique in a document, and the same the next time it is read. */
  readonly key: string;
  readonly table: string;
  readonly finding: Finding;
}

/** All findings of the date, worst first; equal ones in the order of the tables and of the rules file. */
export function findingsOf(document: DateDocument): readonly TableFinding[] {
  return document.reports
    .flatMap(({ table, findings }) => {
      const seen = new Map<string, number>();
      return findings.map((finding): TableFinding => {
        const count = (seen.get(finding.id) ?? 0) + 1;
        seen.set(finding.id, count);
        return { key: JSON.stringify(['finding', table, finding.id, count]), table, finding };
      });
    })
    .sort((a, b) => compareUrgency(a.finding, b.finding));
}

/** Empty strings: any. */
export interface Filter {
  readonly text: string;
  readonly status: FindingStatus | '';
  readonly severity: Severity | '';
  readonly table: string;
}

export const NO_FILTER: Filter = { text: '', status: '', severity: '', table: '' };

export function isFiltering(filter: Filter): boolean {
  return filter.text.trim() !== '' || filter.status !== '' || filter.severity !== '' || filter.table !== '';
}

/** Every word must occur in what is said of the finding, without case. */
export function passes({ table, finding }: TableFinding, filter: Filter): boolean {
  if (filter.status !== '' && finding.status !== filter.status) return false;
  if (filter.severity !== '' && finding.severity !== filter.severity) return false;
  if (filter.table !== '' && table !== filter.table) return false;
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const text = [
    table,
    finding.id,
    finding.rule,
    ...finding.columns,
    finding.status,
    finding.severity,
    finding.description ?? '',
    finding.message ?? '',
  ]
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The file in which the rows of a finding lie: each kind of finding is made in a stage of its own. */
export function rejectsOf(
  files: readonly RejectsFile[],
  { table, finding }: TableFinding,
): RejectsFile | undefined {
  const own = files.filter((file) => file.table === table);
  if (!isAboutInput(finding)) {
    const stage = isTechnical(finding) ? 'silver-to-gold' : 'gold-to-snowflake';
    return own.find((file) => file.stage === stage);
  }
  const stage = finding.id.startsWith('rejected.raw.') ? 'landing-to-raw' : 'raw-to-silver';
  return own.find((file) => file.stage === stage && finding.id.endsWith(`.${file.brand ?? ''}`));
}

/** Drift, open readings, rejected rows and values that did not convert: no rule, and nothing of gold, is at fault. */
export function isAboutInput({ rule, config_line }: Pick<Finding, 'rule' | 'config_line'>): boolean {
  return config_line === 0 && ['drift', 'format', 'rejected', 'conversion'].includes(rule);
}

/** Checks that come with the schema of a table, not with a rule. */
export function isTechnical(finding: Pick<Finding, 'rule'>): boolean {
  return finding.rule.startsWith('technical.');
}

/** Is there something to look into: a verdict, or failing rows within their limit? */
export function isFailure({ status, failing }: Pick<Finding, 'status' | 'failing'>): boolean {
  return failing > 0 || (status !== 'passed' && status !== 'skipped');
}

/** What a debug session and a test case of a failure are about. */
export interface Subjects {
  readonly debug: DebugSubject;
  readonly test: { readonly table: string; readonly failure: CaseFailure };
}

/**
 * A rule is stopped at; a technical check stands in no file, so the step that makes it is. Undefined: there is no rule
 * or column to stop at, and the rejects have cases of their own.
 */
export function findingSubjects({
  table,
  finding,
}: Pick<TableFinding, 'table' | 'finding'>): Subjects | undefined {
  const [column] = finding.columns;
  if (isAboutInput(finding))
    return finding.rule !== 'conversion' || column === undefined
      ? undefined
      : {
          debug: { table, stage: 'raw-to-silver', column },
          test: { table, failure: { kind: 'conversion', column } },
        };
  return {
    debug: isTechnical(finding) ? { table, stage: 'silver-to-gold' } : { table, rule: finding.id },
    test: { table, failure: { kind: 'rule', id: finding.id } },
  };
}

/** A reason leads to its rule, to its column where that is converted, else to its stage. */
export function reasonSubjects(
  table: string,
  { stage, kind, what, columns }: Pick<RejectCount, 'stage' | 'kind' | 'what' | 'columns'>,
): Subjects {
  const [column] = columns;
  const about = column === undefined ? {} : { column };
  switch (kind) {
    case 'rule':
      return {
        debug: { table, rule: what },
        test: { table, failure: { kind: 'rule', id: what } },
      };
    case 'code':
      return {
        debug: { table, stage, ...(stage === 'raw-to-silver' ? about : {}) },
        test: { table, failure: { kind: 'reject', code: what, ...about } },
      };
    default:
      return kind satisfies never;
  }
}

/** What a conversion is as a failure: where it kept its rows out, they lie among the rejects. */
export function conversionFailure({
  column,
  on_error,
}: Pick<Conversion, 'column' | 'on_error'>): CaseFailure {
  return on_error === 'reject'
    ? { kind: 'reject', code: 'CONVERSION_FAILED', column }
    : { kind: 'conversion', column };
}

/** The table whose expected file this is; undefined for a file nobody expected. */
export function tableOfFile(document: DateDocument, path: string): string | undefined {
  return document.summary?.arrivals.find(({ files }) => files.includes(path))?.table;
}

// ---- flow ----------------------------------------------------------------------------------------

/** One step of the rows of a table, all brands and parts together. */
export interface FlowLink {
  readonly from: Edge['from'];
  readonly to: Edge['to'];
  readonly rejected: number;
  readonly duplicates: number;
  /** Lines that are no records. */
  readonly other: number;
  /** Does every edge of it add up? null: there is none, the rows did not go that way. */
  readonly balanced: boolean | null;
}

const WAY = ['landing', 'raw', 'silver', 'gold', 'accepted', 'loaded'] as const;

/** The links between the stations of rowFlow, in order. */
export function flowLinks(report: Report): readonly FlowLink[] {
  return WAY.slice(1).map((to, i) => {
    const from = WAY[i] ?? 'landing';
    const edges = report.edges.filter((edge) => edge.from === from && edge.to === to);
    const sum = (of: (edge: Edge) => number): number => edges.reduce((total, edge) => total + of(edge), 0);
    return {
      from,
      to,
      rejected: sum((edge) => edge.rejected),
      duplicates: sum((edge) => edge.duplicates),
      other: sum((edge) => Object.values(edge.other ?? {}).reduce((a, b) => a + b, 0)),
      balanced: edges.length === 0 ? null : edges.every((edge) => edge.balanced),
    };
  });
}

// ---- arrivals ------------------------------------------------------------------------------------

export type Arrival = ArrivalVerdict;

export interface ArrivalMatrix {
  readonly brands: readonly string[];
  readonly rows: readonly { readonly table: string; readonly cells: readonly (Arrival | undefined)[] }[];
}

/** Tables by brands, in the order of the summary. */
export function arrivalMatrix(arrivals: readonly Arrival[]): ArrivalMatrix {
  const brands = [...new Set(arrivals.map((a) => a.brand))];
  const byPlace = new Map(arrivals.map((a) => [JSON.stringify([a.table, a.brand]), a]));
  return {
    brands,
    rows: [...new Set(arrivals.map((a) => a.table))].map((table) => ({
      table,
      cells: brands.map((brand) => byPlace.get(JSON.stringify([table, brand]))),
    })),
  };
}

/** Has the date been run at all? */
export function isEmpty(document: DateDocument): boolean {
  return (
    document.summary === undefined &&
    document.reports.length === 0 &&
    document.broken.length === 0 &&
    document.failures.length === 0
  );
}
