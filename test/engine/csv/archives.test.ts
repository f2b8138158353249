// Archives made to exhaust whoever unpacks them are refused by what they are, in seconds.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { decideFormat, utf8Bytes } from '../../../src/engine/csv';
import { byNode, byScript } from '../../../src/engine/csv/zstd';
import { useFolder } from '../../support/folder';
import {
  rawBlock,
  zip,
  zstdBlock,
  zstdEndlessTable,
  zstdFrame,
  zstdLongBlock,
  zstdTinyFrames,
} from '../../support/hostileArchives';

const HEAD = 'device_id,model,price\n1,A,2\n';
const text = Buffer.from(HEAD);
const entry = { name: 'a.csv', content: text };

/** Bytes, the code of the refusal, and a word of its reason. */
const ATTACKS: Readonly<Record<string, readonly [() => Buffer, string, RegExp]>> = {
  'a zstd window of 2 TB': [() => zstdFrame(41, rawBlock(HEAD, true)), 'BAD_ARCHIVE', /128 MB is the most/],
  'a zstd window of 256 MB': [() => zstdFrame(28, rawBlock(HEAD, true)), 'BAD_ARCHIVE', /256 MB of memory/],
  'a zstd block larger than any': [
    () => zstdFrame(20, zstdBlock(1, 1 << 20, Buffer.from('a'), true)),
    'BAD_ARCHIVE',
    /larger than its frame allows/,
  ],
  'a zstd frame that ends too early': [() => zstdFrame(20, rawBlock(HEAD)), 'BAD_ARCHIVE', /too early/],
  'text behind a zstd frame': [
    () => Buffer.concat([zstdFrame(20, rawBlock(HEAD, true)), Buffer.from('1,B,3\n')]),
    'BAD_ARCHIVE',
    /something else follows/,
  ],
  'a zstd frame that needs a dictionary': [
    () => Buffer.from('28b52ffd0150070000000000000000', 'hex'),
    'BAD_ARCHIVE',
    /dictionary/,
  ],
  'a zip entry that lies': [
    () => zip([{ name: 'a.csv', content: Buffer.alloc(32 << 20, 'a'), claimed: 100 }]),
    'BAD_ARCHIVE',
    /too many bytes/,
  ],
  'a zip archive of 2,000 folders': [
    () => zip(Array.from({ length: 2_000 }, (_, i) => ({ name: `${i}/`, content: Buffer.alloc(0) }))),
    'BAD_ARCHIVE',
    /more than 1000 entries/,
  ],
  'zip entries over one another': [
    () => zip([entry, { ...entry, name: 'b.csv', over: 0 }]),
    'BAD_ARCHIVE',
    /2 files/,
  ],
  'a zip archive in a zip archive': [
    () => zip([{ name: 'a.csv', content: zip([entry]) }]),
    'NOT_CSV',
    /inside an archive/,
  ],
  'Deflate64 in a zip archive': [() => zip([{ ...entry, method: 9 }]), 'BAD_ARCHIVE', /Deflate64/],
  'a zip archive with a password': [() => zip([{ ...entry, flags: 1 }]), 'BAD_ARCHIVE', /encrypted/],
};

describe('an archive made to exhaust', function () {
  this.timeout(60_000);
  const folder = useFolder();
  const decided = (bytes: Buffer): ReturnType<typeof decideFormat> => {
    const file = join(folder(), 'file.csv');
    writeFileSync(file, bytes);
    return decideFormat(file, { temporary: folder() });
  };

  for (const [what, [bytes, code, why]] of Object.entries(ATTACKS))
    it(`is refused: ${what}`, async () => {
      const decision = await decided(bytes());
      assert.ok(decision.kind === 'rejected');
      assert.equal(decision.code, code);
      assert.match(decision.reason, why);
    });

  /** What the decoder gave, in chunks. */
  async function unpacked(decoder: typeof byScript, bytes: Buffer): Promise<readonly Buffer[]> {
    async function* stored(): AsyncGenerator<Buffer> {
      for (let at = 0; at < bytes.length; at += 1000) {
        await Promise.resolve();
        yield bytes.subarray(at, at + 1000);
      }
    }
    const chunks: Buffer[] = [];
    for await (const chunk of decoder(stored())) chunks.push(chunk);
    return chunks;
  }

  for (const [what, bytes] of Object.entries({
    'a table that a reader follows for ever': zstdEndlessTable(HEAD),
    'blocks that say they are very long': zstdLongBlock(HEAD, 100),
    'frames of ten bytes, each with a window of 128 MB': zstdTinyFrames(HEAD, 20_000),
  }))
    it(`does not keep the script for zstd busy: ${what}`, async () => {
      await assert.rejects(unpacked(byScript, bytes), { code: 'ARCHIVE_BOMB', message: /far longer/ });
    });

  const decoders = { script: byScript, ...('createZstdDecompress' in zlib ? { Node: byNode } : {}) };
  for (const [name, decoder] of Object.entries(decoders))
    it(`is no good zstd file: by the ${name}, frames behind one another and those to be skipped`, async () => {
      const skipped = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from('abc')]);
      const long = 'x'.repeat(100_000);
      const bytes = Buffer.concat([
        zstdFrame(20, rawBlock('a'), rawBlock(long), rawBlock('b', true)),
        skipped,
        zstdFrame(17, zstdBlock(1, 1 << 17, Buffer.from('c'), true)),
      ]);
      const chunks = await unpacked(decoder, bytes);
      assert.equal(Buffer.concat(chunks).toString(), `a${long}b${'c'.repeat(1 << 17)}`);
      assert.ok(chunks.every((chunk) => chunk.length <= 1 << 17));
      const cut = zstdFrame(20, rawBlock('a', true)).subarray(0, -1);
      await assert.rejects(unpacked(decoder, cut), { code: 'BAD_ARCHIVE' });
    });

  it('is no good zstd file that begins with a frame to be skipped', async () => {
    const file = join(folder(), 'file.csv.zst');
    const skipped = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
    writeFileSync(file, Buffer.concat([skipped, zstdFrame(20, rawBlock(HEAD, true))]));
    const decision = await decideFormat(file, { temporary: folder() });
    assert.equal(decision.kind === 'csv' ? decision.format.compression : decision.kind, 'zstd');
  });

  it('is no zip file of a writer that cannot seek', async () => {
    const file = join(folder(), 'file.csv');
    writeFileSync(file, zip([{ ...entry, descriptor: true }]));
    const chunks: Buffer[] = [];
    const how = { compression: 'zip', encoding: 'utf-8', bom: false } as const;
    for await (const chunk of utf8Bytes(file, how, { temporary: folder() })) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString(), HEAD);
  });
});
