// What is printed when a run is over: each table's rows through the layers, what failed, what is missing.
import {
  dateVerdicts,
  filesLeftAlone,
  findingResult,
  fit,
  formatCount,
  plural,
  printable,
  readReport,
  stateColour,
  tableLines,
  wrap,
  type DatedVerdict,
  type DateSummary,
  type Finding,
  type OpenWorkspace,
  type Report,
  type RunFinished,
  type RunResult,
  type Selection,
  type StepFinished,
  type TextCell,
  type TextStyle,
} from '../engine';
import { againLines, gapLines, overviewLines } from './dates';
import { fileLines, missingLines } from './files';
import { stepText } from './progress';

const MOST_FINDINGS = 5;
/** So many dates are shown table by table; of more, one line each. */
const MOST_DATES = 3;
const MOST_FAILURES = 20;
const MOST_DRIFT = 8;

/** A run that is over, and what it was asked for. */
export interface EndedRun {
  readonly workspace: OpenWorkspace;
  readonly selection: Selection;
  readonly result: RunResult;
  /** Its last event: with it, many dates are shown in a line each, and the gaps of a range. */
  readonly finished: RunFinished | undefined;
}

/** The lines of the closing summary. */
export async function summaryLines(ended: EndedRun, style: TextStyle): Promise<string[]> {
  const { workspace, selection, result, finished } = ended;
  const outcomes = finished?.by_date ?? [];
  const verdicts =
    outcomes.length > MOST_DATES
      ? []
      : await dateVerdicts(
          workspace,
          result.summaries.map(({ date }) => date),
        );
  const dates =
    outcomes.length > MOST_DATES
      ? overviewLines(outcomes, result, style)
      : result.summaries.flatMap((summary) =>
          dateLines(
            ended,
            summary,
            verdicts.find(({ date }) => date === summary.date),
            style,
          ),
        );
  const failed = result.steps.filter((step) => step.status === 'failed');
  const waiting = result.steps.filter(
    (step) => step.status === 'skipped' && step.reason?.includes('failed') === true,
  );
  return [
    ...dates,
    ...(failed.length === 0
      ? []
      : [
          style.colours.bold('Failed'),
          ...failed.slice(0, MOST_FAILURES).flatMap((step) => failureLines(step, style)),
          ...(failed.length > MOST_FAILURES
            ? [style.colours.dim(`  and ${plural(failed.length - MOST_FAILURES, 'more failure')}`)]
            : []),
        ]),
    ...rejectedFileLines(result, style),
    ...(waiting.length === 0
      ? []
      : [`  ${plural(waiting.length, 'step')} skipped because they needed these.`]),
    ...(failed.length + waiting.length === 0 ? [] : ['']),
    ...gapLines(finished?.gaps ?? [], style),
    ...againLines(outcomes, selection, style),
    verdict(result, style),
  ];
}

/** Is this slot among what was asked for? */
function meant(slot: { readonly brand: string; readonly table: string }, selection: Selection): boolean {
  const among = (names: readonly string[] = [], name: string): boolean =>
    names.length === 0 || names.includes(name);
  return among(selection.tables, slot.table) && among(selection.brands, slot.brand);
}

function verdict(result: RunResult, style: TextStyle): string {
  const done = result.steps.filter((step) => step.status === 'done').length;
  const idle = result.steps.filter((step) => step.status === 'skipped').length;
  const counts = `${plural(done, 'step')} done, ${formatCount(idle)} skipped`;
  switch (result.status) {
    case 'ok':
      if (result.steps.length === 0)
        return 'Nothing found to do: no file in landing matches, and nothing is unfinished.';
      return done === 0
        ? `Nothing to do: ${plural(idle, 'step')} up to date.`
        : `${style.colours.good('Done')}: ${counts}.`;
    case 'failed':
      return `${style.colours.bad('Failed')}: ${[counts, ...failureCounts(result)].join(', ')}.`;
    case 'cancelled':
      return `${style.colours.warn('Cancelled')}: ${counts}. Run again to continue.`;
  }
}

function failureCounts({ steps, rejectedFiles }: RunResult): readonly string[] {
  const failed = steps.filter((s) => s.status === 'failed').length;
  return [
    ...(failed > 0 || rejectedFiles.length === 0 ? [plural(failed, 'failure')] : []),
    ...(rejectedFiles.length > 0 ? [plural(rejectedFiles.length, 'file rejected', 'files rejected')] : []),
  ];
}

/** Files that were rejected whole and not replaced: which, why, and what to do. */
export function rejectedFileLines(
  { rejectedFiles }: Pick<RunResult, 'rejectedFiles'>,
  style: TextStyle,
): string[] {
  if (rejectedFiles.length === 0) return [];
  const more = rejectedFiles.length - MOST_FAILURES;
  return [
    style.colours.bold('Rejected files'),
    ...rejectedFiles
      .slice(0, MOST_FAILURES)
      .flatMap(({ date, brand, table, error }) => [
        `  ${style.colours.bad(printable([date, brand, table].join(' ')))}`,
        ...wrap(printable(error.message), style.width - 4).map((line) => `    ${line}`),
        ...wrap(printable(error.remedy), style.width - 4).map((line) => `    ${style.colours.dim(line)}`),
      ]),
    ...(more > 0 ? [style.colours.dim(`  and ${plural(more, 'more file')}`)] : []),
    '',
  ];
}

function dateLines(
  { workspace, selection, result }: EndedRun,
  summary: DateSummary,
  verdict: DatedVerdict | undefined,
  style: TextStyle,
): string[] {
  const { colours } = style;
  const reports = new Map(
    summary.tables.map(({ table }) => [table, readReport(workspace, summary.date, table)] as const),
  );
  const missing = summary.arrivals.filter(
    (arrival) => arrival.status === 'missing' && meant(arrival, selection),
  );
  const folder = workspace.relative(workspace.lake.summaryFile(summary.date)).replace(/(?<![^/])[^/]*$/, '');
  return [
    verdict === undefined
      ? colours.bold(summary.date)
      : `${colours.bold(summary.date)}  ${stateColour(verdict.status, colours)(verdict.status.toUpperCase())}`,
    ...(verdict === undefined ? [] : wrap(verdict.text, style.width - 2).map((line) => `  ${line}`)),
    ...tableOf(summary, reports, style),
    '',
    ...driftLines(summary, style),
    ...findingLines(summary, reports, style),
    ...missingLines(missing, style, 2),
    ...fileLines(filesLeftAlone(summary.files, result.rejectedFiles), style, 2),
    `  Reports: ${printable(folder)}  (m7 report --date ${summary.date})`,
    '',
  ];
}

type Rows = readonly (readonly TextCell[])[];

/** All layers where they fit; on a narrow terminal raw and silver stand back. */
function tableOf(
  summary: DateSummary,
  reports: ReadonlyMap<string, Report | undefined>,
  style: TextStyle,
): string[] {
  const layers = [
    'landing',
    'raw',
    'silver',
    'gold',
    'accepted',
    'loaded',
    'rejected',
    'duplicates',
  ] as const;
  const short: Readonly<Record<string, string>> = { rejected: 'REJECT', duplicates: 'DUP' };
  const all = summary.tables.map((one) => {
    const report = reports.get(one.table);
    const { status } = one;
    const count = (layer: (typeof layers)[number]): string => {
      const rows = report?.rows[layer] ?? null;
      return rows === null ? '-' : formatCount(rows);
    };
    return { one, status, count } as const;
  });
  const build = (shown: readonly (typeof layers)[number][]): { text: string[]; fits: boolean } => {
    const rows: Rows = all.map(({ one, status, count }) => [
      one.table,
      ...shown.map(count),
      { text: status, colour: stateColour(status, style.colours) },
    ]);
    const text = tableLines(
      {
        indent: 2,
        columns: [
          { title: 'TABLE', shrinks: 'cut' },
          ...shown.map((layer) => ({ title: short[layer] ?? layer.toUpperCase(), align: 'right' as const })),
          { title: 'STATUS' },
        ],
        rows,
      },
      style,
    );
    return { text, fits: !text.some((line) => line.includes('…')) };
  };
  const wide = build(layers);
  return wide.fits ? wide.text : build(layers.filter((layer) => layer !== 'raw' && layer !== 'silver')).text;
}

function findingLines(
  summary: DateSummary,
  reports: ReadonlyMap<string, Report | undefined>,
  style: TextStyle,
): string[] {
  const bad: readonly Finding['status'][] = ['error', 'failed', 'warned'];
  const lines = summary.tables.flatMap(({ table }) => {
    const report = reports.get(table);
    const all = (report?.findings ?? []).filter(
      (finding) => bad.includes(finding.status) && finding.rule !== 'drift',
    );
    const found = all
      .filter((finding) => !isSmallLoss(finding))
      .sort((a, b) => bad.indexOf(a.status) - bad.indexOf(b.status));
    const shown = found.slice(0, MOST_FINDINGS).map((finding) => {
      const text = fit(
        `${printable(table)}  ${printable(finding.id)}  ${printable(finding.message ?? findingResult(finding))}`,
        style.width - 12,
      );
      return `    ${stateColour(finding.status, style.colours)(finding.status.padEnd(6))}  ${text}`;
    });
    const more = found.length - shown.length;
    const rest = [...(more > 0 ? [`and ${more} more`] : []), ...smallLosses(all.filter(isSmallLoss))];
    const restLine = (text: string): string => fit(`${printable(table)}  ${text}`, style.width - 12);
    return [...shown, ...rest.map((text) => style.colours.dim(`            ${restLine(text)}`))];
  });
  return lines.length === 0 ? [] : [`  ${style.colours.bold('Findings')}`, ...lines, ''];
}

/** Rejected rows and values that did not convert, within their limits: there is one of these by brand and column. */
function isSmallLoss({ rule, status, failing }: Finding): boolean {
  return status === 'warned' && failing > 0 && (rule === 'rejected' || rule === 'conversion');
}

/** One line for all of a table: the report has them one by one. */
function smallLosses(findings: readonly Finding[]): readonly string[] {
  const sum = (rule: string): number =>
    findings.filter((one) => one.rule === rule).reduce((total, one) => total + one.failing, 0);
  const [rows, values] = [sum('rejected'), sum('conversion')];
  const parts = [
    ...(rows > 0 ? [`${plural(rows, 'row')} rejected`] : []),
    ...(values > 0 ? [`${plural(values, 'value')} not converted`] : []),
  ];
  return parts.length === 0 ? [] : [`${parts.join(', ')}, within limits`];
}

/** What of the files is neither as the config nor as the files before: ahead of what the rules say. */
function driftLines({ tables }: DateSummary, style: TextStyle): string[] {
  const found = tables.flatMap(({ table, drift = [] }) => drift.map((text) => ({ table, text })));
  if (found.length === 0) return [];
  const shown = found
    .slice(0, MOST_DRIFT)
    .flatMap(({ table, text }) =>
      wrap(printable(`${table}  ${text}`), style.width - 4).map((line) => `    ${line}`),
    );
  const more = found.length - MOST_DRIFT;
  return [
    `  ${style.colours.bold('Drift')}  ${plural(found.length, 'difference')} to look at  (m7 drift)`,
    ...shown.map(style.colours.warn),
    ...(more > 0 ? [style.colours.dim(`    and ${more} more`)] : []),
    '',
  ];
}

/** A failed step: which, why, and what to do. */
export function failureLines(step: StepFinished, style: TextStyle): string[] {
  const { error } = step;
  const place =
    error?.file === undefined
      ? ''
      : ` ${printable(error.file)}${error.line === undefined ? '' : `:${error.line}`}`;
  return [
    `  ${style.colours.bad(stepText(step))}  ${style.colours.dim(`${error?.code ?? ''}${place}`)}`,
    ...wrap(printable(error?.message ?? step.reason ?? ''), style.width - 4).map((line) => `    ${line}`),
    ...wrap(printable(error?.remedy ?? ''), style.width - 4).map((line) => `    ${style.colours.dim(line)}`),
  ];
}
