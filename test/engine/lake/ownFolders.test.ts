// Links, devices and pipes that came with a folder: what is written, emptied and read is the pipeline's own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readStatus } from '../../../src/engine/insight';
import { maintain } from '../../../src/engine/upkeep';
import { DATE, open, runDay, smallDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';

describe('folders and files that came with a workspace', () => {
  const folder = useFolder();
  const data = (...names: readonly string[]): string => join(folder(), 'data', ...names);
  const outside = (): string => join(folder(), 'Documents');

  beforeEach(async () => {
    writeDay(folder(), smallDay());
    await runDay(folder());
    mkdirSync(join(outside(), 'letters'), { recursive: true });
    writeFileSync(join(outside(), 'thesis.txt'), 'years of work');
  });

  const isUntouched = (): void => {
    assert.deepEqual(readdirSync(outside()).sort(), ['letters', 'thesis.txt']);
  };
  const refused = { code: 'UNSUPPORTED', message: /^data\/.* is a link to .*Documents/ };

  it('a state that is a link, or holds one, is neither emptied nor written', async () => {
    for (const name of ['.state/tmp', '.state/manifests', '.state']) {
      renameSync(data(name), join(folder(), 'kept'));
      symlinkSync(outside(), data(name));
      for (const act of [
        () => runDay(folder()),
        async () => maintain(await open(folder()), { dryRun: false }),
      ])
        await assert.rejects(act(), refused, name);
      isUntouched();
      rmSync(data(name));
      renameSync(join(folder(), 'kept'), data(name));
    }
    assert.equal((await runDay(folder())).result.status, 'ok');
  });

  it('a layer that leads to other files is neither written nor cleared', async () => {
    for (const name of ['raw', 'silver', 'gold', 'rejects', 'logs']) {
      renameSync(data(name), join(folder(), 'kept'));
      symlinkSync(outside(), data(name));
      await assert.rejects(runDay(folder()), refused, name);
      isUntouched();
      rmSync(data(name));
      renameSync(join(folder(), 'kept'), data(name));
    }
  });

  it('a layer on another disk may be a link, and a folder in it may not', async () => {
    const disk = join(folder(), 'disk');
    cpSync(data('gold'), disk, { recursive: true });
    rmSync(data('gold'), { recursive: true });
    symlinkSync(disk, data('gold'));
    const again = await runDay(folder(), { selection: { dates: [DATE], force: true } });
    assert.equal(again.result.status, 'ok');
    rmSync(join(disk, DATE), { recursive: true });
    symlinkSync(outside(), join(disk, DATE));
    const { result } = await runDay(folder(), { selection: { dates: [DATE], force: true } });
    assert.equal(result.status, 'failed');
    assert.match(
      result.steps.find((step) => step.status === 'failed')?.error?.message ?? '',
      /gold\/20241115 is a link: what is written there would be another folder's/,
    );
    isUntouched();
  });

  it('devices and pipes in place of state and reports are not read', async function () {
    if (process.platform === 'win32') this.skip();
    const report = data('logs/reports', DATE, 'Device.json');
    const places = [
      data('.state/ledger'),
      data('.state/manifests/gold', DATE, 'Device.json'),
      data('.state/manifests/raw', DATE, 'Skylink/Device.json'),
      report,
    ];
    for (const place of places)
      for (const kind of ['device', 'pipe']) {
        const kept = `${place}.kept`;
        renameSync(place, kept);
        if (kind === 'device') symlinkSync('/dev/zero', place);
        else execFileSync('mkfifo', [place]);
        const before = process.memoryUsage.rss();
        // It says what is wrong, or does without: either way it comes back, and takes no memory.
        const asked = open(folder()).then((workspace) => readStatus(workspace));
        await asked.catch((error: unknown) => {
          assert.match(String(error), /cannot be read|damaged|not read|is a link/i, place);
        });
        assert.ok(process.memoryUsage.rss() - before < 200e6, `${kind} ${place}`);
        rmSync(place);
        renameSync(kept, place);
      }
    assert.ok(existsSync(report));
  });
});
