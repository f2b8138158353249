// The debug adapter as an editor starts it: a process of its own that speaks the protocol over stdin and stdout.
import './threads';
import { watchParent } from '../engine';
import { M7Session } from './session';

const session = new M7Session();
// An editor that goes away closes stdin; others send a signal. Both give back the lock and remove the copy.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => session.shutdown());
process.stdin.once('end', () => session.shutdown());
watchParent(() => session.shutdown());
session.start(process.stdin, process.stdout);
