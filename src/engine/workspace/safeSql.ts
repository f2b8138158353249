// The last look at the SQL of a config before a run executes any of it.
import type { OpenWorkspace } from './open';
import { PipelineError } from '../model';
import { type LentDatabase, problemError, untrusted, withConnection } from '../base';
import { checkConfig, configSha } from './config';

/**
 * Holds the SQL fragments of an opened workspace against their tables before any of them is run.
 * @throws PipelineError CONFIG_INVALID with file and line for the first that may not run, or when the files
 * are no longer what was opened; RESTRICTED.
 */
export async function requireSafeSql(
  workspace: OpenWorkspace,
  database: LentDatabase,
  signal: AbortSignal,
): Promise<void> {
  if (!workspace.settings.trusted) throw untrusted('Running the SQL of a folder');
  await withConnection(database, async (connection) => {
    const { config, problems } = await checkConfig(workspace.settings, { connection, signal });
    const first = problems.find((p) => p.severity === 'error');
    if (first !== undefined) throw problemError(first);
    if (config === undefined || configSha(config) !== configSha(workspace.config))
      throw new PipelineError(
        'CONFIG_INVALID',
        'The config files changed while the run began.',
        'Run again.',
        { where: { file: workspace.settings.configDir } },
      );
  });
}
