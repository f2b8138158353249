// .env: settings as every command loads them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../../../src/engine/workspace/config';
import { loadSettings, SETTINGS } from '../../../src/engine/workspace/settings';
import { SMALL_CONFIG } from '../../support/smallConfig';
import { ENV_MUTATIONS } from '../mutations';
import { refusedRightly } from '../refusal';
import type { Open } from '../target';

/** Every setting with its default. */
export const PLAIN_ENV = `${SETTINGS.map(({ name, default: value }) =>
  name === 'EXPECTED_TABLES' ? `${name}=User,Playback` : `${name}=${value}`,
).join('\n')}\n# comment\n`;

export const open: Open = async (folder) => {
  await mkdir(join(folder, 'config'));
  for (const [name, text] of Object.entries(SMALL_CONFIG))
    await writeFile(join(folder, 'config', name), text);
  return {
    make: (random) => ({
      name: 'input.env',
      bytes: Buffer.from(random.pick(ENV_MUTATIONS)(PLAIN_ENV, random)),
    }),
    async try({ bytes }) {
      await writeFile(join(folder, '.env'), bytes);
      try {
        await loadConfig(await loadSettings({ workspace: folder, environment: { SETTLE: '0' } }));
        return undefined;
      } catch (error) {
        return refusedRightly(error);
      }
    },
    close: () => Promise.resolve(),
  };
};
