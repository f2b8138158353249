// m7 maintenance: retention, archive and orphaned temporary files; with --dry-run only told.
import { formatBytes, maintain, plural, tableLines } from '../../engine';
import { openHere } from '../selection';
import { note, type ExitCode, type Session } from '../session';

export interface MaintenanceOptions {
  readonly dryRun?: boolean;
}

export async function maintenance(session: Session, options: MaintenanceOptions): Promise<ExitCode> {
  const workspace = await openHere(session);
  const result = await maintain(workspace, { dryRun: options.dryRun === true, signal: session.signal });
  if (session.json) {
    for (const action of result.actions)
      await session.out.line(JSON.stringify({ event: 'action', ...action }));
    const { dry_run, bytes, actions } = result;
    await session.out.line(
      JSON.stringify({ event: 'maintenance_finished', dry_run, bytes, actions: actions.length }),
    );
    return 0;
  }
  const { style } = session.out;
  const lines =
    result.actions.length === 0
      ? ['Nothing to do.']
      : [
          ...tableLines(
            {
              columns: [
                { title: 'ACTION' },
                { title: 'PATH', shrinks: 'cut' },
                { title: 'SIZE', align: 'right' },
                { title: 'REASON', shrinks: 'wrap' },
              ],
              rows: result.actions.map((action) => [
                action.kind,
                action.path,
                formatBytes(action.bytes),
                action.reason,
              ]),
            },
            style,
          ),
          '',
          `${plural(result.actions.length, 'file')}, ${formatBytes(result.bytes)}.`,
        ];
  await session.out.write(`${lines.join('\n')}\n`);
  if (result.dry_run) note(session, 'Nothing was changed: --dry-run.');
  return 0;
}
