// Kills what makes lost state again, and runs whose layers are on another disk: the next one must make everything whole.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CROSSING_STEPS, type DurableStep } from '../../src/engine/base/durable';
import { DATE, smallDay, writeDay } from '../support/day';
import { otherDisk } from '../support/otherDisk';
import { differences, leftovers, snapshot, type Snapshot } from '../support/snapshot';

const CLI = resolve(__dirname, '../../dist/cli.js');
const LAYERS = ['landing', 'raw', 'silver', 'gold', 'rejects', 'archive', 'logs'];

function m7(workspace: string, words: readonly string[], crashAt?: string): NodeJS.Signals | null {
  const ended = spawnSync(process.execPath, [CLI, ...words, '--workspace', workspace, '--quiet'], {
    env: { ...process.env, ...(crashAt === undefined ? {} : { M7_CRASH_AT: crashAt }) },
    encoding: 'utf8',
  });
  if (ended.signal === null) assert.equal(ended.status, 0, `${ended.stdout}${ended.stderr}`);
  return ended.signal;
}
const RUN = ['run', '--date', DATE];

describe('what came, when the process is killed', function () {
  this.timeout(180_000);
  const root = mkdtempSync(join(tmpdir(), 'm7-kept-crash-'));
  const fresh = join(root, 'fresh');
  const done = join(root, 'done');
  const others: string[] = [];
  let truth: Snapshot = {};
  let counter = 0;

  before(async () => {
    writeDay(fresh, smallDay());
    cpSync(fresh, done, { recursive: true, preserveTimestamps: true });
    m7(done, RUN);
    truth = await snapshot(join(done, 'data'));
  });
  after(() => {
    for (const folder of [root, ...others]) rmSync(folder, { recursive: true, force: true });
  });

  const copy = (from: string): string => {
    counter += 1;
    const to = join(root, String(counter));
    cpSync(from, to, { recursive: true, preserveTimestamps: true });
    return to;
  };
  async function whole(workspace: string): Promise<void> {
    const data = join(workspace, 'data');
    assert.deepEqual(
      differences(truth, await snapshot(data)).filter((line) => !/\.kept-1: not there/.test(line)),
      [],
    );
    assert.deepEqual(leftovers(data), []);
  }

  const adopting: readonly DurableStep[] = [
    'temporary.cleared',
    'output.written',
    'output.synced',
    'output.renamed',
    'manifest.written',
    'manifest.renamed',
  ];
  for (const [what, words] of [
    ['a run that adopts raw', RUN],
    ['a repair', ['repair']],
  ] as const)
    for (const step of adopting)
      for (const nth of step === 'temporary.cleared' ? [1] : [1, 3])
        it(`${what}, at ${step}, passing ${nth}: nothing is lost, and nothing is there twice`, async () => {
          const workspace = copy(done);
          rmSync(join(workspace, 'data/.state'), { recursive: true });
          assert.equal(m7(workspace, words, `${step}:${nth}`), 'SIGKILL', 'it passed this step');
          m7(workspace, RUN);
          await whole(workspace);
        });

  describe('with layers on another disk', () => {
    /** A copy whose layers are links to another file system; undefined where there is none. */
    function spread(layers: readonly string[]): string | undefined {
      const workspace = copy(fresh);
      const disk = otherDisk(workspace);
      if (disk === undefined) return undefined;
      others.push(disk);
      for (const layer of layers) {
        const inside = join(workspace, 'data', layer);
        mkdirSync(inside, { recursive: true });
        cpSync(inside, join(disk, layer), { recursive: true, preserveTimestamps: true });
        rmSync(inside, { recursive: true });
        symlinkSync(join(disk, layer), inside);
      }
      return workspace;
    }
    const hidden = (workspace: string): string[] =>
      LAYERS.flatMap((layer) => {
        try {
          return readdirSync(join(workspace, 'data', layer), { recursive: true, encoding: 'utf8' });
        } catch {
          return [];
        }
      }).filter((name) => name.endsWith('.moving'));
    /** A link counts as no folder for the snapshot: the layers come back first. */
    async function wholeBack(workspace: string, layers: readonly string[]): Promise<void> {
      assert.deepEqual(hidden(workspace), []);
      for (const layer of layers) {
        const inside = join(workspace, 'data', layer);
        const back = `${inside}.back`;
        cpSync(`${inside}/`, back, { recursive: true, preserveTimestamps: true, dereference: true });
        rmSync(inside);
        cpSync(back, inside, { recursive: true, preserveTimestamps: true });
        rmSync(back, { recursive: true });
      }
      rmSync(join(workspace, 'data/.state/moves'), { recursive: true, force: true });
      await whole(workspace);
    }

    for (const layers of [...LAYERS.map((layer) => [layer]), LAYERS, ['.state']])
      it(`${layers.join(', ')}: a run does all that it does on one`, async function () {
        const workspace = spread(layers);
        if (workspace === undefined) this.skip();
        m7(workspace, RUN);
        await wholeBack(workspace, layers);
      });

    for (const step of CROSSING_STEPS)
      for (const nth of [1, 2, 5, 9])
        it(`killed at ${step}, passing ${nth}: the next run makes all whole`, async function () {
          const workspace = spread(LAYERS.filter((layer) => layer !== 'landing'));
          if (workspace === undefined) this.skip();
          assert.equal(m7(workspace, RUN, `${step}:${nth}`), 'SIGKILL', 'it passed this step');
          m7(workspace, RUN);
          await wholeBack(
            workspace,
            LAYERS.filter((layer) => layer !== 'landing'),
          );
        });
  });
});
