// The engine process of the extension: answers the calls of the editor window that forked it.
import './threads';
import { resolve } from 'node:path';
import { endWithin, GRACE_MS, killAtExit, lastLine, onRunaway, plainError, watchParent } from '../engine';
import { openChannel, type Methods, type NoMethods } from '../shared/channel';
import type { ServerApi } from '../shared/serverApi';
import { checkParams } from './border';
import { caseMethods } from './caseMethods';
import { driftMethods } from './driftMethods';
import { editingMethods } from './editingMethods';
import { layersMethods } from './layersMethods';
import { parentPort } from './processPort';
import { reportMethods } from './reportMethods';
import { previewMethods } from './previewMethods';
import { testsMethods } from './testsMethods';
import { traceMethods } from './traceMethods';
import { takeTrust } from './trust';
import { warehouseMethods } from './warehouseMethods';
import { workspaceMethods } from './workspaceMethods';

/** Time for the last answers to be sent, in milliseconds. */
const LAST_ANSWERS_MS = 200;

function serve(directory: string, trust: string | undefined): void {
  const admit = takeTrust(trust);
  const port = parentPort();
  const methods: Methods<ServerApi> = {
    ...workspaceMethods(directory),
    ...layersMethods(directory),
    ...reportMethods(directory),
    ...driftMethods(directory),
    ...editingMethods(directory),
    ...previewMethods(directory),
    ...traceMethods(directory),
    ...warehouseMethods(directory),
    ...testsMethods(directory),
    ...caseMethods(directory),
  };
  const channel = openChannel<ServerApi, NoMethods>(port, methods, plainError, (method, params) => {
    admit(method);
    checkParams(params);
  });
  port.onClose(() => {
    // The channel has aborted all work; a run gives its lock back. What hangs in native code ends with the process.
    endWithin(GRACE_MS, () => process.exit(0));
  });
  const fail = (error: Error, why: string): void => {
    const methods = channel.fail(plainError(error));
    lastLine(`${why} It was answering ${methods.join(', ') || 'no call'}.`);
    if (methods.length > 0) killAtExit();
    setTimeout(() => process.exit(1), LAST_ANSWERS_MS);
  };
  onRunaway((error) => fail(error, `${error.message} ${error.remedy}`));
  process.on('uncaughtException', (error) =>
    fail(error, `The engine process ends by a fault of its own: ${error.stack ?? error.message}.`),
  );
  // The channel closes with the editor, unless another process has got hold of its end.
  watchParent(() => process.connected && process.disconnect());
}

serve(resolve(process.argv[2] ?? '.'), process.argv[3]);
