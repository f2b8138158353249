// Checks of settings against each other: folders that must not meet, and settings that need others.
import { stateFolders, warehouseFile } from '../../lake';
import { isAbsolute, relative, sep } from 'node:path';
import type { SettingsProblem } from '../../base';
import type { Settings } from '../../model';
import { SUBDIR_SETTINGS, type SettingName } from './settingsCatalogue';
import { alertProblems } from './mailChecks';

/** The layers' folders must lie inside the data folder, apart from each other and from what else lies there. */
export function checkFolders(
  settings: Settings,
  report: (name: SettingName, message: string, remedy: string) => void,
): void {
  const folders: Readonly<Record<(typeof SUBDIR_SETTINGS)[number], string>> = {
    LANDING_SUBDIR: settings.landingDir,
    RAW_SUBDIR: settings.rawDir,
    SILVER_SUBDIR: settings.silverDir,
    GOLD_SUBDIR: settings.goldDir,
    LOGS_SUBDIR: settings.logsDir,
    ARCHIVE_SUBDIR: settings.archiveDir,
    REJECTS_SUBDIR: settings.rejectsDir,
  };
  // DuckDB takes such a folder for a Hive partition and adds a column of its name to every file below it.
  const partition = settings.dataDir.split(sep).find((name) => /^[^=]+=/.test(name));
  if (partition !== undefined)
    report(
      'DATA_DIR',
      `The data folder is below "${partition}", which looks like a Hive partition.`,
      'Choose a DATA_DIR whose path has no folder with "=" in its name.',
    );
  const remedy = 'Give each *_SUBDIR a folder name of its own inside DATA_DIR.';
  const taken: { readonly name: string; readonly folder: string }[] = [
    { name: 'the state folder', folder: stateFolders(settings).stateDir },
    { name: 'the embedded warehouse', folder: warehouseFile(settings) },
  ];
  for (const name of SUBDIR_SETTINGS) {
    const folder = folders[name];
    if (!isInside(settings.dataDir, folder) || folder === settings.dataDir)
      report(name, `${name} leads outside the data folder.`, remedy);
    const other = taken.find((t) => isInside(t.folder, folder) || isInside(folder, t.folder));
    if (other !== undefined)
      report(
        name,
        `${name} overlaps with ${other.name}: they are the same folder, or one is inside the other.`,
        remedy,
      );
    taken.push({ name, folder });
  }
}

/** Case is folded: two names that differ by case alone are one folder on many disks. */
function isInside(outer: string, inner: string): boolean {
  const path = relative(outer.toLowerCase(), inner.toLowerCase());
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/** Settings that need others: only warnings, since most work needs neither warehouse nor mail. */
export function incomplete(settings: Settings): SettingsProblem[] {
  const missing = (because: SettingName, names: readonly SettingName[]): SettingsProblem[] => {
    const origin = settings.origins[because];
    return names.map((name) => ({
      severity: 'warning',
      code: 'SETTINGS_INVALID',
      message: `${because} needs ${name}, which is not set.`,
      remedy: `Set ${name} in .env or in the environment.`,
      ...(origin === undefined || origin === 'environment' ? {} : origin),
    }));
  };
  const { snowflake } = settings;
  const wanted: SettingName[] = [];
  // An entry of connections.toml may hold all of it: what it lacks is told when it is read.
  if (!settings.mockSnowflake && snowflake.connection === undefined) {
    if (snowflake.account === undefined) wanted.push('SNOWFLAKE_ACCOUNT');
    if (snowflake.database === undefined) wanted.push('SNOWFLAKE_DATABASE');
    if (snowflake.warehouse === undefined) wanted.push('SNOWFLAKE_WAREHOUSE');
  }
  const { lineage } = settings;
  const lineageWanted: SettingName[] =
    lineage.to === 'http' && lineage.url === undefined ? ['OPENLINEAGE_URL'] : [];
  return [
    ...missing('MOCK_SNOWFLAKE', wanted),
    ...missing('OPENLINEAGE', lineageWanted),
    ...openKey(settings),
    ...alertProblems(settings),
  ];
}

/** A key that anybody on the way may read. */
function openKey({ lineage: { to, url, apiKey }, origins }: Settings): readonly SettingsProblem[] {
  const address = to === 'http' && apiKey !== undefined && url !== undefined ? new URL(url) : undefined;
  if (address?.protocol !== 'http:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(address.hostname))
    return [];
  const origin = origins['OPENLINEAGE_URL'];
  return [
    {
      severity: 'warning',
      code: 'SETTINGS_INVALID',
      message: 'OPENLINEAGE_API_KEY is sent over http, where anybody on the way can read it.',
      remedy: 'Set OPENLINEAGE_URL to an address that begins with https://.',
      ...(origin === undefined || origin === 'environment' ? {} : origin),
    },
  ];
}
