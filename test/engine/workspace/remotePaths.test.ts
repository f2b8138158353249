// An untrusted folder names no server that Windows would log in to with the user's account.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join, win32 } from 'node:path';
import type { SettingsProblem } from '../../../src/engine/base';
import { checkSettings, SETTINGS } from '../../../src/engine/workspace/settings';
import { isRemotePath, refuseRemotePaths } from '../../../src/engine/workspace/settings/remotePaths';
import type { GivenSetting } from '../../../src/engine/workspace/settings/settingReader';
import { useFolder } from '../../support/folder';

const REMOTE = [
  '\\\\server\\share\\data',
  '//server/share/data',
  '\\/server/share',
  '/\\server\\share',
  '\\\\?\\UNC\\server\\share',
  '//?/UNC/server/share',
  '\\\\.\\UNC\\server\\share',
  '\\\\.\\pipe\\name',
  '\\\\server@SSL@8443\\DavWWWRoot\\x',
  '\\??\\UNC\\server\\share',
  ' \\\\server\\share',
];
const LOCAL = [
  './data',
  'data',
  '..\\data',
  'C:\\data',
  'C:/data',
  '/data',
  '\\data',
  '~/data',
  'data//raw',
  '',
];

describe('a path to another machine', () => {
  const folder = useFolder();

  it('is known on Windows by its text alone, and nothing elsewhere', () => {
    assert.deepEqual(
      REMOTE.filter((text) => !isRemotePath(text, 'win32')),
      [],
    );
    assert.deepEqual(
      LOCAL.filter((text) => isRemotePath(text, 'win32')),
      [],
    );
    assert.deepEqual(
      [...REMOTE, ...LOCAL].filter((text) => isRemotePath(text, 'linux') || isRemotePath(text, 'darwin')),
      [],
    );
  });

  it('is known wherever Windows resolves to a server', () => {
    for (const text of [...REMOTE, ...LOCAL]) {
      const resolved = win32.resolve('C:\\work', text.trim());
      assert.equal(
        /^(?:[\\/]{2}|C:\\\?\?)/.test(resolved),
        isRemotePath(text, 'win32'),
        `${text} → ${resolved}`,
      );
    }
  });

  it('is refused for every setting of a path that .env gives, and for no other', () => {
    const where = { file: join(folder(), '.env'), line: 3 };
    const given = new Map<string, GivenSetting>(
      SETTINGS.map(({ name }) => [name, { text: '\\\\server\\share', where }]),
    );
    given.set('CONFIG_DIR', { text: '\\\\own\\share' });
    const problems: SettingsProblem[] = [];
    refuseRemotePaths(given, problems, 'win32');
    const paths = SETTINGS.filter(({ kind, name }) => kind === 'path' && name !== 'CONFIG_DIR').map(
      ({ name }) => name,
    );
    assert.ok(paths.length > 8);
    assert.deepEqual(
      problems.map(({ message, line }) => [message.split(' ')[0], line]),
      paths.map((name) => [name, 3]),
    );
    assert.deepEqual(
      [...given.keys()],
      SETTINGS.map(({ name }) => name).filter((name) => !paths.includes(name)),
    );
  });

  it('is refused before it is looked at, where the settings of an untrusted folder are read', async () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform');
    await writeFile(join(folder(), '.env'), 'SETTLE=0\nDATA_DIR=\\\\server.invalid\\share\n');
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
    try {
      const read = (trusted: boolean): ReturnType<typeof checkSettings> =>
        checkSettings({ workspace: folder(), environment: {}, trusted });
      const untrusted = await read(false);
      assert.equal(untrusted.settings, undefined);
      assert.match(untrusted.problems[0]?.message ?? '', /^DATA_DIR leads to another machine/);
      assert.equal(untrusted.problems[0]?.line, 2);
      assert.notEqual((await read(true)).settings, undefined);
    } finally {
      Object.defineProperty(process, 'platform', platform ?? {});
    }
  });
});
