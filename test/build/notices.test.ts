// What may be shipped: a new kind of licence, a package without its text and a text nobody needs are all refused.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component } from '../../src/build/bill';
import { noticesOf, type Licences } from '../../src/build/notices';
import { useFolder } from '../support/folder';

const mit = (name: string, text = 'Copyright A'): Component => ({
  name,
  version: '1.0.0',
  licence: 'MIT',
  texts: [text],
});
const licences: Licences = { allowed: { MIT: 'Its text.' }, texts: {} };

describe('third-party notices', () => {
  const folder = useFolder();

  it('name every package with the text of its licence; the same text is there once', async () => {
    const crlf = mit('b', 'Copyright A\r\n');
    const { text, problems } = await noticesOf([mit('a'), crlf, mit('c', 'Copyright C')], licences, folder());
    assert.deepEqual(problems, []);
    assert.match(text, /code of the 3 packages/);
    assert.match(text, /\na 1\.0\.0 \(MIT\)\nb 1\.0\.0 \(MIT\)\n=+\n\nCopyright A\n/);
    assert.match(text, /\nc 1\.0\.0 \(MIT\)\n=+\n\nCopyright C\n$/);
  });

  it('are refused for a licence that nobody has allowed', async () => {
    for (const [licence, word] of [
      ['GPL-3.0-only', 'GPL-3.0-only'],
      ['MIT OR GPL-3.0-only', 'MIT OR GPL-3.0-only'],
      ['MIT AND CC-BY-4.0', 'MIT AND CC-BY-4.0'],
      ['SEE LICENSE IN LICENSE.md', 'SEE LICENSE IN LICENSE.md'],
      ['toString', 'toString'],
      ['', '(not declared)'],
    ]) {
      const { problems } = await noticesOf([{ ...mit('a'), licence: licence! }], licences, folder());
      assert.deepEqual(problems, [
        `a 1.0.0 has the licence ${word}, which src/build/licences.json does not allow. ` +
          'Read it; then add it there with what it asks for, or do without the package.',
      ]);
    }
  });

  it('are refused for a package without a text, unless the data says where it is', async () => {
    const bare = { ...mit('a'), texts: [] };
    const refused = await noticesOf([bare], licences, folder());
    assert.deepEqual(refused.problems, [
      'a 1.0.0 has no licence text. Find it, and say in src/build/licences.json where it is.',
    ]);
    await writeFile(join(folder(), 'README.md'), '# a\r\n\r\n## License\r\n\r\nCopyright A\r\n');
    const text = { file: 'README.md', after: '\n## License\n', because: 'It is in its README.' };
    const found = await noticesOf([bare], { ...licences, texts: { a: text } }, folder());
    assert.deepEqual(found.problems, []);
    assert.match(found.text, /\na 1\.0\.0 \(MIT\)\n=+\n\nCopyright A\n$/);
    // A README that has lost its heading has no text.
    const lost = { ...text, after: '\n## Licence\n' };
    const none = await noticesOf([bare], { ...licences, texts: { a: lost } }, folder());
    assert.match(none.problems.join(), /^a 1\.0\.0 has no licence text/);
  });

  it('are refused where the data has a text that no package needs', async () => {
    const text = { file: 'README.md', because: 'It is in its README.' };
    const { problems } = await noticesOf([mit('a')], { ...licences, texts: { a: text } }, folder());
    assert.deepEqual(problems, ['a needs no text of src/build/licences.json any more: remove it there.']);
  });
});
