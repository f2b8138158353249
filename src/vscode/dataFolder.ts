// What the editor's own process reads of a data folder, by the engine's names and its reader of the lock: neither loads DuckDB.
export { ledgerFile, lockFile, stateFolders } from '../engine/lake/dataFolder';
export { lockHolder } from '../engine/lake/lockOwner';
