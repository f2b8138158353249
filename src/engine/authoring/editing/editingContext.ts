// What the editing help reads: settings, config files, the data, one kept database; each again when it changes.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Connection, readTextFile, shownPath } from '../../base';
import { type Lake, openLake } from '../../lake';
import { defined, type Settings } from '../../model';
import { type WorkspaceOptions, checkSettings } from '../../workspace';
import { EditingDatabase } from './editingDatabase';
import { NOTHING, openKnowledge, type Knowledge } from './knowledge';
import { DRAFT_FILES, type Draft, type DraftFile } from './model';
import { sketchOf, type Sketch } from './draftConfig';

/** The workspace as it is now. */
export interface EditedWorkspace {
  readonly settings: Settings;
  readonly lake: Lake;
  readonly knowledge: Knowledge;
}

type ByFile = Readonly<Record<DraftFile, string>>;

const MAXIMUM_BYTES = 10_000_000;

/** Owns the database; whoever makes it closes it. */
export class EditingContext {
  readonly #options: WorkspaceOptions;
  readonly #directory: string;
  readonly #database = new EditingDatabase();
  /** Of the .env with this stamp. */
  #settled: { readonly stamp: string; readonly workspace: Promise<EditedWorkspace> } | undefined;
  /** Texts of config files by path, as long as their stamp is the same. */
  readonly #files = new Map<string, { readonly stamp: string; readonly text: string }>();
  /** The sketch made last, and of which texts. */
  #sketched: { readonly texts: ByFile; readonly sketch: Sketch } | undefined;

  constructor(options: WorkspaceOptions) {
    this.#options = options;
    this.#directory = resolve(options.directory);
  }

  workspace(): Promise<EditedWorkspace> {
    const stamp = stampOf(join(this.#directory, '.env'));
    if (this.#settled?.stamp !== stamp) this.#settled = { stamp, workspace: this.#open() };
    return this.#settled.workspace;
  }

  /** Absolute paths of the config files. */
  async paths(): Promise<ByFile> {
    const { configDir } = (await this.workspace()).settings;
    const path = (file: DraftFile): string => join(configDir, `${file}.json`);
    return {
      brand_configs: path('brand_configs'),
      table_schemas: path('table_schemas'),
      validation_rules: path('validation_rules'),
    };
  }

  /** The three texts of a draft: as edited, or as on disk. */
  async texts(draft: Draft): Promise<ByFile> {
    const paths = await this.paths();
    const text = async (file: DraftFile): Promise<string> => {
      if (file === draft.file) return draft.text;
      return draft.others?.[file] ?? (draft.alone === true ? '' : await this.#onDisk(paths[file]));
    };
    return {
      brand_configs: await text('brand_configs'),
      table_schemas: await text('table_schemas'),
      validation_rules: await text('validation_rules'),
    };
  }

  async sketch(draft: Draft): Promise<Sketch> {
    const texts = await this.texts(draft);
    const before = this.#sketched;
    if (before !== undefined && DRAFT_FILES.every((file) => before.texts[file] === texts[file]))
      return before.sketch;
    const sketch = sketchOf(texts, await this.paths());
    this.#sketched = { texts, sketch };
    return sketch;
  }

  /** The config as it is on disk. */
  async saved(): Promise<Sketch> {
    const paths = await this.paths();
    const draft = { file: 'validation_rules', text: await this.#onDisk(paths.validation_rules) } as const;
    return sketchOf(await this.texts(draft), paths);
  }

  /** A connection on which fragments are bound; it remembers what was said of each. */
  async judge(): Promise<Connection> {
    return this.#database.connect('judge', (await this.workspace()).settings);
  }

  close(): void {
    this.#database.close();
  }

  async #open(): Promise<EditedWorkspace> {
    const { environment, overrides, trusted } = this.#options;
    const given = defined({ environment, overrides, trusted });
    const { settings: found } = await checkSettings({ workspace: this.#directory, ...given });
    const settings = found ?? (await defaults(this.#directory, trusted));
    const lake = openLake(settings);
    const connect = async (): Promise<Connection> =>
      this.#database.connect('look', (await this.workspace()).settings);
    return { settings, lake, knowledge: openKnowledge(lake, connect) };
  }

  async #onDisk(path: string): Promise<string> {
    const stamp = stampOf(path);
    const before = this.#files.get(path);
    if (before?.stamp === stamp) return before.text;
    const found = await readTextFile(path, shownPath(this.#directory, path), MAXIMUM_BYTES);
    const text = found.kind === 'text' ? found.text : '';
    this.#files.set(path, { stamp, text });
    return text;
  }
}

/** The knowledge that counts for a draft. */
export function knowledgeFor(draft: Draft, { knowledge }: EditedWorkspace): Knowledge {
  return draft.alone === true ? NOTHING : knowledge;
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}

/** Settings to edit with while .env is wrong: `m7 check` reports the problem. */
async function defaults(workspace: string, trusted: boolean | undefined): Promise<Settings> {
  const { settings } = await checkSettings({
    workspace: join(workspace, 'none'),
    environment: {},
    ...defined({ trusted }),
  });
  if (settings === undefined) throw new Error('The default settings are not valid.');
  const moved = (path: string): string => path.replace(settings.workspace, workspace);
  return {
    ...settings,
    workspace,
    configDir: moved(settings.configDir),
    dataDir: moved(settings.dataDir),
    landingDir: moved(settings.landingDir),
    rawDir: moved(settings.rawDir),
    silverDir: moved(settings.silverDir),
    goldDir: moved(settings.goldDir),
    logsDir: moved(settings.logsDir),
    archiveDir: moved(settings.archiveDir),
    rejectsDir: moved(settings.rejectsDir),
  };
}
