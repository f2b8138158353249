// The names of all folders and files below the data folder. Nobody else spells one; it imports nothing but Node, so the editor's own process reads it too.
import { join, relative, sep } from 'node:path';
import type { DateKey, Settings } from '../model';

type Data = Pick<Settings, 'dataDir'>;
type Logs = Pick<Settings, 'logsDir'>;

// ---- The state: what the pipeline knows of its own work --------------------------------------------

export interface StateFolders {
  /** Ledger, manifests, lock, caches and temporary files. */
  readonly stateDir: string;
  /** Emptied by the next run. */
  readonly temporaryDir: string;
  /** Notes about files on their way to another disk. */
  readonly movesDir: string;
}

/** Folders of the state and of temporary files, for callers that have no lake yet. */
export function stateFolders({ dataDir }: Data): StateFolders {
  const stateDir = join(dataDir, '.state');
  return { stateDir, temporaryDir: join(stateDir, 'tmp'), movesDir: movesFolder(stateDir) };
}

export const ledgerFile = (stateDir: string): string => join(stateDir, 'ledger');
/** All brands that were ever configured, as they were last. */
export const brandsFile = (stateDir: string): string => join(stateDir, 'brands.json');
export const lockFile = (stateDir: string): string => join(stateDir, 'lock');
/** Notes about files on their way to another disk: see base/moves.ts. */
export const movesFolder = (stateDir: string): string => join(stateDir, 'moves');
export const manifestsFolder = (stateDir: string): string => join(stateDir, 'manifests');
/** @param name may have folders: "manifests/20241115". */
export const cacheFile = (stateDir: string, name: string): string => join(stateDir, 'cache', `${name}.json`);
/** Notes of corrections that were submitted for a date. */
export const replaysFolder = (stateDir: string, date: DateKey): string => join(stateDir, 'replays', date);
/** What was accepted of the files of brands and tables: a folder per brand, a file per table. */
export const acceptedFolder = (stateDir: string): string => join(stateDir, 'drift');
/** Where DuckDB puts what does not fit into memory. */
export const spillFolder = (temporary: string): string => join(temporary, 'spill');
/** Temporary folder of the nth step of a run. */
export const stepFolder = (temporary: string, step: number): string => join(temporary, `step${step}`);

/** Absolute paths of what alerts keep between runs. */
export interface AlertFolder {
  readonly state: string;
  readonly outbox: string;
  /** Dates that a run has started to work on: the next run looks at them, should this one be killed. */
  readonly begun: string;
  readonly drafts: string;
  readonly mark: string;
}

export const alertFolder = (settings: Data): AlertFolder => alertFolderIn(stateFolders(settings).stateDir);

export function alertFolderIn(stateDir: string): AlertFolder {
  const folder = join(stateDir, 'alerts');
  return {
    state: join(folder, 'state.json'),
    outbox: join(folder, 'outbox'),
    begun: join(folder, 'begun'),
    drafts: join(folder, 'drafts'),
    mark: join(folder, 'busy'),
  };
}

// ---- Logs and reports ------------------------------------------------------------------------------

/** The reports of all dates, in a folder each. */
export const reportsFolder = ({ logsDir }: Logs): string => join(logsDir, 'reports');
/** Beside the reports of the tables in the folder of a date. */
export const SUMMARY_NAME = 'summary.json';
export const runLogFile = ({ logsDir }: Logs, runId: string): string =>
  join(logsDir, 'runs', `${runId}.ndjson`);
export const watchLogFile = ({ logsDir }: Logs, day: DateKey): string =>
  join(logsDir, 'watch', `${day}.ndjson`);
/** What became of every alert. */
export const alertLogFile = ({ logsDir }: Logs): string => join(logsDir, 'alerts.ndjson');
/** OpenLineage events of a run. */
export const lineageFile = ({ logsDir }: Logs, runId: string): string =>
  join(logsDir, 'openlineage', `${runId}.ndjson`);
/** Events that a catalogue did not take: to be posted by hand, a line each. */
export const undeliveredLineageFile = ({ logsDir }: Logs, runId: string): string =>
  join(logsDir, 'openlineage', 'undelivered', `${runId}.ndjson`);
/** Problems with the delivery of OpenLineage events. */
export const lineageLogFile = ({ logsDir }: Logs): string => join(logsDir, 'openlineage.ndjson');
/** Folders of logs with a file per run or day: retention removes them by age. */
export const datedLogFolders = ({ logsDir }: Logs): readonly string[] =>
  ['runs', 'openlineage', 'watch'].map((name) => join(logsDir, name));

// ---- The warehouse and the archive -----------------------------------------------------------------

/** The embedded warehouse's DuckDB file. */
export const warehouseFile = ({ dataDir }: Data): string => join(dataDir, 'warehouse.duckdb');

/** Where an original goes when its retention ends: the same place below the archive, compressed unless it is. */
export function archiveFile(settings: Settings, original: string, compressed: boolean): string {
  const path = join(settings.archiveDir, ...relativePath(settings.rawDir, original).split('/'));
  return compressed ? path : `${path}.gz`;
}

/** Path relative to `root` with "/" on every platform. */
export function relativePath(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}
