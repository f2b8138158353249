// A random history of a workspace, and whether its state is that of a run from scratch on the same files.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openWorkspace, planRun, readReport, run, type Plan, type Selection } from '../../../src/engine';
import { isoDate } from '../../../src/engine/model';
import { DURABLE_STEPS } from '../../../src/engine/base/durable';
import { differences, leftovers, snapshot, type Snapshot } from '../snapshot';
import { Chance } from './rng';
import {
  DATES,
  FIRST_WORLD,
  TABLES,
  TODAY,
  changed,
  fileText,
  renamed,
  writeWorld,
  type World,
} from './world';

const CLI = resolve(__dirname, '../../../dist/cli.js');
/** Every file was written long ago: nothing waits for it to settle. */
const WRITTEN = new Date(Date.UTC(2024, 10, 16, 6));

interface Delivery {
  readonly name: string;
  readonly text: string;
}

/** What sequences are made of. */
export interface SequenceOptions {
  readonly folder: string;
  readonly seed: number;
  /** Runs are killed at durable steps: needs dist/cli.js. */
  readonly kills: boolean;
  readonly steps: number;
}

/**
 * Plays a sequence: files come, the config changes, some dates are run, some runs are killed. After each settled run the
 * state has to be that of a run from scratch, and the next plan empty.
 * @throws AssertionError with the story up to the step that went wrong.
 */
export async function playSequence({ folder, seed, kills, steps }: SequenceOptions): Promise<void> {
  const chance = new Chance(seed);
  const player = new Player(folder, chance, kills);
  try {
    await player.begin();
    for (let step = 0; step < steps; step += 1) await player.step(step === steps - 1);
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    throw new Error(`Seed ${String(seed)}:\n  ${player.story.join('\n  ')}\n${told}`, { cause: error });
  }
}

class Player {
  readonly story: string[] = [];
  readonly #lived: string;
  readonly #fresh: string;
  readonly #chance: Chance;
  readonly #kills: boolean;
  #world: World = FIRST_WORLD;
  /** In landing, not taken yet. */
  #waiting: Delivery[] = [];
  /** Taken, in the order of the runs that took them. */
  readonly #taken: Delivery[][] = [];
  readonly #delivered: Delivery[] = [];

  constructor(folder: string, chance: Chance, kills: boolean) {
    this.#lived = join(folder, 'lived');
    this.#fresh = join(folder, 'fresh');
    this.#chance = chance;
    this.#kills = kills;
  }

  async begin(): Promise<void> {
    await writeWorld(this.#lived, this.#world);
    for (const date of DATES.slice(1, 4))
      for (const table of TABLES)
        if (this.#chance.chance(0.7))
          await this.#deliver(this.#chance.one(this.#world.brands).name, table, date);
  }

  async step(last: boolean): Promise<void> {
    const changes = 1 + this.#chance.below(3);
    for (let i = 0; i < changes; i += 1) await this.#change();
    if (this.#chance.chance(0.5)) await this.#run(this.#selection());
    if (this.#kills && this.#chance.chance(0.5)) await this.#killedRun();
    if (last || this.#chance.chance(0.5)) await this.#settle();
  }

  async #change(): Promise<void> {
    const dice = this.#chance.next();
    if (dice < 0.45) {
      await this.#deliver(
        this.#chance.one(this.#world.brands).name,
        this.#chance.one(TABLES),
        this.#chance.one(DATES),
      );
    } else if (dice < 0.55 && this.#delivered.length > 0) await this.#redeliver();
    else if (dice < 0.62 && this.#waiting.length > 0) await this.#remove();
    else if (dice < 0.72) await this.#configure(renamed(this.#world, this.#chance));
    else await this.#configure(changed(this.#world, this.#chance));
  }

  async #configure({ world, what }: { readonly world: World; readonly what: string }): Promise<void> {
    this.story.push(`config: ${what}`);
    this.#world = world;
    await writeWorld(this.#lived, world);
  }

  #deliver(brand: string, table: (typeof TABLES)[number], date: string): Promise<void> {
    return this.#put({ name: `${brand}_${table}_${date}.csv`, text: fileText(table, this.#chance) });
  }

  /** The same name again, with the same bytes or others. */
  #redeliver(): Promise<void> {
    const { name, text } = this.#chance.one(this.#delivered);
    const table = TABLES.find((one) => name.includes(`_${one}_`)) ?? 'User';
    return this.#put({ name, text: this.#chance.chance(0.4) ? text : fileText(table, this.#chance) });
  }

  async #put(file: Delivery): Promise<void> {
    this.story.push(`comes: ${file.name} (${String(file.text.length)} bytes)`);
    this.#waiting = [...this.#waiting.filter((one) => one.name !== file.name), file];
    this.#delivered.push(file);
    await place(this.#lived, file);
  }

  async #remove(): Promise<void> {
    const file = this.#chance.one(this.#waiting);
    this.story.push(`goes: ${file.name}`);
    this.#waiting = this.#waiting.filter((one) => one !== file);
    await rm(landed(this.#lived, file));
  }

  #selection(): Selection {
    const { one } = { one: <T>(list: readonly T[]): T => this.#chance.one(list) };
    const [from, to] = [one(DATES), one(DATES)].sort();
    return one<Selection>([
      {},
      { dates: [one(DATES)] },
      { dates: [one(DATES), one(DATES)] },
      { dates: { from: from ?? DATES[0], to: to ?? DATES[0] } },
      { tables: [one(TABLES)] },
      { dates: [one(DATES)], tables: [one(TABLES)] },
      { stages: ['landing-to-raw', 'raw-to-silver'] },
      { stages: ['landing-to-raw'], dates: [one(DATES)] },
      { brands: [one(this.#world.brands).name] },
      { validateOnly: true, stages: ['gold-to-snowflake'] },
    ]);
  }

  async #run(selection: Selection): Promise<void> {
    this.story.push(`run ${JSON.stringify(selection)}`);
    await drain(this.#lived, selection);
    this.#noteTaken();
  }

  /** What is no longer in landing has been taken by the runs since the last look. */
  #noteTaken(): void {
    const taken = this.#waiting.filter((file) => !existsSync(landed(this.#lived, file)));
    if (taken.length === 0) return;
    this.#waiting = this.#waiting.filter((file) => !taken.includes(file));
    this.#taken.push(taken);
  }

  async #killedRun(): Promise<void> {
    const at = `${this.#chance.one(DURABLE_STEPS)}:${String(1 + this.#chance.below(6))}`;
    const child = spawn(
      process.execPath,
      [CLI, 'run', '--workspace', this.#lived, '--from', DATES[0], '--to', DATES[4], '--quiet'],
      { stdio: 'ignore', env: { ...process.env, M7_CRASH_AT: at } },
    );
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    this.story.push(`run killed at ${at}: ${signal ?? `exit ${String(code)}`}`);
    assert.ok(code === 0 || code === 1 || signal === 'SIGKILL', `exit ${String(code)}`);
    this.#noteTaken();
  }

  async #settle(): Promise<void> {
    this.story.push('run over everything');
    await drain(this.#lived, {});
    this.#noteTaken();
    assert.deepEqual(this.#waiting, [], 'a run over everything leaves no file of its own in landing');
    const plan = await planned(this.#lived);
    assert.deepEqual(await dueIn(this.#lived, plan), [], 'the next plan is empty');
    assert.deepEqual(leftovers(join(this.#lived, 'data')), []);
    await this.#fromScratch();
    assert.deepEqual(differences(await stateOf(this.#fresh), await stateOf(this.#lived)), []);
  }

  /** The same files in the same order, in a folder of their own, with the config of now. */
  async #fromScratch(): Promise<void> {
    await rm(this.#fresh, { recursive: true, force: true });
    await writeWorld(this.#fresh, this.#world);
    for (const files of this.#taken) {
      for (const file of files) await place(this.#fresh, file);
      await drain(this.#fresh, { stages: ['landing-to-raw'] });
    }
    await drain(this.#fresh, {});
  }
}

const landed = (workspace: string, { name }: Delivery): string => join(workspace, 'data', 'landing', name);

async function place(workspace: string, file: Delivery): Promise<void> {
  const path = landed(workspace, file);
  await mkdir(join(workspace, 'data', 'landing'), { recursive: true });
  await writeFile(path, file.text);
  await utimes(path, WRITTEN, WRITTEN);
}

const clock = (): Date => TODAY;

async function drain(directory: string, selection: Selection): Promise<void> {
  const running = run(await openWorkspace({ directory, environment: {} }), selection, { clock });
  for (let next = await running.next(); next.done !== true;) next = await running.next();
}

async function planned(directory: string): Promise<Plan> {
  return planRun(await openWorkspace({ directory, environment: {} }), {}, { clock });
}

/** Steps to run, but for loads that rules refuse: each run says so again. */
async function dueIn(directory: string, plan: Plan): Promise<readonly string[]> {
  const workspace = await openWorkspace({ directory, environment: {} });
  return plan.steps
    .filter((step) => step.action === 'run')
    .filter(
      ({ stage, date, table, reason }) =>
        !(
          stage === 'gold-to-snowflake' &&
          (reason === 'not loaded yet' || reason === 'loaded from an older state') &&
          readReport(workspace, date, table)?.status === 'failed'
        ),
    )
    .map(({ stage, date, table, brand, reason }) => `${stage} ${date} ${table} ${brand ?? ''}: ${reason}`);
}

/**
 * What users see: gold, reports, rejects, and the rows of the warehouse. Of a date that rules refuse the warehouse keeps
 * what was accepted before: that is told by its report alone.
 */
async function stateOf(workspace: string): Promise<Snapshot> {
  const data = join(workspace, 'data');
  const lake = await openWorkspace({ directory: workspace, environment: {} });
  const refused = DATES.flatMap((date) =>
    TABLES.filter((table) => readReport(lake, date, table)?.status === 'failed').map((table) => ({
      date,
      table,
    })),
  );
  const all = await snapshot(data, {
    withoutConfig: true,
    rows: (table) => {
      const days = refused
        .filter((one) => one.table.toUpperCase() === table)
        .map(({ date }) => `DATE '${isoDate(date)}'`);
      return days.length === 0 ? undefined : `LOAD_DATE NOT IN (${days.join(', ')})`;
    },
  });
  return Object.fromEntries(
    Object.entries(all).filter(
      ([name, what]) =>
        /^(?:raw|silver|gold|rejects)\/|^logs\/reports\/\d+\/(?!summary)|^warehouse /.test(name) &&
        !name.endsWith('.LOADS') &&
        !what.startsWith('0 rows'),
    ),
  );
}
