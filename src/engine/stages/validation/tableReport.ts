// The validation report of one table and date, put together from manifests and findings: no I/O.
import { type Edge, type Finding, PipelineError, type Report } from '../../model';
import type { Manifest } from '../../lake';
import type { LoadInput } from '../stage';

/** What the report is made of besides the manifests. */
export interface ReportParts {
  readonly runId: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly configSha: string;
  readonly status: Report['status'];
  /** About the input: they stand first. */
  readonly input?: readonly Finding[];
  /** Of the rules: they stand behind the technical checks. */
  readonly findings: readonly Finding[];
  /** Rows of gold that stay out of the warehouse. */
  readonly rejected: number;
  readonly profile: Report['profile'];
}

/**
 * The report, with the conservation check of every edge up to the accepted rows; `loaded` is null.
 * @throws PipelineError CONSERVATION when records were lost or won anywhere on the way.
 */
export function buildReport(input: LoadInput, parts: ReportParts): Report {
  const gold = input.gold.output.rows;
  const accepted = edge('gold', 'accepted', {
    in: gold,
    out: gold - parts.rejected,
    rejected: parts.rejected,
  });
  const edges = [
    ...[...input.raw, ...input.silver, input.gold].flatMap((m) => m.edges).map(rebalanced),
    accepted,
  ];
  checkConservation(input, edges);
  const sum = (pick: (edge: Edge) => number): number => edges.reduce((total, e) => total + pick(e), 0);
  return {
    table: input.table,
    date: input.date,
    run_id: parts.runId,
    status: parts.status,
    rows: {
      landing: sum((e) => (e.from === 'landing' ? e.in - others(e) : 0)),
      raw: rowsOf(input.raw),
      silver: rowsOf(input.silver),
      gold,
      accepted: accepted.out,
      rejected: sum((e) => e.rejected),
      duplicates: sum((e) => e.duplicates),
      loaded: null,
    },
    edges,
    files: input.raw.flatMap(readFile),
    findings: [...(parts.input ?? []), ...(input.gold.findings ?? []), ...parts.findings],
    conversions: input.silver.flatMap((m) => m.conversions ?? []),
    profile: parts.profile,
    started_at: parts.startedAt,
    finished_at: parts.finishedAt,
    config_sha: parts.configSha,
  };
}

/** How a file was read, by the manifest of its part. */
function readFile({ source, brand = '', edges }: Manifest): NonNullable<Report['files']> {
  if (source === undefined) return [];
  const { file, format } = source;
  return [
    {
      ...{ brand, file, encoding: format.encoding, confidence: format.confidence.encoding },
      ...{ delimiter: format.delimiter, header: format.header },
      records: edges.reduce((sum, e) => sum + e.in, 0),
      rejected: edges.reduce((sum, e) => sum + e.rejected, 0),
    },
  ];
}

/** The same report after its load; another load's edge is replaced. */
export function withLoaded(report: Report, loaded: number, runId: string, finishedAt: string): Report {
  return {
    ...report,
    run_id: runId,
    rows: { ...report.rows, loaded },
    edges: [
      ...report.edges.filter((e) => e.to !== 'loaded'),
      edge('accepted', 'loaded', { in: report.rows.accepted, out: loaded, rejected: 0 }),
    ],
    finished_at: finishedAt,
  };
}

function edge(from: Edge['from'], to: Edge['to'], rows: Pick<Edge, 'in' | 'out' | 'rejected'>): Edge {
  return { from, to, ...rows, duplicates: 0, balanced: rows.in === rows.out + rows.rejected };
}

/** An edge judged by its own numbers, whatever it said. */
function rebalanced(e: Edge): Edge {
  return { ...e, balanced: e.in === e.out + e.rejected + e.duplicates + others(e) };
}

const others = (e: Edge): number => Object.values(e.other ?? {}).reduce((a, b) => a + b, 0);
const rowsOf = (manifests: readonly Manifest[]): number =>
  manifests.reduce((total, m) => total + m.output.rows, 0);

/** Every edge balances, and what leaves one edge enters the next. */
function checkConservation(input: LoadInput, edges: readonly Edge[]): void {
  const fail = (what: string): never => {
    throw new PipelineError(
      'CONSERVATION',
      `Records of ${input.table}, ${input.date}, do not add up: ${what}.`,
      'Run again with --force. If the error persists, report it with the log of the run.',
    );
  };
  for (const e of edges)
    if (!e.balanced)
      fail(
        `${e.from} to ${e.to}${e.brand === undefined ? '' : ` of ${e.brand}`}: ${e.in} in, ${e.out} out, ${e.rejected} rejected, ${e.duplicates} duplicates, ${others(e)} others`,
      );
  const flow = (from: Edge['from'], pick: (e: Edge) => number, to?: Edge['to']): number =>
    edges
      .filter((e) => e.from === from && (to === undefined || e.to === to))
      .reduce((total, e) => total + pick(e), 0);
  // Manifests of a layer that maintenance has cleared away may be missing: then there is nothing to compare.
  if (input.raw.length > 0 && input.silver.length > 0) {
    const raw = rowsOf(input.raw);
    const entered = flow('raw', (e) => e.in);
    if (raw !== entered) fail(`raw holds ${raw} records, ${entered} entered silver`);
  }
  if (input.silver.length > 0) {
    const silver = rowsOf(input.silver);
    const entered = flow('silver', (e) => e.in);
    if (silver !== entered) fail(`silver holds ${silver} rows, ${entered} entered gold`);
  }
  const made = flow('silver', (e) => e.out, 'gold');
  if (input.gold.edges.length > 0 && made !== input.gold.output.rows)
    fail(`${made} rows went to gold, which holds ${input.gold.output.rows}`);
}
