// A process that serves, whose own thread is kept by native code once it has said so.
import { pbkdf2Sync } from 'node:crypto';
import { writeSync } from 'node:fs';
import { watchParent } from '../../src/engine/base';

watchParent(() => console.error('It was reached.'));
setImmediate(() => {
  writeSync(1, 'blocked\n');
  pbkdf2Sync('', '', 2 ** 31 - 1, 64, 'sha512');
});
