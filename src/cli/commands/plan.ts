// m7 plan (and m7 run --dry-run): what would run and why.
import {
  plannedLoads,
  planRun,
  plural,
  printable,
  tableLines,
  unconfiguredInWords,
  type OpenWorkspace,
  type Plan,
  type PlannedLoad,
  type Selection,
  type Step,
} from '../../engine';
import { fileLines, missingLines } from '../files';
import { checkSelection, openHere, selectionOf, type SelectionOptions } from '../selection';
import { writeDocument, type ExitCode, type Session } from '../session';

export type PlanOptions = SelectionOptions;

export async function plan(session: Session, options: PlanOptions): Promise<ExitCode> {
  checkSelection(options);
  const workspace = await openHere(session, options.mock === true);
  return showPlan(session, workspace, selectionOf(workspace, options));
}

/** @param sql tells the statements of each load, too: of a dry run. */
export async function showPlan(
  session: Session,
  workspace: OpenWorkspace,
  selection: Selection,
  sql = false,
): Promise<ExitCode> {
  const planned = await planRun(workspace, selection, { signal: session.signal });
  const loads = sql ? await plannedLoads(workspace, planned) : [];
  if (session.json) await writeDocument(session, sql ? { ...planned, loads } : planned);
  else
    await session.out.write(`${[...planLines(planned, session), ...sqlLines(loads, session)].join('\n')}\n`);
  return 0;
}

/** SQL as it can be copied: each statement ended, each load under its name. */
function sqlLines(loads: readonly PlannedLoad[], session: Session): string[] {
  const { colours } = session.out.style;
  return loads.flatMap(({ date, table, statements }) => [
    '',
    colours.dim(`-- ${date} ${table}`),
    ...statements.map((statement) => `${statement};`),
  ]);
}

function planLines(planned: Plan, session: Session): string[] {
  const { style } = session.out;
  const dates = planned.dates.flatMap((date) => {
    const steps = planned.steps.filter((step) => step.date === date);
    const busy = steps.filter((step) => step.action === 'run');
    const missing = planned.arrivals.filter((a) => a.date === date && a.status === 'missing');
    return [
      `${style.colours.bold(date)}  ${busy.length === 0 ? 'nothing to do' : `${plural(busy.length, 'step')} to run`}, ${steps.length - busy.length} up to date`,
      ...stepTable(session.verbose ? steps : busy, session),
      ...missingLines(missing, style, 2),
      ...(missing.length === 0 ? [''] : []),
    ];
  });
  const busy = planned.steps.filter((step) => step.action === 'run').length;
  const closing =
    planned.dates.length === 0
      ? 'Nothing found: no file in landing matches, and nothing is unfinished.'
      : `${plural(busy, 'step')} to run, ${plural(planned.steps.length - busy, 'step')} up to date${session.verbose ? '' : ' (--verbose lists them)'}.`;
  const left = planned.unconfigured.map((one) => printable(unconfiguredInWords(one)));
  return [...dates, ...fileLines(planned.strays, style, 0), ...left, closing];
}

function stepTable(steps: readonly Step[], session: Session): string[] {
  if (steps.length === 0) return [];
  const { style } = session.out;
  return tableLines(
    {
      indent: 2,
      columns: [
        { title: 'STAGE' },
        { title: 'TABLE', shrinks: 'cut' },
        { title: 'BRAND', shrinks: 'cut' },
        { title: 'ACTION' },
        { title: 'REASON', shrinks: 'wrap' },
      ],
      rows: steps.map((step) => [
        step.stage,
        step.table,
        step.brand ?? '',
        step.action === 'run' ? step.action : { text: step.action, colour: style.colours.dim },
        step.reason,
      ]),
    },
    style,
  );
}
