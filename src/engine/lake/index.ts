// What is in the data folder: paths, manifests, landing, ledger, lock. The only wing that names folders and files there.
export {
  type AlertFolder,
  SUMMARY_NAME,
  alertFolder,
  alertLogFile,
  archiveFile,
  brandsFile,
  datedLogFolders,
  ledgerFile,
  lineageFile,
  lineageLogFile,
  relativePath,
  reportsFolder,
  runLogFile,
  spillFolder,
  stateFolders,
  stepFolder,
  undeliveredLineageFile,
  warehouseFile,
  watchLogFile,
} from './dataFolder';
export { type Acceptances, acceptDrift, driftId, readAcceptances } from './acceptedDrift';
export { type Lake, REJECT_COLUMNS, openLake } from './lake';
export type { DamagedManifest } from './manifestsOfDate';
export { lentFile } from './ownFile';
export { type OriginalState, archivedOriginal, holdsContent } from './originals';
export {
  MANIFEST_LAYERS,
  type Manifest,
  type ManifestLayer,
  type ObservedValues,
  failedShares,
  tellsLoad,
} from './manifest';
export {
  type KnownContent,
  type Landing,
  type LandingFile,
  type Stray,
  compareText,
  extensionOf,
  markDuplicateFiles,
  matcher,
  readLanding,
  unchanged,
} from './landing';
export { type Ledger, type LedgerEntry, openLedger, readLedger } from './ledger';
export { clearDrafts, holderText, takeLock } from './lock';
export { type LockHolder, isRunning, lockHolder } from './lockOwner';
export { type DateHeads, type ManifestHead, readHeads } from './manifestHeads';
export {
  type NotedReject,
  type RejectedFile,
  keepFileOut,
  openRejections,
  rejectNotes,
  rejectedFiles,
  rejectionDates,
} from './rejectedFiles';
export { clockOfFolder, seenAs, settlesInMs } from './settling';
export { keep, recall } from './stateCache';
export { type UnlistedPart, partOfManifest, storedDates, unlistedParts } from './unlistedParts';
export { type RecordId, answered, noteSubmitted, recordKey } from './submitted';
export { requireKnownFormat, requireKnownLock, requireKnownRest } from './stateVersion';
