// Client-side encryption of staged files: the driver encrypts what it sends to an object store, COPY decrypts it.
import { createDecipheriv, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { SIDE, type StagedFile } from './stageFiles';

/** What PUT hands to the driver: the master key of one statement. */
export interface EncryptionMaterial {
  readonly queryStageMasterKey: string;
  readonly queryId: string;
  readonly smkId: number;
}

const keys = new Map<string, Buffer>();

export function newMaterial(queryId: string): EncryptionMaterial {
  const key = randomBytes(16);
  keys.set(queryId, key);
  return { queryStageMasterKey: key.toString('base64'), queryId, smkId: 92_019_681_909_886 };
}

/** Path of the plain file: the staged one itself where it was not encrypted, else a copy that the caller removes. */
export async function decrypted(staged: StagedFile): Promise<string> {
  const side = await readFile(`${staged.file}${SIDE}`, 'utf8').catch(() => undefined);
  if (side === undefined) return staged.file;
  const metadata: unknown = JSON.parse(side);
  const field = (name: string): string => {
    const value =
      typeof metadata === 'object' && metadata !== null
        ? (metadata as Record<string, unknown>)[name]
        : undefined;
    return typeof value === 'string' ? value : '';
  };
  if (field('x-amz-key') === '') return staged.file;
  const description: unknown = JSON.parse(field('x-amz-matdesc'));
  const queryId = (description as { readonly queryId?: string }).queryId ?? '';
  const master = keys.get(queryId);
  if (master === undefined) return staged.file;
  const unwrap = createDecipheriv('aes-128-ecb', master, null);
  const key = Buffer.concat([unwrap.update(Buffer.from(field('x-amz-key'), 'base64')), unwrap.final()]);
  const plain = `${staged.file}.plain${randomBytes(4).toString('hex')}`;
  await pipeline(
    createReadStream(staged.file),
    createDecipheriv('aes-128-cbc', key, Buffer.from(field('x-amz-iv'), 'base64')),
    createWriteStream(plain),
  );
  return plain;
}
