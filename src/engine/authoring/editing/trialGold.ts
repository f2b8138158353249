// The gold that rules of a draft are tried on: a session of its own, a view of the rows, one evaluation.
import { type Connection, ofWorkspace, withSession } from '../../base';
import {
  type Config,
  type DateKey,
  PipelineError,
  type Rule,
  type Settings,
  type Table,
  defined,
  findTable,
} from '../../model';
import { type Lake, type Manifest, spillFolder } from '../../lake';
import { maskingOf } from '../../report';
import { type Evaluation, evaluateRules } from '../../rules';
import { aroundGold, checkGold, goldColumns, goldView } from '../../stages';
import type { RowsFiles } from './rowsFiles';

/** What a trial needs of the workspace. */
export interface TrialWorkspace {
  readonly settings: Settings;
  readonly lake: Lake;
  readonly rowsFiles: RowsFiles;
}

export interface TrialContext {
  readonly signal: AbortSignal;
  /** 0 to 100. */
  readonly progress: (percent: number) => void;
}

/** The view of the rows that are tried on. */
export const VIEW = 'm7_trial';

/** A trial under way: its session may read the data, and write rows for a reader. */
export interface TrialSession extends TrialWorkspace {
  readonly connection: Connection;
}

export function withTrialSession<T>(
  workspace: TrialWorkspace,
  work: (session: TrialSession) => Promise<T>,
): Promise<T> {
  const folder = workspace.rowsFiles.folder();
  const own = ofWorkspace(workspace.settings);
  return withSession(
    { ...own, temporary: spillFolder(folder), folders: [...own.folders, folder] },
    (connection) => work({ ...workspace, connection }),
  );
}

export interface OpenedGold {
  readonly table: Table;
  readonly gold: Manifest;
  /** Columns a reader is shown: all of gold. */
  readonly columns: readonly string[];
}

/** @throws PipelineError NOT_FOUND without gold; TABLE_FAILED when it is not what the draft's schema says. */
export async function openGold(
  { lake, connection }: TrialSession,
  config: Config,
  { table: name, date }: { readonly table: string; readonly date: DateKey },
  signal: AbortSignal,
): Promise<OpenedGold> {
  const table = findTable(config, name);
  const gold = table === undefined ? undefined : lake.manifest('gold', date, table.name);
  if (table === undefined || gold === undefined)
    throw new PipelineError(
      'NOT_FOUND',
      `There is no gold of ${name} for ${date}.`,
      'Run the date first, or choose a date that has gold.',
    );
  const path = lake.absolute(gold.output.path);
  const columns = await goldColumns(connection, path);
  await connection.run(goldView(VIEW, path, columns, config.brands));
  await checkGold(connection, { view: VIEW, table, date, columns }, signal);
  return { table, gold, columns: columns.map((c) => c.name) };
}

/**
 * Evaluates rules on the gold that was opened; those of other tables are left aside. Its findings are masked as in
 * reports: they are messages of an editor and of a Test Explorer.
 */
export async function evaluateOn(
  session: TrialSession,
  config: Config,
  { table, gold }: OpenedGold,
  given: { readonly rules: readonly Rule[]; readonly everyRow?: 'count' | 'write' } & TrialContext,
): Promise<Evaluation> {
  const evaluation = await evaluateRules({
    ...aroundGold({ ...session, config }, table, gold),
    connection: session.connection,
    rules: given.rules,
    relation: VIEW,
    signal: given.signal,
    progress: (percent = 0) => given.progress(percent),
    ...defined({ everyRow: given.everyRow }),
  });
  const { finding } = maskingOf(config);
  return { ...evaluation, findings: evaluation.findings.map((one) => finding(table.name, one)) };
}
