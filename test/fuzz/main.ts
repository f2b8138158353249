// `npm run fuzz [-- --minutes N --seed S --target csv,parquet … --rounds N] [FILE…]`: hostile inputs to the parts that
// read what others write. An input that does wrong is kept in test/cases/fuzz, where `npm test` tries it again.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Target } from './target';
import { TARGETS, targetNamed } from './targets';
import { Watch, type Verdict } from './watch';
// Last: what ends workers at an exit comes before what looks for those that are left.
import '../support/runFolder';

const CORPUS = join(import.meta.dirname, '../cases/fuzz');
/** Of one target: more of them say no more. */
const MOST_PROBLEMS = 10;
/** So many inputs a worker takes. */
const ROUNDS_EACH = 500;

interface Asked {
  readonly targets: readonly Target[];
  readonly files: readonly string[];
  readonly seed: number;
  readonly minutes: number;
  readonly rounds: number;
  /** Where inputs are kept. */
  readonly corpus: string;
}

class Usage extends Error {}

function asked(): Asked {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '6' },
      seed: { type: 'string' },
      target: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      corpus: { type: 'string' },
    },
  });
  const names = values.target.flatMap((text) => text.split(',')).filter((name) => name !== '');
  const targets = names.map((name) => {
    const found = targetNamed(name);
    if (found === undefined)
      throw new Usage(`There is no target "${name}": ${TARGETS.map((one) => one.name).join(', ')}.`);
    return found;
  });
  return {
    targets: targets.length === 0 ? TARGETS : targets,
    files: positionals.map((file) => resolve(file)),
    seed: numberOf('seed', values.seed ?? String(Date.now() % 1_000_000)),
    minutes: numberOf('minutes', values.minutes),
    rounds: values.rounds === undefined ? Number.POSITIVE_INFINITY : numberOf('rounds', values.rounds),
    corpus: resolve(values.corpus ?? CORPUS),
  };
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new Usage(`--${name} is no number: ${text}`);
  return number;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Keeps the input; the path of its file. */
function keep(
  { corpus }: Asked,
  target: Target,
  { name, bytes }: Extract<Verdict, { kind: 'wrong' }>,
): string {
  const folder = join(corpus, target.name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}-${name}`);
  writeFileSync(path, bytes);
  return relative('.', path);
}

/** Tries inputs of one target for so long; how many did wrong. */
async function fuzz(target: Target, asked: Asked, until: number): Promise<number> {
  const watch = new Watch(target);
  const begun = Date.now();
  let [round, problems] = [0, 0];
  try {
    for (; round < asked.rounds && Date.now() < until && problems < MOST_PROBLEMS; round += 1) {
      if (round % ROUNDS_EACH === 0) watch.close();
      const verdict = await watch.try({ kind: 'round', seed: asked.seed, round });
      if (verdict.kind === 'fine') continue;
      problems += 1;
      const path = keep(asked, target, verdict);
      const alone = await watch.try({ kind: 'file', path: resolve(path) });
      say(`${target.name}: seed ${asked.seed}, round ${round}: ${verdict.wrong}\n  kept as ${path}`);
      if (alone.kind === 'fine') say('  It does no wrong alone: inputs before it matter.');
    }
  } finally {
    watch.close();
  }
  const seconds = ((Date.now() - begun) / 1_000).toFixed(0);
  say(`${target.name}: ${round} inputs in ${seconds} s, ${problems} did wrong`);
  return problems;
}

/** Tries files, each with the target that its folder is named after; how many did wrong. */
async function replay(files: readonly string[]): Promise<number> {
  let problems = 0;
  for (const file of files) {
    const name = basename(dirname(file));
    const target = targetNamed(name);
    if (target === undefined) throw new Usage(`${file} is in no folder of a target: ${name}.`);
    const watch = new Watch(target);
    try {
      const verdict = await watch.try({ kind: 'file', path: file });
      if (verdict.kind === 'wrong') problems += 1;
      say(`${relative('.', file)}: ${verdict.kind === 'wrong' ? verdict.wrong : 'fine'}`);
    } finally {
      watch.close();
    }
  }
  return problems;
}

async function main(): Promise<number> {
  const wanted = asked();
  if (wanted.files.length > 0) return replay(wanted.files);
  say(`seed ${wanted.seed}, ${wanted.minutes} minutes`);
  let problems = 0;
  const begun = Date.now();
  const share = (wanted.minutes * 60_000) / wanted.targets.length;
  for (const [i, target] of wanted.targets.entries())
    problems += await fuzz(target, wanted, begun + share * (i + 1));
  return problems;
}

// An exit ends the workers, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
main().then(
  (problems) => (process.exitCode = problems === 0 ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(
      `${error instanceof Usage ? error.message : error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
    );
    process.exitCode = error instanceof Usage ? 2 : 1;
  },
);
