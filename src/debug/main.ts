// The debug adapter as an editor starts it: a process of its own that speaks the protocol over stdin and stdout.
import './threads';
import { onRunaway, watchParent } from '../engine';
import { checkedInput } from './input';
import { M7Session } from './session';

const session = new M7Session();
// An editor that goes away closes stdin; others send a signal. Both give back the lock and remove the copy.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => session.shutdown());
process.stdin.once('end', () => session.shutdown());
watchParent(() => session.shutdown());
// Why it ends otherwise is said before.
onRunaway(({ message, remedy }) => session.fail(`${message} ${remedy}`, true));
process.on('uncaughtException', (error) =>
  session.fail(`It met a fault of its own: ${error.stack ?? error.message}`),
);
session.on('error', ({ body }: { readonly body?: unknown }) => session.fail(`${String(body)}.`));
session.start(
  checkedInput(process.stdin, (why) => session.fail(why)),
  process.stdout,
);
