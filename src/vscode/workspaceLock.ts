// The engine's reader of the lock file: it loads no engine, so the editor asks it at once, in its own process.
export { lockHolder } from '../engine/lake/lockOwner';
