// One part under test, in a process of its own: gets inputs from the process that watches it, and says what came of each.
// `node --import tsx test/fuzz/worker.ts TARGET FOLDER`
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { seeded } from '../support/seeded';
import type { Input, Subject } from './target';
import { targetNamed } from './targets';

/** What the worker is asked: the input of a round, or a file. */
export type Order =
  | { readonly kind: 'round'; readonly seed: number; readonly round: number }
  | { readonly kind: 'file'; readonly path: string };

/** What it says. The input is in the folder before it is tried: it is what is kept where no more is heard. */
export type News =
  | { readonly kind: 'open' }
  | { readonly kind: 'trying'; readonly name: string }
  | { readonly kind: 'tried'; readonly wrong?: string };

const [name = '', folder = ''] = process.argv.slice(2);
const say = (news: News): void => void process.send?.(news);

function wrongIn(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function inputOf(order: Order, subject: Subject): Input {
  if (order.kind === 'file')
    return { name: basename(order.path).replace(/^[^-]*-/, ''), bytes: readFileSync(order.path) };
  // Each round has numbers of its own: it can be repeated without those before it.
  return subject.make(seeded(Math.imul(order.seed, 1_000_003) + order.round));
}

async function main(): Promise<void> {
  const target = targetNamed(name);
  if (target === undefined) throw new Error(`There is no target ${name}.`);
  const work = join(folder, 'work');
  mkdirSync(work);
  const open = await target.load();
  const subject = await open(work);
  process.on('message', (order: Order) => {
    void (async () => {
      const input = inputOf(order, subject);
      writeFileSync(join(folder, 'input'), input.bytes);
      say({ kind: 'trying', name: input.name });
      const wrong = await subject.try(input).catch(wrongIn);
      say({ kind: 'tried', ...(wrong === undefined ? {} : { wrong }) });
    })();
  });
  say({ kind: 'open' });
}

process.once('disconnect', () => process.exit(0));
main().catch((error: unknown) => {
  process.stderr.write(`${wrongIn(error)}\n`);
  process.exit(1);
});
