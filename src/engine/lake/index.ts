// What lies in the data folder: paths, manifests, landing, ledger, lock. The only wing that knows where data lies.
export {
  type Lake,
  MANIFEST_LAYERS,
  type Manifest,
  type ManifestLayer,
  type Publication,
  REJECT_COLUMNS,
  openLake,
  relativePath,
  stateFolders,
  tellsLoad,
} from './lake';
export {
  type KnownContent,
  type Landing,
  type LandingFile,
  type Stray,
  addDays,
  compareText,
  extensionOf,
  isDate,
  markDuplicates,
  matcher,
  readLanding,
  requireDate,
  unchanged,
} from './landing';
export { type LedgerEntry, openLedger, readLedger } from './ledger';
export { clearDrafts, takeLock } from './lock';
export { lockHolder } from './lockOwner';
export { type Head, readHeads } from './manifestHeads';
export {
  type NotedReject,
  type RejectedFile,
  keepFileOut,
  rejectNotes,
  rejectedFiles,
} from './rejectedFiles';
export { keep, recall } from './stateCache';
