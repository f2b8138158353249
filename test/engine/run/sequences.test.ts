// Twenty random histories of a workspace: whatever came in whatever order, the state is that of a run from scratch.
import { useFolder } from '../../support/folder';
import { playSequence } from '../../support/sequences/sequence';

describe('a random history of a workspace', function () {
  this.timeout(300_000);
  const folder = useFolder();

  for (let seed = 1; seed <= 20; seed += 1)
    it(`is that of a run from scratch after each settled run, seed ${String(seed)}`, () =>
      playSequence({ folder: folder(), seed, kills: false, steps: 3 }));
});
