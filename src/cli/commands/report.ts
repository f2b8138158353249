// m7 report: the validation report of a date, of one table or of all, in one of four formats.
import { resolve } from 'node:path';
import {
  isEmptyReport,
  mergeReports,
  PipelineError,
  readDateDocument,
  renderReports,
  withOpenFailures,
  type DateReport,
  type OpenWorkspace,
  type ReportFormat,
} from '../../engine';
import { NO_COLOURS, printable } from '../../engine';
import { writeOutput } from '../output';
import { openHere, tableNames } from '../selection';
import { note, type ExitCode, type Session } from '../session';
import { UsageError } from '../usage';

export interface ReportOptions {
  readonly date: string;
  readonly table?: string;
  readonly format?: ReportFormat;
  readonly output?: string;
}

const FILE_WIDTH = 120;

export async function report(session: Session, options: ReportOptions): Promise<ExitCode> {
  if (session.json && options.format !== undefined && options.format !== 'json')
    throw new UsageError(
      `--json and --format ${options.format} contradict each other.`,
      'Leave one of them out.',
    );
  if (session.json && options.output !== undefined)
    throw new UsageError(
      '--json prints to stdout, --output writes to a file.',
      `Write --format json --output ${options.output}.`,
    );
  const workspace = await openHere(session);
  const document = await collectReports(workspace, options);
  const format = session.json ? 'json' : (options.format ?? 'text');
  if (options.output === undefined) {
    await session.out.write(renderReports(document, format, session.out.style, workspace.config));
    return exitOf(document);
  }
  const path = resolve(options.output);
  const text = renderReports(document, format, { width: FILE_WIDTH, colours: NO_COLOURS }, workspace.config);
  await writeOutput({ path, what: 'report', option: '--output' }, text);
  note(session, `Written to ${printable(path)}`);
  return exitOf(document);
}

/** As of a run: 1 where a table or step of the date failed. */
const exitOf = ({ status }: DateReport): ExitCode => (status === 'failed' ? 1 : 0);

async function collectReports(workspace: OpenWorkspace, { date, table }: ReportOptions): Promise<DateReport> {
  const asked = table === undefined ? undefined : tableNames(workspace, [table]);
  const document = mergeReports(
    withOpenFailures(await readDateDocument(workspace.lake, date), workspace),
    asked,
  );
  if (isEmptyReport(document))
    throw new PipelineError(
      'NOT_FOUND',
      `There is no report of ${table === undefined ? '' : `${table} of `}${date}.`,
      `Run m7 run --date ${date} first; m7 status lists the dates.`,
    );
  return document;
}
