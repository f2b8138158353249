// What `npm run check` looks for beside types and style: secrets, patterns that take more than a step or two a
// character, and code made of text. Each is planted once, where the tools look.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ESLint } from 'eslint';
import { useFolder } from '../support/folder';

const root = resolve(__dirname, '../..');
const execute = promisify(execFile);

/** What secretlint finds with the rules of the repository: nothing where it ends with 0. */
async function secretsIn(folder: string, ...patterns: readonly string[]): Promise<string> {
  const script = join(root, 'node_modules/secretlint/bin/secretlint.js');
  const words = ['--secretlintrc', join(root, '.secretlintrc.yml'), '--no-color', ...patterns];
  return execute(process.execPath, [script, ...words], { cwd: folder }).then(
    () => '',
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      assert.equal(code, 1, stderr);
      return stdout;
    },
  );
}

/** Rules that a text breaks as a file of the repository, of those about security. */
async function broken(file: string, text: string): Promise<readonly string[]> {
  const eslint = new ESLint({
    cwd: root,
    // The others need the types of the whole project.
    overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
    ruleFilter: ({ ruleId }) =>
      /^(security|regexp)\/|^no-(eval|new-func|script-url|restricted-syntax)$/.test(ruleId),
  });
  const results = await eslint.lintText(text, { filePath: join(root, file) });
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => ruleId ?? message));
}

describe('npm run check', () => {
  const folder = useFolder();

  it('looks for secrets in all that git does not ignore', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    assert.match(scripts.check, /&& secretlint --secretlintignore \.gitignore "\*\*\/\*" &&/);
  });

  it('finds secrets, and allows the keys of the test servers by their text', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    // In pieces, or this file would be found as well.
    const joined = (...pieces: readonly string[]): string => `${pieces.join('')}\n`;
    const planted = [
      ['key.txt', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'PrivateKey'],
      ['.env', joined('SLACK=xo', 'xb-1234567890-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx'), 'SLACK_TOKEN'],
      ['deploy.ts', joined("AWS_SECRET_ACCESS_KEY = 'wJalrXUtn", "FEMI/K7MDENG/bPxRfiCYzzzzzzzKEY';"), 'AWS'],
      ['urls.md', joined('https://me:hunter', '22x@warehouse.test/'), 'BasicAuth'],
      [
        'npmrc',
        joined('//registry.npmjs.org/:_authToken=npm', '_pjxnTbNO6jsnDYq5yXCTpHYgJGUDfA3XnSGr'),
        'NPM',
      ],
    ] as const;
    for (const [name, text] of planted) await writeFile(join(folder(), name), text);
    const found = await secretsIn(folder(), '**/*');
    for (const [name, , rule] of planted)
      assert.match(found, new RegExp(`${name}\n +[0-9:]+ +error +\\[${rule}`, 'i'), name);
    assert.equal(await secretsIn(root, 'test/support/tls/*', 'test/engine/workspace/*.ts'), '');
  });

  it('finds patterns that hang, in what is shipped', async () => {
    // Each held up a reader of other people's texts once.
    const patterns = {
      'regexp/no-super-linear-backtracking': String.raw`/^(?:total)?\s*[:=]?\s*(\d+)$/`,
      'regexp/no-super-linear-move': String.raw`/[A-Za-z'\x80-\xff]*[\x80-\xff]+/g`,
    };
    for (const [rule, pattern] of Object.entries(patterns)) {
      const text = `export const P = ${pattern};\n`;
      assert.deepEqual(await broken('src/engine/csv/footer.ts', text), [rule], pattern);
      assert.deepEqual(await broken('test/words.test.ts', text), [], 'tests read what they wrote');
    }
  });

  it('finds names of others in commands that messages suggest', async () => {
    const text = (name: string): string =>
      `export const remedy = (name: string): string => \`Run: m7 run --table \${${name}}\`;\n`;
    assert.deepEqual(await broken('src/engine/run/plan.ts', text('name')), ['no-restricted-syntax']);
    assert.deepEqual(await broken('src/engine/run/plan.ts', text('shellWord(name)')), []);
  });

  it('finds names of others that are asked of an object', async () => {
    const asks = (how: string): string => `export const f = (o: object, name: string): boolean => ${how};\n`;
    for (const file of [
      'src/engine/run/plan.ts',
      'src/cli/main.ts',
      'src/vscode/runs.ts',
      'src/debug/exit.ts',
    ])
      assert.deepEqual(await broken(file, asks('name in o')), ['no-restricted-syntax'], file);
    assert.deepEqual(await broken('src/webviews/preview/tab.ts', asks('name in o')), [
      'no-restricted-syntax',
    ]);
    assert.deepEqual(await broken('src/engine/run/plan.ts', asks('Object.hasOwn(o, name)')), []);
    assert.deepEqual(await broken('src/engine/run/plan.ts', asks("'kind' in o")), []);
  });

  it('finds code made of text, programs started through a shell, and lines that are turned around', async () => {
    const texts = {
      'no-eval': 'eval("1");',
      'no-new-func': 'new Function("return 1");',
      'no-script-url': 'location = "javascript:f()";',
      'security/detect-eval-with-expression': 'globalThis; eval(text);',
      'security/detect-child-process':
        'import { exec } from "node:child_process"; export const f = (t: string) => exec(t);',
      'security/detect-non-literal-require': 'export const f = (t: string) => require(t);',
      'security/detect-bidi-characters': '// \u202e reversed',
      'security/detect-new-buffer': 'export const f = (n: number) => new Buffer(n);',
      'security/detect-pseudoRandomBytes': 'crypto.pseudoRandomBytes(8);',
    };
    for (const file of ['src/cli/main.ts', 'test/support/folder.ts'])
      for (const [rule, text] of Object.entries(texts))
        assert.ok((await broken(file, text)).includes(rule), `${file}: ${rule}`);
  });
});
