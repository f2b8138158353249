// Thousands of damaged config and .env files, the same ones each time: all end in success or in a place to look at.
// `npm run fuzz` tries others.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_FILES, loadConfig, type ConfigFile } from '../../../src/engine/workspace/config';
import { loadSettings } from '../../../src/engine/workspace/settings';
import { ENV_MUTATIONS, JSON_MUTATIONS } from '../../fuzz/mutations';
import { refusedRightly } from '../../fuzz/refusal';
import { PLAIN_ENV } from '../../fuzz/targets/env';
import { seeded } from '../../support/seeded';
import { SMALL_CONFIG, smallWorkspace, type SmallWorkspace } from '../../support/smallConfig';

describe('fuzz', () => {
  let workspace: SmallWorkspace;
  beforeEach(async () => {
    workspace = await smallWorkspace();
    await workspace.write();
  });
  afterEach(() => workspace.remove());

  /** Was it accepted? Anything but that or an error with a line of a file there is fails. */
  async function loads(story: string, what: 'all' | 'settings' = 'all'): Promise<boolean> {
    try {
      const settings = await loadSettings({ workspace: workspace.folder, environment: { SETTLE: '0' } });
      if (what === 'all') await loadConfig(settings);
      return true;
    } catch (error) {
      const wrong = await refusedRightly(error).catch((bug: unknown) =>
        bug instanceof Error ? bug.stack : String(bug),
      );
      assert.equal(wrong, undefined, story);
      return false;
    }
  }

  async function fuzzConfig(
    texts: Readonly<Record<ConfigFile, string>>,
    rounds: number,
    seed: number,
  ): Promise<void> {
    const random = seeded(seed);
    let accepted = 0;
    for (let round = 0; round < rounds; round++) {
      const name = random.pick(CONFIG_FILES);
      const mutation = random.pick(JSON_MUTATIONS);
      const path = join(workspace.folder, 'config', name);
      await writeFile(path, mutation(texts[name], random));
      const story = `seed ${seed}, round ${round}, ${name}, mutation ${JSON_MUTATIONS.indexOf(mutation)}`;
      if (await loads(story)) accepted++;
      await writeFile(path, texts[name]);
    }
    // Were all refused, or all taken, the test would look at nothing.
    assert.ok(accepted > rounds * 0.02 && accepted < rounds * 0.7, `${accepted} of ${rounds} were accepted`);
  }

  it('small config: 1,200 mutations', () => fuzzConfig(SMALL_CONFIG, 1_200, 1));

  it('sample config: 200 mutations', async () => {
    const folder = join(__dirname, '../../../config');
    const texts = { ...SMALL_CONFIG };
    for (const name of CONFIG_FILES) texts[name] = await readFile(join(folder, name), 'utf8');
    await workspace.write(texts);
    await writeFile(join(workspace.folder, '.env'), '');
    await fuzzConfig(texts, 200, 2);
  });

  it('.env: 1,000 mutations', async () => {
    const random = seeded(3);
    await writeFile(join(workspace.folder, '.env'), PLAIN_ENV);
    assert.ok(await loads('unchanged'));
    for (let round = 0; round < 1_000; round++) {
      const mutation = random.pick(ENV_MUTATIONS);
      await writeFile(join(workspace.folder, '.env'), mutation(PLAIN_ENV, random));
      // The config is only held against one of the settings: now and then is enough.
      await loads(
        `round ${round}, mutation ${ENV_MUTATIONS.indexOf(mutation)}`,
        round % 10 === 0 ? 'all' : 'settings',
      );
    }
  });
});
