// How far a run of given dates looks for others that look at what it changed.
import assert from 'node:assert/strict';
import { addDays } from '../../../src/engine/model';
import { laterDates } from '../../../src/engine/run/affected';

describe('dates that may look at what a run changed', () => {
  const lake = Array.from({ length: 1000 }, (_, n) => addDays('20220101', n));

  it('are the next thirty-one with gold, however many there are', () => {
    const first = addDays('20220101', 10);
    const later = laterDates(lake, first, [first]);
    assert.equal(later.length, 31);
    assert.deepEqual([later[0], later.at(-1)], [addDays(first, 1), addDays(first, 31)]);
  });

  it('leave out those that the run takes itself', () =>
    assert.deepEqual(laterDates(lake.slice(0, 4), '20220101', ['20220101', '20220103']), [
      '20220102',
      '20220104',
    ]));

  it('are none before the first date that changes', () =>
    assert.deepEqual(laterDates(lake, '20241231', ['20241231']), []));
});
