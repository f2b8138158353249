// Inputs that once did wrong: each is tried again, by the part it was for, in a process that is watched.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TARGETS } from './targets';
import { Watch } from './watch';

const CORPUS = join(import.meta.dirname, '../cases/fuzz');

describe('inputs that once did wrong', () => {
  for (const target of TARGETS.filter(({ name }) => existsSync(join(CORPUS, name)))) {
    describe(target.name, () => {
      let watch: Watch;
      before(() => {
        watch = new Watch(target);
      });
      after(() => watch.close());

      for (const name of readdirSync(join(CORPUS, target.name)).sort())
        it(name, async () => {
          const verdict = await watch.try({ kind: 'file', path: join(CORPUS, target.name, name) });
          assert.equal(verdict.kind === 'wrong' ? verdict.wrong : undefined, undefined);
        });
    });
  }

  it('are each in the folder of a target', () => {
    const names = TARGETS.map(({ name }) => name);
    assert.deepEqual(
      readdirSync(CORPUS).filter((name) => !names.includes(name)),
      [],
    );
  });
});
