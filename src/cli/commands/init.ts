// m7 init: an empty workspace, or one with config and generated files to try everything on.
import { relative, resolve } from 'node:path';
import { formatBytes, initWorkspace, plural, printable, shellWord, defined } from '../../engine';
import { writeSample } from '../../sample';
import { note, writeDocument, type ExitCode, type Session } from '../session';
import { UsageError } from '../usage';

export interface InitOptions {
  readonly folder?: string;
  readonly sample?: boolean;
  readonly date?: string;
  readonly rows?: number;
  readonly days?: number;
}

export async function init(session: Session, options: InitOptions): Promise<ExitCode> {
  const directory = resolve(session.directory, options.folder ?? '.');
  if (options.sample === true) return sample(session, options, directory);
  for (const name of ['date', 'rows', 'days'] as const)
    if (options[name] !== undefined)
      throw new UsageError(`--${name} is about the sample.`, 'Add --sample, or leave it out.');
  const files = await initWorkspace(directory);
  if (session.json) await writeDocument(session, { workspace: directory, files });
  else {
    await session.out.write(files.map((file) => `${file}\n`).join(''));
    note(session, next(directory, 'Describe your brands and tables in config/, then:', ['check', 'run']));
  }
  return 0;
}

async function sample(session: Session, options: InitOptions, directory: string): Promise<ExitCode> {
  const date = options.date ?? today();
  const truth = await writeSample({
    workspace: directory,
    date,
    ...defined({ rows: options.rows, days: options.days }),
    signal: session.signal,
  });
  const { files, bytes, dates } = truth;
  if (session.json) {
    await writeDocument(session, {
      workspace: directory,
      dates,
      files: files.map((file) => file.file),
      bytes,
    });
    return 0;
  }
  await session.out.line(
    `${plural(files.length, 'landing file')} (${formatBytes(bytes)}) of ${plural(dates.length, 'date')} in ${printable(directory)}`,
  );
  note(
    session,
    next(directory, 'The files hold planted faults, listed in sample_truth.json. Try:', [
      `run --date ${date}`,
      'status',
      `report --date ${date}`,
    ]),
  );
  return 0;
}

/** What to type next, as seen from where the user stands. */
function next(directory: string, text: string, commands: readonly string[]): string {
  const place = relative(process.cwd(), directory);
  const option = place === '' ? '' : ` --workspace ${shellWord(place)}`;
  return [text, ...commands.map((command) => `  m7 ${command}${printable(option)}`)].join('\n');
}

function today(): string {
  const now = new Date();
  return [
    now.getFullYear(),
    String(now.getMonth() + 1).padStart(2, '0'),
    String(now.getDate()).padStart(2, '0'),
  ].join('');
}
