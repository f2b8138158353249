// Stands between a test and a process that serves, as an editor does: starts it, keeps it at work, and waits to be killed.
// Arguments: what is served, and a workspace that has run. It prints the number of the process once work was asked for.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Conversation } from '../debug/adapter';
import { startEngine } from '../../src/vscode/engine/process';

/** SQL that native code works on for hours, in little memory, and that no interrupt reaches. */
const ENDLESS = "SELECT (repeat('a', 20000) || seconds) LIKE '%a%a%a%a_%a%a%b' AS n FROM rows";

async function server(folder: string): Promise<number | undefined> {
  const script = join(__dirname, '../../dist/server.js');
  const { channel, pid } = startEngine({
    ...{ script, directory: folder, trusted: true, environment: {} },
    log: (line) => console.error(line),
  });
  const gold = readdirSync(join(folder, 'data/gold'), { recursive: true, encoding: 'utf8' });
  const path = join(folder, 'data/gold', gold.find((name) => name.endsWith('Playback.parquet')) ?? '');
  const { handle } = await channel.call('preview.open', { path });
  channel.call('preview.query', { handle, sql: ENDLESS }).catch(console.error);
  return pid;
}

async function adapter(folder: string): Promise<number | undefined> {
  const talk = new Conversation(folder, { TMPDIR: process.env['TMPDIR'] ?? '' });
  await talk.greet();
  await talk.stop(() => talk.launch());
  void talk.ask(ENDLESS).then(console.error);
  return talk.process.pid;
}

/** A process whose own thread is kept by native code: it hears of nothing. */
async function blocked(): Promise<number | undefined> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'blocked.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child.pid;
}

const [what, folder = ''] = process.argv.slice(2);
void Promise.resolve(
  what === 'server' ? server(folder) : what === 'adapter' ? adapter(folder) : blocked(),
).then((pid) => console.log(pid));
setInterval(() => undefined, 1_000);
