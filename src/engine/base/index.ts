// What everything stands on: DuckDB, durable files, dates, column types, bounded logs, the network, secrets in texts.
export { latestLines, noteInBounds } from './boundedLog';
export { BINDING, onRunaway } from './bounds';
export {
  TYPE_EXAMPLES,
  TYPE_NAMES,
  checkType,
  holds,
  isFloating,
  isInteger,
  isJson,
  isNumeric,
  isTemporal,
  isTimestamp,
  storedSql,
  type TypeFamily,
  typeFamily,
  typeName,
  formatFault,
  unknownSpecifier,
} from './columnTypes';
export {
  type Cell,
  type Connection,
  type Database,
  type LentDatabase,
  type Row,
  type SqlValue,
  ofWorkspace,
  openDatabase,
  openSession,
  openedOnDemand,
  quoteIdentifier,
  quoteLiteral,
  quotePath,
  withConnection,
  withSession,
} from './duckdb';
export { foldHeader, foldName, headerOf } from './equalNames';
export {
  codeOf,
  durable,
  emptyFolder,
  hashFile,
  inWords,
  makeFolder,
  sizeOf,
  syncFile,
  syncFolder,
  translateSystemError,
  writeWhole,
} from './durable';
export { GRACE_MS, endWithin, killAtExit, lastLine, watchParent } from './ending';
export { limitNewFiles } from './fileAccess';
export { type HeldFile, holdFile } from './heldFile';
export { finishMoves, moveFile, moveHeld, placeFile, sameBytes } from './moves';
export { bytesOf, workersOf } from './memory';
export {
  type ConfigProblem,
  type SettingsProblem,
  deepFreeze,
  problemError,
  problemOf,
  readTextFile,
  shown,
  shownPath,
} from './problem';
export type { ProblemKind } from './problemKind';
export { type Redact, redactionOf } from './redactText';
export { namedTable } from './namedTable';
export { didYouMean, nearest, suggestion } from './nearest';
export { NetworkFailure } from './network/networkFailure';
export { post } from './network/post';
export { proxyExemptions, proxyOf, proxySecrets } from './network/proxy';
export { TIME_LIMITS } from './network/timeLimits';
export { escapePattern } from './pattern';
export { readRegularFile, readRegularText } from './regularFile';
export { requireDate } from './requireDate';
export { shellWord } from './shellWord';
export { processTrusts, restrictProcess, untrusted } from './restricted';
export { makeTemporaryFolder, sweepTemporaryFolders } from './temporary';
