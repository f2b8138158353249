// Everything that can be known before a run: settings, config with its SQL, folders, the warehouse.
import { access, constants, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { checkAlerts } from '../notify';
import { type WorkspaceOptions, checkConfig, checkSettings, redaction, requireBoundHost } from '../workspace';
import { ofWorkspace, problemOf, withSession, type SettingsProblem } from '../base';
import { relativePath } from '../lake';
import { defined, type CheckProblem, type CheckResult, type Config, type Settings } from '../model';
import { lookAtWarehouse } from '../warehouse';
import { readableFiles } from './readableFiles';

/** Below so much free space on the data folder's disk a run is likely to fill it. */
const LITTLE_SPACE = 1 << 30;

/**
 * Checks a workspace and tells all it finds; nothing is written.
 * @throws PipelineError CANCELLED only: any other error is a problem in the result.
 */
export async function checkWorkspace(
  options: WorkspaceOptions & { readonly signal?: AbortSignal },
): Promise<CheckResult> {
  const problems: CheckProblem[] = [];
  const facts: { name: string; value: string }[] = [];
  const { settings, problems: found } = await checkSettings({
    workspace: options.directory,
    ...defined({ environment: options.environment, overrides: options.overrides, trusted: options.trusted }),
  });
  const tell = (some: readonly SettingsProblem[]): void =>
    void problems.push(
      ...some.map((p) => ({
        severity: p.severity,
        ...shownPlace(options.directory, p),
        message: p.message,
        remedy: p.remedy,
      })),
    );
  tell(found);
  if (settings === undefined) return { problems, facts };
  facts.push({ name: 'workspace', value: settings.workspace });
  facts.push({
    name: 'settings',
    value: `${Object.keys(settings.origins).length} set, the others have their defaults`,
  });
  const { config, problems: wrong } = await checkedConfig(settings, options.signal);
  tell(wrong);
  if (config !== undefined) facts.push(...configFacts(config));
  await checkFolders(settings, problems, facts);
  problems.push(...(await readableFiles(settings)));
  if (settings.trusted) await checkWarehouse(settings, config, options.signal, problems, facts);
  else
    facts.push({
      name: 'Restricted Mode',
      value: 'the SQL of the config, the warehouse and secrets are checked once you trust the folder',
    });
  if (settings.trusted) checkHosts(settings, problems);
  const alerts = await checkAlerts(settings);
  facts.push(...alerts.facts);
  problems.push(...alerts.problems);
  const redact = redaction(settings);
  return {
    problems: problems.map((p) => ({ ...p, message: redact(p.message), remedy: redact(p.remedy) })),
    facts: redact(facts),
  };
}

/** Its SQL is bound to learn what it means: only where the folder is trusted. */
function checkedConfig(settings: Settings, signal: AbortSignal | undefined): ReturnType<typeof checkConfig> {
  if (!settings.trusted) return checkConfig(settings, defined({ signal }));
  return withSession(ofWorkspace(settings), (connection) =>
    checkConfig(settings, { connection, ...defined({ signal }) }),
  );
}

function configFacts({ brands, tables, rules }: Config): CheckResult['facts'] {
  const on = rules.filter((rule) => rule.enabled).length;
  const counted = (named: readonly { readonly name: string }[]): string =>
    `${named.length}: ${named.map(({ name }) => name).join(', ')}`;
  return [
    { name: 'brands', value: counted(brands) },
    { name: 'tables', value: counted(tables) },
    {
      name: 'rules',
      value: `${on} enabled${on === rules.length ? '' : `, ${rules.length - on} disabled`}`,
    },
  ];
}

async function checkFolders(
  settings: Settings,
  problems: CheckProblem[],
  facts: { name: string; value: string }[],
): Promise<void> {
  // The first folder upwards that exists decides whether the rest can be made.
  let folder = settings.dataDir;
  while (!(await allowed(folder, constants.F_OK)) && dirname(folder) !== folder) folder = dirname(folder);
  if (!(await allowed(folder, constants.R_OK | constants.W_OK | constants.X_OK)))
    problems.push({
      severity: 'error',
      file: folder,
      message: `This user has no permission to write to ${folder}.`,
      remedy: 'Give this user permission to write there, or set DATA_DIR.',
    });
  const disk = await statfs(folder);
  const free = disk.bavail * disk.bsize;
  facts.push({ name: 'data', value: `${settings.dataDir}, ${(free / 1e9).toFixed(1)} GB free` });
  if (free < LITTLE_SPACE)
    problems.push({
      severity: 'warning',
      file: folder,
      message: `Only ${(free / 1e6).toFixed(0)} MB are free for ${settings.dataDir}.`,
      remedy: 'Free space before the next run.',
    });
}

const allowed = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

async function checkWarehouse(
  settings: Settings,
  config: Config | undefined,
  signal: AbortSignal | undefined,
  problems: CheckProblem[],
  facts: { name: string; value: string }[],
): Promise<void> {
  try {
    const found = await lookAtWarehouse(settings, (warehouse) =>
      warehouse.check(config?.tables ?? [], signal),
    );
    facts.push(...found.facts);
    problems.push(...found.problems);
  } catch (error) {
    problems.push(problemOf(error));
  }
}

/** Hosts that secrets would go to: that of the warehouse is checked by its login. */
function checkHosts(settings: Settings, problems: CheckProblem[]): void {
  for (const purpose of ['mail', 'lineage'] as const)
    try {
      requireBoundHost(settings, purpose);
    } catch (error) {
      problems.push(problemOf(error));
    }
}

/** File relative to the workspace, and line, where a problem has them: one of the environment has none. */
function shownPlace(
  workspace: string,
  problem: SettingsProblem,
): { readonly file?: string; readonly line?: number } {
  if (problem.file === undefined) return {};
  return {
    file: relativePath(resolve(workspace), problem.file),
    ...defined({ line: problem.line }),
  };
}
