// An empty workspace to start from: folders, a commented .env and the smallest config that is valid.
import { access, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, inWords } from '../base';
import { PipelineError } from '../model';
import { SETTINGS } from './settings';

/** What no repository should hold: secrets, and data about people. */
const IGNORED = '.env\ndata/\n';
const OWNER_ALONE = 0o600;

const BRANDS = `{
  "brands": {
    "Example": { "code": "EXA", "name": "Example TV", "timezone": "UTC" }
  }
}
`;

const TABLES = `{
  "tables": {
    "Device": {
      "description": "One row per device a subscriber has registered.",
      "primary_key": ["device_id"],
      "columns": {
        "device_id": { "type": "VARCHAR", "source": ["DeviceID"], "required": true },
        "registered_at": { "type": "TIMESTAMP", "formats": ["%Y-%m-%d %H:%M:%S"] }
      }
    }
  }
}
`;

const RULES = `{
  "tables": {
    "Device": {
      "rules": [{ "rule": "not_null", "column": "device_id" }]
    }
  }
}
`;

/** The text of a .env that names every setting with its default; secrets and unset ones are commented out. */
export function environmentTemplate(overrides: Readonly<Record<string, string>> = {}): string {
  const lines = SETTINGS.flatMap((setting) => {
    const given = overrides[setting.name];
    return [
      `# ${setting.description}`,
      given === undefined ? `# ${setting.name}=${setting.default}` : `${setting.name}=${given}`,
      '',
    ];
  });
  return [
    '# Settings of this M7 Pipeline workspace. A line without "#" overrides the default shown.',
    '',
    ...lines,
  ].join('\n');
}

/**
 * Makes an empty workspace. Files that are there already are never touched.
 * @returns the files written, relative to the workspace.
 * @throws PipelineError USAGE when the folder is a workspace already; PERMISSION where it cannot be written.
 */
export async function initWorkspace(directory: string): Promise<readonly string[]> {
  const files: Readonly<Record<string, string>> = {
    'config/brand_configs.json': BRANDS,
    'config/table_schemas.json': TABLES,
    'config/validation_rules.json': RULES,
  };
  await requireFresh(directory, ['.env', ...Object.keys(files)]);
  await inWords(directory, async () => {
    await mkdir(join(directory, 'config'), { recursive: true });
    await mkdir(join(directory, 'data', 'landing'), { recursive: true });
    for (const [name, text] of Object.entries(files))
      await writeFile(join(directory, name), text, { flag: 'wx' });
  });
  const own = await writeEnvironment(directory, environmentTemplate({ EXPECTED_TABLES: 'Device' }));
  return [...Object.keys(files), ...own];
}

/**
 * Writes .env, for its owner alone, and a .gitignore where none stands: one that does is its owner's.
 * @param overwrite replaces a .env that is there; without it there must be none
 * @returns the files written, relative to the workspace.
 */
export async function writeEnvironment(
  directory: string,
  text: string,
  overwrite = false,
): Promise<readonly string[]> {
  return inWords(directory, async () => {
    const file = join(directory, '.env');
    await mkdir(directory, { recursive: true });
    await writeFile(file, text, { flag: overwrite ? 'w' : 'wx', mode: OWNER_ALONE });
    // One that was there has the mode it had.
    if (overwrite) await chmod(file, OWNER_ALONE);
    const ignored = await writeFile(join(directory, '.gitignore'), IGNORED, { flag: 'wx' }).then(
      () => ['.gitignore'],
      (error: unknown) => {
        if (codeOf(error) === 'EEXIST') return [];
        throw error;
      },
    );
    return ['.env', ...ignored];
  });
}

/** @throws PipelineError USAGE when one of the files is there. */
export async function requireFresh(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const there = await access(join(directory, name)).then(
      () => true,
      () => false,
    );
    if (there)
      throw new PipelineError(
        'USAGE',
        `${join(directory, name)} already exists.`,
        'Choose an empty folder, or remove what is in the way.',
        { where: { file: join(directory, name) } },
      );
  }
}
