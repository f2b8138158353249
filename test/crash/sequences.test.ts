// Two hundred random histories of a workspace, with runs that are killed at durable steps.
import { useFolder } from '../support/folder';
import { playSequence } from '../support/sequences/sequence';

const SEQUENCES = 200;

describe('a random history of a workspace with kills', function () {
  this.timeout(600_000);
  const folder = useFolder();

  for (let seed = 1001; seed < 1001 + SEQUENCES; seed += 1)
    it(`is that of a run from scratch after each settled run, seed ${String(seed)}`, () =>
      playSequence({ folder: folder(), seed, kills: true, steps: 5 }));
});
