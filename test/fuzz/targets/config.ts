// The three config files: loaded as a run loads them, and edited as an editor does, at a place drawn from the text.
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEditing } from '../../../src/engine';
import { CONFIG_FILES, loadConfig, type ConfigFile } from '../../../src/engine/workspace/config';
import { loadSettings } from '../../../src/engine/workspace/settings';
import { SMALL_CONFIG } from '../../support/smallConfig';
import { JSON_MUTATIONS } from '../mutations';
import { refused, refusedRightly } from '../refusal';
import type { Open } from '../target';

const SAMPLE = join(import.meta.dirname, '../../../config');
const ENVIRONMENT = { SETTLE: '0' };

/** The texts that are damaged: a small config, and the sample's. */
const ORIGINALS: readonly Readonly<Record<ConfigFile, string>>[] = [SMALL_CONFIG, SMALL_CONFIG, sample()];

function sample(): Readonly<Record<ConfigFile, string>> {
  const texts = { ...SMALL_CONFIG };
  for (const name of CONFIG_FILES) texts[name] = readFileSync(join(SAMPLE, name), 'utf8');
  return texts;
}

export const open: Open = async (folder) => {
  await mkdir(join(folder, 'config'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, '.env'), '');
  const editing = openEditing({ directory: folder, environment: ENVIRONMENT });

  async function edited(file: ConfigFile, text: string): Promise<string | undefined> {
    const draft = { file: draftOf(file), text };
    // The same place for the same text.
    const offset = Math.floor(text.length * 0.618);
    for (const { range } of await editing.diagnose(draft))
      if (!within(range, text)) return `A diagnostic is outside of the text: ${JSON.stringify(range)}`;
    for (const { range } of await editing.complete(draft, offset))
      if (!within(range, text)) return `A completion is outside of the text: ${JSON.stringify(range)}`;
    const hover = await editing.hover(draft, offset);
    return hover === undefined || within(hover.range, text) ? undefined : 'A hover is outside of the text.';
  }

  return {
    make(random) {
      const originals = random.pick(ORIGINALS);
      const name = random.pick(CONFIG_FILES);
      const made = random.pick(JSON_MUTATIONS)(originals[name], random);
      const from = originals === SMALL_CONFIG ? 'small' : 'sample';
      return { name: `${from}.${name}`, bytes: Buffer.from(made) };
    },
    async try({ name, bytes }) {
      const [from = '', ...rest] = name.split('.');
      const file = CONFIG_FILES.find((one) => one === rest.join('.'));
      if (file === undefined) throw new Error(`${name} is no config file.`);
      const texts = from === 'small' ? SMALL_CONFIG : sample();
      for (const other of CONFIG_FILES) await writeFile(join(folder, 'config', other), texts[other]);
      await writeFile(join(folder, '.env'), from === 'small' ? 'EXPECTED_TABLES=User,Playback\n' : '');
      await writeFile(join(folder, 'config', file), bytes);
      try {
        await loadConfig(await loadSettings({ workspace: folder, environment: ENVIRONMENT }));
      } catch (error) {
        const wrong = await refusedRightly(error);
        if (wrong !== undefined) return wrong;
      }
      try {
        return await edited(file, bytes.toString('utf8'));
      } catch (error) {
        return refused(error);
      }
    },
    close: () => {
      editing.close();
      return Promise.resolve();
    },
  };
};

const draftOf = (file: ConfigFile): 'brand_configs' | 'table_schemas' | 'validation_rules' => {
  switch (file) {
    case 'brand_configs.json':
      return 'brand_configs';
    case 'table_schemas.json':
      return 'table_schemas';
    case 'validation_rules.json':
      return 'validation_rules';
  }
};

const within = ({ start, end }: { readonly start: number; readonly end: number }, text: string): boolean =>
  0 <= start && start <= end && end <= text.length;
