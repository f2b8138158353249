// m7 replay: rejects of a stage tried again after a correction, with what became of them by reason.
import { resolve } from 'node:path';
import {
  applyCorrections,
  codeWords,
  exportRejects,
  formatCount,
  isCancelled,
  plural,
  shellWord,
  printable,
  replay,
  STAGES,
  tableLines,
  wrap,
  type CorrectionResult,
  type ExportResult,
  type OpenWorkspace,
  type ReplayFile,
  type ReplayReason,
  type ReplayResult,
  type RunEvent,
  type RunStatus,
  type Stage,
  defined,
} from '../../engine';
import { openProgress } from '../progress';
import { openHere, selectionOf } from '../selection';
import { note, type ExitCode, type Session } from '../session';
import { UsageError } from '../usage';
import { resolveNames } from '../values';

export interface ReplayCommandOptions {
  readonly date: string;
  readonly stage: string;
  readonly table?: readonly string[];
  readonly brand?: readonly string[];
  readonly where?: string;
  readonly export?: string;
  readonly fix?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly mock?: boolean;
}

const MOST_REASONS = 30;
const MOST_FILES = 20;

export async function replayRejects(session: Session, options: ReplayCommandOptions): Promise<ExitCode> {
  const stage = stageNamed(options.stage);
  const workspace = await openHere(session, options.mock === true);
  const { tables = [], brands = [] } = selectionOf(workspace, {
    date: options.date,
    ...defined({ table: options.table, brand: options.brand }),
  });
  const meant = {
    date: options.date,
    stage,
    tables,
    brands,
    ...defined({ where: options.where }),
    signal: session.signal,
  };
  if (options.export !== undefined)
    return exportThem(
      session,
      workspace,
      await exportRejects(workspace, meant, resolve(options.export)),
      meant,
    );
  if (options.fix !== undefined)
    return correct(session, await drain(session, applyCorrections(workspace, meant, resolve(options.fix))));
  const result = await drain(
    session,
    replay(workspace, { ...meant, dryRun: options.dryRun === true, force: options.force === true }),
  );
  if (session.json) await session.out.line(JSON.stringify({ event: 'replay_finished', ...result }));
  else await session.out.write(`${resultLines(result, session).join('\n')}\n`);
  if (result.dry_run) note(session, 'Nothing was changed: --dry-run.');
  return exitOf(result.run?.status);
}

function exitOf(status: RunStatus | undefined): ExitCode {
  switch (status) {
    case 'cancelled':
      return 130;
    case 'failed':
      return 1;
    case 'ok':
    case undefined:
      return 0;
  }
}

async function exportThem(
  session: Session,
  workspace: OpenWorkspace,
  result: ExportResult,
  meant: { readonly date: string; readonly stage: Stage },
): Promise<ExitCode> {
  if (session.json) {
    await session.out.line(JSON.stringify({ event: 'export_finished', ...result }));
    return 0;
  }
  const before =
    result.handed_in_before === 0
      ? ''
      : ` ${plural(result.handed_in_before, 'record')} left out: corrected and submitted before.`;
  await session.out.write(
    result.table === null
      ? 'Nothing to export: no reject of this stage is like this.\n'
      : `${plural(result.rows, 'record')} of ${printable(result.table)} written to ${printable(result.path)}.${before}\n`,
  );
  const sensitive = workspace.config.tables
    .find((table) => table.name === result.table)
    ?.columns.some((column) => column.sensitive);
  if (sensitive === true)
    note(session, 'It holds sensitive columns as they came: keep it where the data may be.');
  if (result.formulas > 0)
    note(
      session,
      `${plural(result.formulas, 'cell')} ${result.formulas === 1 ? 'begins like a formula and is as it' : 'begin like formulas and are as they'} came: open the file as text (Data > From Text/CSV, all columns as text), or the spreadsheet computes them.`,
    );
  if (result.rows > 0)
    note(
      session,
      `Correct the values, leave the columns m7_… as they are, then: m7 replay --date ${meant.date} --stage ${meant.stage} --fix ${shellWord(result.path)}`,
    );
  return 0;
}

async function correct(session: Session, result: CorrectionResult): Promise<ExitCode> {
  const { files, given, unchanged, handed_in_before, run } = result;
  if (session.json) {
    await session.out.line(JSON.stringify({ event: 'correction_finished', ...result }));
    return exitOf(run?.status);
  }
  const handed = files.reduce((sum, file) => sum + file.rows, 0);
  const lines = [
    `${plural(given, 'record')} given, ${formatCount(handed)} submitted, ${formatCount(unchanged)} unchanged, ${formatCount(handed_in_before)} submitted before.`,
    ...(files.length === 0
      ? []
      : tableLines(
          {
            indent: 2,
            columns: [
              { title: 'FILE', shrinks: 'cut' },
              { title: 'RECORDS', align: 'right' },
              { title: 'REJECTED AGAIN', align: 'right' },
              { title: 'NOW' },
            ],
            rows: files.map((file) => [
              file.path,
              formatCount(file.rows),
              formatCount(file.rejected),
              file.outcome === 'taken_in'
                ? 'taken in'
                : file.outcome === 'rejected'
                  ? 'rejected file'
                  : 'in landing',
            ]),
          },
          session.out.style,
        )),
    run === undefined ? 'Nothing was run: there is nothing new in it.' : `Run ${run.run_id} ${run.status}.`,
  ];
  await session.out.write(`${lines.join('\n')}\n`);
  return exitOf(run?.status);
}

function stageNamed(typed: string): Stage {
  const [name] = resolveNames(
    'stage',
    [typed],
    STAGES.map((stage) => ({ name: stage })),
  );
  const stage = STAGES.find((one) => one === name);
  if (stage === undefined) throw new UsageError('No stage is given.', `Known: ${STAGES.join(', ')}.`);
  return stage;
}

async function drain<R>(session: Session, events: AsyncGenerator<RunEvent, R>): Promise<R> {
  const progress = openProgress(session);
  try {
    for (;;) {
      const next = await events.next();
      if (next.done === true) return next.value;
      if (session.json) await session.out.line(JSON.stringify(next.value));
      progress.show(next.value);
    }
  } catch (error) {
    if (isCancelled(error)) note(session, 'Files that are in landing by now stay there: any run takes them.');
    throw error;
  } finally {
    progress.close();
    await events.return(undefined as never);
  }
}

function resultLines(result: ReplayResult, session: Session): string[] {
  const { style } = session.out;
  const { reasons, files, rows, steps, run } = result;
  const title = `${style.colours.bold(`${result.date} ${result.stage}`)}  ${plural(rows.before, 'row')} rejected${files.length === 0 ? '' : `, ${plural(files.length, 'file')}`}`;
  if (reasons.length === 0 && files.length === 0)
    return [title, 'Nothing to replay: no reject of this stage is like this.'];
  const blocks = [
    ...(reasons.length === 0 ? [] : [reasonLines(reasons, session)]),
    ...(files.length === 0 ? [] : [fileLines(files, session)]),
  ].flatMap((block) => ['', ...block]);
  return [
    title,
    ...blocks,
    '',
    ...wrap(verdict(result), style.width),
    ...(run === undefined && steps.length > 0 ? stepLines(steps) : []),
  ];
}

function verdict({ rows, run, steps, dry_run, files, date, stage }: ReplayResult): string {
  if (dry_run) {
    const returning = files.filter((file) => file.outcome === 'would_put_back').length;
    if (returning > 0) return `${plural(returning, 'file')} would go back into landing and be read again.`;
    return steps.length === 0 ? unchanged : `${plural(steps.length, 'step')} would run:`;
  }
  if (run === undefined) return unchanged;
  const counted =
    rows.before === 0
      ? ''
      : ` ${plural(rows.passed ?? 0, 'row')} of ${formatCount(rows.before)} pass ${stage} now, ${formatCount(rows.still ?? 0)} are still rejected.`;
  const taken = files.filter((file) => file.outcome === 'taken_in').length;
  const filed =
    files.length === 0 ? '' : ` ${plural(taken, 'file')} of ${formatCount(files.length)} taken in.`;
  return `Run ${run.run_id} ${run.status}.${counted}${filed}${run.status === 'failed' ? ` See m7 status --date ${date}.` : ''}`;
}

const unchanged =
  'Nothing was run: what these rejects depend on has not changed since. Correct the rule, the schema or the names first, then replay.';

function reasonLines(reasons: readonly ReplayReason[], session: Session): string[] {
  const count = (rows: number | null): string => (rows === null ? '-' : formatCount(rows));
  const more = reasons.length - MOST_REASONS;
  // Without a run there is nothing to tell but what there is.
  const ran = reasons.some((one) => one.still !== null);
  return [
    ...tableLines(
      {
        indent: 2,
        columns: [
          { title: 'TABLE', shrinks: 'cut' },
          { title: 'BRAND', shrinks: 'cut' },
          { title: 'REASON', shrinks: 'cut' },
          { title: ran ? 'BEFORE' : 'ROWS', align: 'right' },
          ...(ran
            ? (['PASS NOW', 'REJECTED LATER', 'STILL OUT'] as const).map((name) => ({
                title: name,
                align: 'right' as const,
              }))
            : []),
        ],
        rows: reasons
          .slice(0, MOST_REASONS)
          .map((one) => [
            one.table,
            one.brand,
            one.kind === 'rule'
              ? one.what
              : `${codeWords(one.what)}${one.columns.length === 0 ? '' : ` (${one.columns.join(', ')})`}`,
            formatCount(one.before),
            ...(ran ? [one.passed, one.rejected_later, one.still].map(count) : []),
          ]),
      },
      session.out.style,
    ),
    ...(more > 0
      ? [session.out.style.colours.dim(`  and ${plural(more, 'more reason')} (--json lists all)`)]
      : []),
  ];
}

const OUTCOMES: Readonly<Record<ReplayFile['outcome'], string>> = {
  put_back: 'in landing',
  taken_in: 'taken in',
  rejected: 'rejected again',
  left: 'left',
  would_put_back: 'would go to landing',
};

function fileLines(files: readonly ReplayFile[], session: Session): string[] {
  const more = files.length - MOST_FILES;
  return [
    ...tableLines(
      {
        indent: 2,
        columns: [
          { title: 'FILE', shrinks: 'cut' },
          { title: 'REJECTED AS', shrinks: 'cut' },
          { title: 'NOW' },
          { title: 'BECAUSE', shrinks: 'wrap' },
        ],
        rows: files
          .slice(0, MOST_FILES)
          .map((file) => [
            file.file,
            `${file.code}: ${file.reason}`,
            OUTCOMES[file.outcome],
            file.because ?? '',
          ]),
      },
      session.out.style,
    ),
    ...(more > 0
      ? [session.out.style.colours.dim(`  and ${plural(more, 'more file')} (--json lists all)`)]
      : []),
  ];
}

const stepLines = (steps: ReplayResult['steps']): string[] =>
  steps.map((step) =>
    printable(
      `  ${[step.stage, step.date, step.brand, step.table].filter((part) => part !== undefined).join(' ')}: ${step.reason}`,
    ),
  );
