// m7 maintenance: retention, archive, old logs and orphaned temporary files; with --dry-run only told.
import {
  formatBytes,
  formatCount,
  maintain,
  plural,
  printable,
  removeBrand,
  tableLines,
  wrap,
  type MaintenanceOutcome,
  type OpenWorkspace,
  defined,
} from '../../engine';
import { openHere } from '../selection';
import { note, writeDocument, type ExitCode, type Session } from '../session';
import { UsageError } from '../usage';

export interface MaintenanceOptions {
  readonly dryRun?: boolean;
  readonly mock?: boolean;
  readonly brand?: string;
  readonly yes?: boolean;
}

/** So many files are listed one by one; of more, each layer is told as a whole. */
const MOST_LISTED = 40;
/** So many paths of one reason are listed. */
const MOST_ALIKE = 3;

export async function maintenance(session: Session, options: MaintenanceOptions): Promise<ExitCode> {
  const workspace = await openHere(session, options.mock === true);
  if (options.brand !== undefined)
    return brandRemoval(session, workspace, { ...options, brand: options.brand });
  const outcome = await maintain(workspace, { dryRun: options.dryRun === true, signal: session.signal });
  if (session.json) await writeEvents(outcome, session);
  else {
    await session.out.write(`${outcomeLines(outcome, session).join('\n')}\n`);
    if (outcome.dry_run) note(session, 'Nothing was changed: --dry-run.');
  }
  return outcome.failed.length > 0 || outcome.unreachable !== undefined ? 1 : 0;
}

async function brandRemoval(
  session: Session,
  workspace: OpenWorkspace,
  options: MaintenanceOptions & { readonly brand: string },
): Promise<ExitCode> {
  if (options.dryRun !== true && options.yes !== true)
    throw new UsageError(
      `--brand removes all rows of ${options.brand}.`,
      'Add --dry-run to see what would go, or --yes to do it.',
    );
  const { brand, dryRun = false } = options;
  const removal = await removeBrand(workspace, { brand, dryRun, signal: session.signal });
  if (session.json) {
    await writeDocument(session, removal);
    return 0;
  }
  const dates = [...new Set(removal.due.map(({ date }) => date))];
  const lines = [
    ...removal.archived.map(({ path, to }) => `${path} → ${to}`),
    '',
    `${plural(removal.archived.length, 'file')} of ${brand} ${dryRun ? 'would be archived' : 'archived'}.`,
    `Its rows leave gold and warehouse with: m7 run --from ${dates[0] ?? ''} --to ${dates.at(-1) ?? ''}`,
  ];
  await session.out.write(`${lines.map(printable).join('\n')}\n`);
  if (dryRun) note(session, 'Nothing was changed: --dry-run.');
  return 0;
}

async function writeEvents(outcome: MaintenanceOutcome, session: Session): Promise<void> {
  const { actions, kept, failed, totals, bytes, dry_run, unreachable } = outcome;
  const line = (event: string, more: object): Promise<void> =>
    session.out.line(JSON.stringify({ event, ...more }));
  for (const action of actions) await line('action', action);
  for (const one of kept) await line('kept', one);
  for (const one of failed) await line('failed', one);
  await line('maintenance_finished', {
    dry_run,
    bytes,
    actions: actions.length,
    kept: kept.length,
    failed: failed.length,
    totals,
    ...defined({ unreachable }),
  });
}

function outcomeLines(outcome: MaintenanceOutcome, session: Session): string[] {
  const { style } = session.out;
  const { actions, kept, failed, bytes, unreachable, dry_run } = outcome;
  const sections: string[][] = [
    ...(unreachable === undefined
      ? []
      : [
          [
            style.colours.bad('The warehouse cannot be asked: nothing goes whose load it has to confirm.'),
            ...wrap(printable(`${unreachable.message} ${unreachable.remedy}`), style.width - 2).map(
              (text) => `  ${text}`,
            ),
          ],
        ]),
    ...(actions.length > 0 && (actions.length <= MOST_LISTED || session.verbose)
      ? [listLines(outcome, session)]
      : []),
    ...(actions.length === 0 ? [] : [totalLines(outcome, session)]),
    ...(failed.length === 0
      ? []
      : [
          [
            style.colours.bad(`Failed: ${plural(failed.length, 'file')}`),
            ...remarkLines(
              failed.map(({ path, reason, remedy }) => ({ path, reason: `${reason} ${remedy}` })),
              session,
            ),
          ],
        ]),
    ...(kept.length === 0
      ? []
      : [[style.colours.bold('Kept although due, or known to nobody'), ...remarkLines(kept, session)]]),
    [
      actions.length === 0
        ? 'Nothing to do.'
        : `${plural(actions.length, 'file')}, ${formatBytes(bytes)} ${dry_run ? 'would go or be archived' : 'removed or archived'}.`,
    ],
  ];
  return sections.flatMap((section, i) => (i === 0 ? section : ['', ...section]));
}

function listLines({ actions }: MaintenanceOutcome, session: Session): string[] {
  return tableLines(
    {
      columns: [
        { title: 'ACTION' },
        { title: 'PATH', shrinks: 'cut' },
        { title: 'SIZE', align: 'right' },
        { title: 'REASON', shrinks: 'wrap' },
      ],
      rows: actions.map((action) => [action.kind, action.path, formatBytes(action.bytes), action.reason]),
    },
    session.out.style,
  );
}

function totalLines({ totals }: MaintenanceOutcome, session: Session): string[] {
  return tableLines(
    {
      columns: [
        { title: 'LAYER' },
        { title: 'ACTION' },
        { title: 'FILES', align: 'right' },
        { title: 'SIZE', align: 'right' },
        { title: 'REASON', shrinks: 'wrap' },
      ],
      rows: totals.map(({ layer, kind, files, bytes, reason }) => [
        layer,
        kind,
        formatCount(files),
        formatBytes(bytes),
        reason,
      ]),
    },
    session.out.style,
  );
}

/** What is alike is told once. */
function remarkLines(
  remarks: readonly { readonly path: string; readonly reason: string }[],
  session: Session,
): string[] {
  const alike = new Map<string, string[]>();
  for (const { path, reason } of remarks) alike.set(reason, [...(alike.get(reason) ?? []), path]);
  return tableLines(
    {
      indent: 2,
      columns: [
        { title: 'PATH', shrinks: 'cut' },
        { title: 'REASON', shrinks: 'wrap' },
      ],
      rows: [...alike].flatMap(([reason, paths]): (readonly [string, string])[] =>
        paths.length <= MOST_ALIKE || session.verbose
          ? paths.map((path) => [path, reason])
          : [[`${paths[0] ?? ''} and ${formatCount(paths.length - 1)} more`, reason]],
      ),
    },
    session.out.style,
  );
}
