// Paths that lead to another machine: on Windows, to look at one is to log in there with the user's account.
import type { SettingsProblem } from '../../base';
import type { GivenSetting } from './settingReader';
import { findSetting } from './settingsCatalogue';

/**
 * Does a path name a server or a device on Windows: `\\server\share`, `//server/share`, `\\?\UNC\…`, `\\.\…`, `\??\…`?
 * Elsewhere such a text is a local path.
 */
export function isRemotePath(text: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' && /^\s*(?:[\\/]{2}|[\\/]\?\?[\\/])/.test(text);
}

/**
 * Refuses what the .env of an untrusted folder says of such paths, before anything looks at them: the settings are
 * taken out of `given`.
 */
export function refuseRemotePaths(
  given: Map<string, GivenSetting>,
  problems: SettingsProblem[],
  platform: NodeJS.Platform = process.platform,
): void {
  for (const [name, { text, where }] of given) {
    if (where === undefined || findSetting(name)?.kind !== 'path' || !isRemotePath(text, platform)) continue;
    given.delete(name);
    problems.push({
      severity: 'error',
      code: 'SETTINGS_INVALID',
      message: `${name} leads to another machine, which would be given the login of this user.`,
      remedy: 'If you know who wrote it, trust the folder: Workspaces: Manage Workspace Trust.',
      ...where,
    });
  }
}
