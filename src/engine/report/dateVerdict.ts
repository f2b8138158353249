// How a date stands: one verdict and one set of counts, which every surface shows. No import of the engine: pages use it.
import type { DateSummary, Report, RunStatus, StepFailure } from '../model';
import { formatCount, plural } from './words';

/** Worst first. "unfinished": its last run did not come to its end, or some of its tables were not validated. */
export type DateStanding = 'failed' | 'unfinished' | 'not validated' | 'warned' | 'passed';

/** Worst first. "missing": none of its expected files came, and nothing of it is there. */
export type TableStanding = 'failed' | 'not validated' | 'missing' | 'warned' | 'passed';

/** What is known of a date, from wherever it is known: its document, a run that ends, a status. */
export interface DateFacts {
  readonly reports: readonly Pick<Report, 'table' | 'status' | 'rows'>[];
  /** What failed and is still open: steps, and files that were rejected whole. */
  readonly failures: readonly Pick<StepFailure, 'table' | 'brand' | 'rejected_file'>[];
  /** Reports that cannot be read; without a table the summary. */
  readonly broken: readonly { readonly table?: string }[];
  /** Absent where the date was never run. */
  readonly summary?:
    | {
        readonly arrivals: DateSummary['arrivals'];
        /** Tables of which there is something. */
        readonly tables: readonly { readonly table: string }[];
      }
    | undefined;
  /** The last run that took the date. */
  readonly run?: { readonly status: RunStatus | 'running' | 'interrupted' } | undefined;
}

export interface TableVerdict {
  readonly table: string;
  readonly status: TableStanding;
  /** Rows of its report; without one, records received as raw has them, and nothing further. */
  readonly rows: Report['rows'];
  /** Files that were rejected whole and not replaced. */
  readonly rejected_files: number;
  /** Expected files that were not received. */
  readonly missing_files: number;
}

/** What came of an expected file. "incomplete": rows of it are there, and a file of it was rejected whole. */
export interface ArrivalVerdict extends Omit<DateSummary['arrivals'][number], 'status'> {
  readonly status: DateSummary['arrivals'][number]['status'] | 'incomplete';
}

export interface DateVerdict {
  readonly status: DateStanding;
  /** In a sentence: "2 of 7 tables failed, 3 have warnings." */
  readonly text: string;
  /** Every table that is expected, or of which there is something to tell, in the order of the config. */
  readonly tables: readonly TableVerdict[];
  /** How many tables stand so; together `tables`. */
  readonly counts: Readonly<Record<TableStanding, number>>;
  /** One for each expected table and brand. */
  readonly arrivals: readonly ArrivalVerdict[];
  /** Rejected counts files; the others count `arrivals`: complete ones arrived, and nothing of them was rejected. */
  readonly files: {
    readonly expected: number;
    readonly complete: number;
    readonly missing: number;
    readonly rejected: number;
  };
  /** Rows of all tables. */
  readonly rows: Report['rows'];
}

/** Judges a date. The one place where a date's state and counts come from. */
export function dateVerdict(facts: DateFacts): DateVerdict {
  const tables = namesOf(facts).map((table) => tableVerdict(facts, table));
  const of = (status: TableStanding): number => tables.filter((one) => one.status === status).length;
  const arrivals = (facts.summary?.arrivals ?? []).map((arrival) => arrivalVerdict(facts, arrival));
  const slots = (status: ArrivalVerdict['status']): number =>
    arrivals.filter((arrival) => arrival.status === status).length;
  const judged = {
    tables,
    counts: {
      failed: of('failed'),
      'not validated': of('not validated'),
      missing: of('missing'),
      warned: of('warned'),
      passed: of('passed'),
    },
    arrivals,
    files: {
      expected: arrivals.length,
      complete: slots('arrived'),
      missing: slots('missing'),
      rejected: facts.failures.filter((failure) => failure.rejected_file !== undefined).length,
    },
    rows: sumOf(tables),
  };
  return { status: standingOf(facts, judged), text: sentence(facts, judged), ...judged };
}

function arrivalVerdict({ failures }: DateFacts, arrival: DateSummary['arrivals'][number]): ArrivalVerdict {
  const isOpen = failures.some(
    ({ table, brand, rejected_file: file }) =>
      file !== undefined && table === arrival.table && brand === arrival.brand,
  );
  const { brand, table, status, files, rows } = arrival;
  return { brand, table, status: isOpen && status === 'arrived' ? 'incomplete' : status, files, rows };
}

type JudgedDate = Omit<DateVerdict, 'status' | 'text'>;

/** All tables, in the order of the summary (that of the config); others behind them by name. */
function namesOf({ reports, failures, broken, summary }: DateFacts): readonly string[] {
  const known = new Set([
    ...(summary?.arrivals ?? []).map(({ table }) => table),
    ...(summary?.tables ?? []).map(({ table }) => table),
  ]);
  const order = [...(summary?.tables ?? []).map(({ table }) => table), ...known];
  const others = [...reports, ...failures, ...broken].flatMap(({ table }) =>
    table === undefined || known.has(table) ? [] : [table],
  );
  return [...new Set([...order, ...others.sort()])];
}

function tableVerdict(facts: DateFacts, table: string): TableVerdict {
  const own = (one: { readonly table?: string }): boolean => one.table === table;
  const report = facts.reports.find(own);
  const failures = facts.failures.filter(own);
  const arrivals = (facts.summary?.arrivals ?? []).filter(own);
  const missing = arrivals.filter(({ status }) => status === 'missing').length;
  const there =
    facts.summary?.tables.some(own) === true || arrivals.some(({ status }) => status !== 'missing');
  const failed = failures.length > 0 || facts.broken.some(own) || report?.status === 'failed';
  return {
    table,
    status: failed ? 'failed' : (report?.status ?? (there ? 'not validated' : 'missing')),
    rows: report?.rows ?? receivedOf(arrivals),
    rejected_files: failures.filter((failure) => failure.rejected_file !== undefined).length,
    missing_files: missing,
  };
}

function receivedOf(arrivals: DateSummary['arrivals']): Report['rows'] {
  const received = arrivals.reduce((total, { rows }) => total + rows, 0);
  return {
    landing: received,
    raw: received,
    silver: 0,
    gold: 0,
    accepted: 0,
    rejected: 0,
    duplicates: 0,
    loaded: null,
  };
}

function sumOf(tables: readonly TableVerdict[]): Report['rows'] {
  const sum = (key: Exclude<keyof Report['rows'], 'loaded'>): number =>
    tables.reduce((total, { rows }) => total + rows[key], 0);
  const loaded = tables.flatMap(({ rows }) => (rows.loaded === null ? [] : [rows.loaded]));
  return {
    landing: sum('landing'),
    raw: sum('raw'),
    silver: sum('silver'),
    gold: sum('gold'),
    accepted: sum('accepted'),
    rejected: sum('rejected'),
    duplicates: sum('duplicates'),
    loaded: loaded.length === 0 ? null : loaded.reduce((a, b) => a + b, 0),
  };
}

/** Did the last run of the date not come to its end? A run that goes on now is not over. */
const endedEarly = ({ run }: DateFacts): boolean =>
  run?.status === 'interrupted' || run?.status === 'cancelled';

function standingOf(facts: DateFacts, { counts, files }: JudgedDate): DateStanding {
  if (counts.failed + facts.broken.length > 0) return 'failed';
  if (endedEarly(facts)) return 'unfinished';
  const validated = counts.warned + counts.passed;
  if (validated === 0) return 'not validated';
  if (counts['not validated'] > 0) return 'unfinished';
  return counts.warned + files.missing > 0 ? 'warned' : 'passed';
}

function sentence(facts: DateFacts, { tables, counts, files }: JudgedDate): string {
  const all = tables.length;
  // The first clause that counts tables says of how many.
  let said = false;
  const some = (n: number, one: string, many = one): string => {
    if (n === 0) return '';
    const of = said ? formatCount(n) : `${formatCount(n)} of ${plural(all, 'table')}`;
    said = true;
    return `${of} ${n === 1 ? one : many}`;
  };
  const judged = counts.failed + counts.warned + counts.passed;
  const passedClause = (): string => {
    if (counts.passed === all && all > 0)
      return all === 1 ? 'the only table passed' : `all ${formatCount(all)} tables passed`;
    return counts.failed + counts.warned > 0 ? '' : some(counts.passed, 'passed');
  };
  const clauses = [
    some(counts.failed, 'failed'),
    some(counts.warned, 'has warnings', 'have warnings'),
    passedClause(),
    judged === 0
      ? 'no table was validated'
      : some(counts['not validated'], 'was not validated', 'were not validated'),
    files.rejected > 0 ? `${plural(files.rejected, 'file was', 'files were')} rejected` : '',
    files.missing > 0 ? `${plural(files.missing, 'expected file is', 'expected files are')} missing` : '',
    facts.broken.length > 0 ? `${plural(facts.broken.length, 'report')} cannot be read` : '',
    endedEarly(facts) ? `the last run was ${facts.run?.status ?? ''}` : '',
  ].filter((clause) => clause !== '');
  const text = clauses.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
