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
  const { actions, kept, bytes, dry_run } = result;
  if (session.json) {
    for (const action of actions) await session.out.line(JSON.stringify({ event: 'action', ...action }));
    for (const one of kept) await session.out.line(JSON.stringify({ event: 'kept', ...one }));
    const finished = {
      event: 'maintenance_finished',
      dry_run,
      bytes,
      actions: actions.length,
      kept: kept.length,
    };
    await session.out.line(JSON.stringify(finished));
    return 0;
  }
  const { style } = session.out;
  const lines = [
    ...(actions.length === 0
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
              rows: actions.map((action) => [
                action.kind,
                action.path,
                formatBytes(action.bytes),
                action.reason,
              ]),
            },
            style,
          ),
          '',
          `${plural(actions.length, 'file')}, ${formatBytes(bytes)}.`,
        ]),
    ...(kept.length === 0
      ? []
      : [
          '',
          style.colours.bold('Kept although due'),
          ...tableLines(
            {
              indent: 2,
              columns: [
                { title: 'PATH', shrinks: 'cut' },
                { title: 'REASON', shrinks: 'wrap' },
              ],
              rows: kept.map((one) => [one.path, one.reason]),
            },
            style,
          ),
        ]),
  ];
  await session.out.write(`${lines.join('\n')}\n`);
  if (dry_run) note(session, 'Nothing was changed: --dry-run.');
  return 0;
}
