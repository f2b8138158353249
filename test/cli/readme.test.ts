// README.md tells settings, rule kinds and commands as the code has them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { generatedReadme } from '../support/docs';

const README = resolve(__dirname, '../../README.md');

describe('README.md', () => {
  it('is what `npm run docs` would write', async () => {
    const text = readFileSync(README, 'utf8');
    const options = await resolveConfig(README);
    assert.equal(text, await format(generatedReadme(text), { ...options, parser: 'markdown' }));
  });

  it('names only npm scripts that exist, and all of them', () => {
    const { scripts } = JSON.parse(readFileSync(join(README, '../package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const text = readFileSync(README, 'utf8');
    const named = new Set(
      [...text.matchAll(/npm (?:run )?([a-z]+(?::[a-z]+)?)/g)]
        .map(([, name = '']) => name)
        .filter((name) => !['ci', 'link', 'run'].includes(name)),
    );
    assert.deepEqual([...named].sort(), Object.keys(scripts).sort());
  });
});
