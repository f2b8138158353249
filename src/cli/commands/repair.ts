// m7 repair: manifests made again from what lies in the data folder; with --dry-run only told.
import {
  defined,
  plural,
  printable,
  repair,
  tableLines,
  wrap,
  type RepairResult,
  type RepairedFile,
} from '../../engine';
import { openHere } from '../selection';
import { note, type ExitCode, type Session } from '../session';

export interface RepairCommandOptions {
  readonly date?: string;
  readonly verify?: boolean;
  readonly dryRun?: boolean;
}

const WORDS: Readonly<Record<RepairedFile['outcome'], string>> = {
  adopted: 'adopted',
  made_again: 'made again',
  noted: 'noted',
  next_run: 'next run',
  unproven: 'not proven',
};

export async function repairState(session: Session, options: RepairCommandOptions): Promise<ExitCode> {
  const workspace = await openHere(session, false);
  const result = await repair(workspace, {
    ...defined({ date: options.date }),
    dryRun: options.dryRun === true,
    verify: options.verify === true,
    signal: session.signal,
    progress: (date, done, of) => {
      if (session.verbose || (session.log.terminal && of > 1))
        note(session, `${date} (${done + 1} of ${of})`);
    },
  });
  if (session.json) await writeEvents(result, session);
  else {
    await session.out.write(`${resultLines(result, session).join('\n')}\n`);
    if (result.dry_run) note(session, 'Nothing was changed: --dry-run.');
  }
  return result.files.some((file) => file.outcome === 'unproven') ? 1 : 0;
}

async function writeEvents({ dry_run, dates, files }: RepairResult, session: Session): Promise<void> {
  const line = (event: string, more: object): Promise<void> =>
    session.out.line(JSON.stringify({ event, ...more }));
  for (const file of files) await line('file', file);
  const count = (wanted: RepairedFile['outcome']): number =>
    files.filter(({ outcome }) => outcome === wanted).length;
  await line('repair_finished', {
    ...{ dry_run, dates, adopted: count('adopted'), made_again: count('made_again'), noted: count('noted') },
    ...{ next_run: count('next_run'), unproven: count('unproven') },
  });
}

function resultLines({ dry_run, dates, files }: RepairResult, session: Session): string[] {
  const { style } = session.out;
  const good = files.filter(({ outcome }) => outcome !== 'unproven');
  const bad = files.filter(({ outcome }) => outcome === 'unproven');
  const sections: string[][] = [
    ...(good.length === 0
      ? []
      : [
          tableLines(
            {
              columns: [
                { title: 'RESULT' },
                { title: 'PATH', shrinks: 'cut' },
                { title: 'REASON', shrinks: 'wrap' },
              ],
              rows: good.map(({ outcome, path, reason }) => [WORDS[outcome], path, reason]),
            },
            style,
          ),
        ]),
    ...bad.map(({ path, reason, remedy }) => [
      style.colours.bad(`Not proven: ${printable(path)}`),
      ...wrap(printable(`${reason} ${remedy ?? ''}`), style.width - 2).map((text) => `  ${text}`),
    ]),
    [
      files.length === 0
        ? `Nothing to repair in ${plural(dates, 'date')}.`
        : `${plural(good.length, 'file')} ${dry_run ? 'would be repaired' : 'repaired'}, ${bad.length} not proven.`,
    ],
  ];
  return sections.flatMap((section, i) => (i === 0 ? section : ['', ...section]));
}
