// Changing .env: the value that is meant changes, every other byte stays, and what cannot be read for sure is left alone.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { PipelineError } from '../../../src/engine/model/errors';
import { parseDotenv } from '../../../src/engine/workspace/settings/dotenv';
import { changeDotenv, writeDotenv } from '../../../src/engine/workspace/settings/writeDotenv';
import { useFolder } from '../../support/folder';

const change = (text: string, changes: Parameters<typeof changeDotenv>[1]): string =>
  changeDotenv(text, changes, '.env').text;

describe('changing the text of a .env', () => {
  it('replaces a value and keeps what stands around it', () => {
    const texts: readonly (readonly [before: string, after: string])[] = [
      ['MOCK_SNOWFLAKE=true', 'MOCK_SNOWFLAKE=false'],
      [
        '  export MOCK_SNOWFLAKE =\ttrue   # for now\r\nA=1\rB=2\n',
        '  export MOCK_SNOWFLAKE =\tfalse   # for now\r\nA=1\rB=2\n',
      ],
      [
        '\uFEFF# mine\n\n\nMOCK_SNOWFLAKE="true" # quoted\n',
        '\uFEFF# mine\n\n\nMOCK_SNOWFLAKE=false # quoted\n',
      ],
      [
        "X='a\nMOCK_SNOWFLAKE=no\n'\nMOCK_SNOWFLAKE=yes\n",
        "X='a\nMOCK_SNOWFLAKE=no\n'\nMOCK_SNOWFLAKE=false\n",
      ],
      ['MOCK_SNOWFLAKE=\nA=1', 'MOCK_SNOWFLAKE=false\nA=1'],
      ['MOCK_SNOWFLAKE= # none\n', 'MOCK_SNOWFLAKE= false # none\n'],
      ['MOCK_SNOWFLAKE="tr\nue"\nA=1\n', 'MOCK_SNOWFLAKE=false\nA=1\n'],
    ];
    for (const [before, after] of texts) assert.equal(change(before, { MOCK_SNOWFLAKE: 'false' }), after);
  });

  it('adds a value below its line that is commented out, else at the end', () => {
    assert.equal(
      change('# MOCK_SNOWFLAKE=true\r\nA=1\r\n', { MOCK_SNOWFLAKE: 'false' }),
      '# MOCK_SNOWFLAKE=true\r\nMOCK_SNOWFLAKE=false\r\nA=1\r\n',
    );
    assert.equal(change('A=1', { MOCK_SNOWFLAKE: 'false' }), 'A=1\nMOCK_SNOWFLAKE=false\n');
    assert.equal(change('', { MOCK_SNOWFLAKE: 'false' }), 'MOCK_SNOWFLAKE=false\n');
    // What looks like a comment may be part of a value.
    assert.equal(
      change("A='\n# MOCK_SNOWFLAKE=true\n'\n", { MOCK_SNOWFLAKE: 'false' }),
      "A='\n# MOCK_SNOWFLAKE=true\n'\nMOCK_SNOWFLAKE=false\n",
    );
  });

  it('tells the lines it changes, and none where nothing changes; secrets are not repeated', () => {
    const { lines } = changeDotenv(
      'A=1\nMOCK_SNOWFLAKE=true\n',
      { MOCK_SNOWFLAKE: 'false', SNOWFLAKE_USER: 'me' },
      '',
    );
    assert.deepEqual(lines, [
      { name: 'MOCK_SNOWFLAKE', line: 2, before: 'MOCK_SNOWFLAKE=true', after: 'MOCK_SNOWFLAKE=false' },
      { name: 'SNOWFLAKE_USER', line: 3, before: null, after: 'SNOWFLAKE_USER=me' },
    ]);
    assert.deepEqual(changeDotenv('A=1\n', { SNOWFLAKE_USER: '' }, '').lines, []);
    assert.deepEqual(changeDotenv('SNOWFLAKE_USER="x"', { SNOWFLAKE_USER: 'x' }, '').lines, []);
    assert.doesNotMatch(
      JSON.stringify(changeDotenv('SMTP_PASSWORD=old-one', { SMTP_PASSWORD: 'new-one' }, '').lines),
      /old-one|new-one/,
    );
  });

  it('refuses what it cannot read for sure, with the line', () => {
    for (const [text, line] of [
      ['A=1\nB="open\n', 2],
      ['MOCK_SNOWFLAKE=true\n\nMOCK_SNOWFLAKE=false\n', 3],
      ['A=1\nwhat is this\n', 2],
    ] as const)
      assert.throws(
        () => change(text, { MOCK_SNOWFLAKE: 'false' }),
        (error) =>
          error instanceof PipelineError && error.code === 'SETTINGS_INVALID' && error.where?.line === line,
      );
  });

  it('is read back as it was meant, with all other entries as they were', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'a b',
        '#x',
        'x #y',
        '"q"',
        "it's",
        'back\\slash',
        'two\nlines',
        'tab\t',
        ' ends ',
        '`',
      ),
    );
    const line = fc.oneof(
      fc.constantFrom('', '# a comment', '# SNOWFLAKE_USER=someone', '  # indented', '\t'),
      fc.constantFrom('A=1', "B='x\ny # no'", 'C="a\\nb"  # c', 'export D = d d', 'E=', 'F=`"`'),
    );
    const own = fc.constantFrom(
      '',
      'SNOWFLAKE_USER=me',
      "export SNOWFLAKE_USER='m\ne' # c",
      'SNOWFLAKE_USER=',
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(line, { maxLength: 6 }),
        own,
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        value,
        (lines, mine, end, closed, wanted) => {
          fc.pre(!wanted.includes('\0') && !/[\r\f\v\u0085\u2028\u2029]/.test(wanted));
          const text = [...lines, mine].join(end) + (closed ? end : '');
          const after = change(text, { SNOWFLAKE_USER: wanted });
          const read = (some: string) => parseDotenv(some).entries.map((e) => [e.key, e.value] as const);
          assert.deepEqual(parseDotenv(after).problems, []);
          const others = (some: string) => read(some).filter(([key]) => key !== 'SNOWFLAKE_USER');
          assert.deepEqual(others(after), others(text));
          assert.equal(read(after).find(([key]) => key === 'SNOWFLAKE_USER')?.[1] ?? '', wanted);
          // Whatever is not the value stands there still, byte for byte: going back gives the text of before.
          if (wanted !== '')
            assert.equal(change(change(after, { SNOWFLAKE_USER: 'x' }), { SNOWFLAKE_USER: wanted }), after);
          let at = 0;
          for (const one of lines) {
            const found = after.indexOf(one, at);
            assert.ok(found >= at);
            at = found + one.length;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('changing a .env on disk', () => {
  const folder = useFolder();
  const file = (): string => join(folder(), '.env');

  it('tells first, changes then, and leaves a file alone that is another one by now', async () => {
    writeFileSync(file(), 'A=1\r\n');
    const told = await writeDotenv(folder(), { MOCK_SNOWFLAKE: 'false' }, { dryRun: true });
    assert.equal(told.lines.length, 1);
    assert.equal(readFileSync(file(), 'utf8'), 'A=1\r\n');
    writeFileSync(file(), 'A=2\r\n');
    await assert.rejects(
      writeDotenv(folder(), { MOCK_SNOWFLAKE: 'false' }, { dryRun: false, expected: told.sha256 }),
      (error) => error instanceof PipelineError && error.code === 'CHANGED',
    );
    assert.equal(readFileSync(file(), 'utf8'), 'A=2\r\n');
    await writeDotenv(folder(), { MOCK_SNOWFLAKE: 'false' }, { dryRun: false });
    assert.equal(readFileSync(file(), 'utf8'), 'A=2\r\nMOCK_SNOWFLAKE=false\r\n');
    assert.deepEqual(readdirSync(folder()), ['.env']);
  });

  it('makes the file where there is none, and not for nothing', async () => {
    await writeDotenv(folder(), { SNOWFLAKE_USER: '' }, { dryRun: false, expected: '' });
    assert.equal(existsSync(file()), false);
    await writeDotenv(folder(), { MOCK_SNOWFLAKE: 'false' }, { dryRun: false, expected: '' });
    assert.equal(readFileSync(file(), 'utf8'), 'MOCK_SNOWFLAKE=false\n');
  });

  it('keeps the rights of the file, and follows a link', async () => {
    const real = join(folder(), 'settings.txt');
    writeFileSync(real, 'MOCK_SNOWFLAKE=true');
    chmodSync(real, 0o640);
    symlinkSync(real, file());
    await writeDotenv(folder(), { MOCK_SNOWFLAKE: 'false' }, { dryRun: false });
    assert.equal(readFileSync(real, 'utf8'), 'MOCK_SNOWFLAKE=false');
    assert.equal(statSync(real).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(folder()).sort(), ['.env', 'settings.txt']);
  });

  it('refuses what is no text, and what is no file', async () => {
    writeFileSync(file(), Buffer.from([0x41, 0x3d, 0xff, 0xfe]));
    await assert.rejects(writeDotenv(folder(), { MOCK_SNOWFLAKE: 'false' }, { dryRun: false }), /not UTF-8/);
    assert.deepEqual([...readFileSync(file())], [0x41, 0x3d, 0xff, 0xfe]);
    await assert.rejects(
      writeDotenv(join(folder(), '.env'), { MOCK_SNOWFLAKE: 'false' }, { dryRun: false }),
      (error) => error instanceof PipelineError && error.code === 'FILE_UNREADABLE',
    );
  });
});
