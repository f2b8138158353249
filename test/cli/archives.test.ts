// Archives made to exhaust whoever unpacks them: `m7 run` and `m7 preview` refuse them with few bytes and seconds.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCommand, m7Measured } from './command';
import { DATE, writeDay } from '../support/day';
import { useFolder } from '../support/folder';
import { gzipBomb, rawBlock, zip, zstdBomb, zstdFrame, zstdLongBlock } from '../support/hostileArchives';

const HEAD = 'device_id,model,price\n1,A,2\n';
/** Much more than a run of a small day has (160 MB), far less than any of the files would unpack to. */
const MOST_MB = 500;
const text = Buffer.from(HEAD);

/** By the brand they come from: ending of the name, bytes, and the code of the refusal. */
const ATTACKS: Readonly<Record<string, readonly [string, () => Buffer, string]>> = {
  ZstdBomb: ['.zst', () => zstdBomb(HEAD, 184), 'ARCHIVE_BOMB'],
  ZstdBlocks: ['.zst', () => zstdLongBlock(HEAD, 10_000), 'ARCHIVE_BOMB'],
  ZstdWindow: ['.zst', () => zstdFrame(31, rawBlock(HEAD, true)), 'BAD_ARCHIVE'],
  GzipBomb: ['.gz', () => gzipBomb(HEAD, 320), 'ARCHIVE_BOMB'],
  ZipBomb: ['.zip', () => zip([{ name: 'a.csv', content: Buffer.alloc(280 << 20, 'a') }]), 'ARCHIVE_BOMB'],
};
const fileOf = (brand: string): string => `${brand}_Device_${DATE}.csv${ATTACKS[brand]?.[0] ?? ''}`;

describe('archives made to exhaust', function () {
  this.timeout(180_000);
  const folder = useFolder();
  before(buildCommand);

  const measured = (words: readonly string[]): ReturnType<typeof m7Measured> =>
    m7Measured(words, { cwd: folder() });

  it('are rejected by a run with their reasons, and the good file beside them is taken in', async () => {
    const brands = ['Good', ...Object.keys(ATTACKS)];
    const good = zip([{ name: 'a.csv', content: text, descriptor: true }]);
    writeDay(folder(), {
      brands: Object.fromEntries(brands.map((name, i) => [name, `B${i}`])),
      tables: { Device: { columns: { device_id: { type: 'VARCHAR' }, model: { type: 'VARCHAR' } } } },
      files: {
        ...Object.fromEntries(Object.entries(ATTACKS).map(([brand, [, bytes]]) => [fileOf(brand), bytes()])),
        [`Good_Device_${DATE}.csv.zip`]: good,
      },
    });
    const { code, out, err, peak } = await measured(['run', '--date', DATE, '--stage', 'landing-to-raw']);
    assert.equal(code, 1, err);
    for (const [brand, [, , wanted]] of Object.entries(ATTACKS)) {
      const note = join(
        folder(),
        `data/rejects/${DATE}/landing-to-raw/${brand}/files/${fileOf(brand)}.reason.json`,
      );
      assert.equal(JSON.parse(readFileSync(note, 'utf8')).code, wanted, brand);
    }
    assert.ok(readdirSync(join(folder(), `data/raw/${DATE}/Good`)).includes('Device.parquet'), out);
    assert.ok(peak < MOST_MB, `${peak} MB`);
  });

  it('are refused by a preview', async () => {
    writeFileSync(join(folder(), 'x.csv'), zstdBomb(HEAD, 184));
    const { code, err, peak } = await measured(['preview', 'x.csv']);
    assert.equal(code, 1, err);
    assert.match(err, /more than 250 times its size/);
    assert.ok(peak < MOST_MB, `${peak} MB`);
  });
});
