// An opened workspace: its settings and config, checked, and the folders of its data.
import { limitNewFiles } from '../base';
import { loadConfig } from './config';
import { type Lake, openLake, relativePath } from '../lake';
import { defined, type Config, type Settings } from '../model';
import { redactError, redaction } from './redaction';
import { loadSettings } from './settings';

export interface OpenWorkspace {
  readonly settings: Settings;
  readonly config: Config;
  readonly lake: Lake;
  /** A path relative to the workspace with "/", for people. */
  relative(path: string): string;
}

export interface WorkspaceOptions {
  readonly directory: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Settings that win over .env and environment, by name: `{MOCK_SNOWFLAKE: 'true'}`. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Is the folder trusted? As this process was told without it. */
  readonly trusted?: boolean;
  /** The data folder that this one was copied from: what lies in it may stand here as a link. */
  readonly lender?: string;
}

/**
 * Opens a workspace. Nothing is written.
 * @throws PipelineError SETTINGS_INVALID | CONFIG_MISSING | CONFIG_INVALID with file and line.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<OpenWorkspace> {
  const settings = await settingsOf(options);
  const config = await loadConfig(settings).catch((error: unknown) => {
    throw redactError(redaction(settings), error);
  });
  return {
    settings,
    config,
    lake: openLake(settings),
    relative: (path) => relativePath(settings.workspace, path),
  };
}

/**
 * Opens the data alone: for what can be read while the config is being edited. Nothing is written.
 * @throws PipelineError SETTINGS_INVALID with file and line.
 */
export async function openData(options: WorkspaceOptions): Promise<Lake> {
  return openLake(await settingsOf(options));
}

async function settingsOf(options: WorkspaceOptions): Promise<Settings> {
  const settings = await loadSettings({
    workspace: options.directory,
    ...defined({ environment: options.environment, overrides: options.overrides, trusted: options.trusted }),
  });
  limitNewFiles(settings.fileAccess);
  return options.lender === undefined ? settings : { ...settings, lender: options.lender };
}
