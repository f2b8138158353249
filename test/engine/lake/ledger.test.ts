import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLedger, readLedger, type LedgerEntry } from '../../../src/engine/lake/ledger';
import { useFolder } from '../../support/folder';

const entry = (id: string): LedgerEntry => ({
  kind: 'run',
  run_id: id,
  status: 'ok',
  time: '2024-11-15T00:00:00Z',
  dates: ['20241115'],
});

describe('the ledger', () => {
  const folder = useFolder();
  const write = async (...ids: string[]): Promise<void> => {
    const ledger = await openLedger(folder());
    ledger.append(ids.map(entry));
    ledger.close();
  };

  it('is empty before the first line', () => {
    assert.deepEqual(readLedger(folder()), { entries: [], damaged: 0 });
  });

  it('gives back what was appended, over several openings', async () => {
    await write('a', 'b');
    await write('c\n"ü');
    assert.deepEqual(readLedger(folder()).entries, [entry('a'), entry('b'), entry('c\n"ü')]);
  });

  it('drops a line that a crash cut short, and goes on after it', async () => {
    await write('a', 'b');
    const path = join(folder(), 'ledger');
    for (const cut of [1, 5, 30]) {
      writeFileSync(path, readFileSync(path).subarray(0, -cut));
      assert.deepEqual(readLedger(folder()).entries, [entry('a')]);
      await write('b');
      assert.deepEqual(readLedger(folder()), { entries: [entry('a'), entry('b')], damaged: 0 });
    }
  });

  it('counts a line whose checksum is wrong and keeps the others', async () => {
    await write('a', 'b', 'c');
    const path = join(folder(), 'ledger');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"b"', '"x"'));
    assert.deepEqual(readLedger(folder()), { entries: [entry('a'), entry('c')], damaged: 1 });
    appendFileSync(path, 'no ledger line\n');
    assert.equal(readLedger(folder()).damaged, 2);
  });
});
