// SHA256SUMS beside the VSIX files: `sha256sum -c SHA256SUMS` checks them.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const SUMS = 'SHA256SUMS';

/** Enters files of one folder; what it says of other files there stays, so that targets can be packaged one by one. */
export async function enterSums(files: readonly [string, ...string[]]): Promise<void> {
  const folder = dirname(files[0]);
  const path = join(folder, SUMS);
  const before = existsSync(path) ? (await readFile(path, 'utf8')).split('\n') : [];
  const sums = new Map<string, string>();
  for (const line of before) {
    const [, sum, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (sum !== undefined && name !== undefined && existsSync(join(folder, name))) sums.set(name, sum);
  }
  for (const file of files) sums.set(basename(file), await sumOf(file));
  const lines = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => `${sum}  ${name}\n`);
  await writeFile(`${path}.new`, lines.join(''));
  await rename(`${path}.new`, path);
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
