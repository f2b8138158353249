// What the editing help stands on: settings, config files, the data, one kept database; each read again when it changes.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Connection,
  type Database,
  ofWorkspace,
  openDatabase,
  readTextFile,
  shownPath,
} from '../../base';
import { type Lake, openLake } from '../../lake';
import type { Settings } from '../../model';
import { type WorkspaceOptions, checkSettings } from '../../workspace';
import { NOTHING, openKnowledge, type Knowledge } from './knowledge';
import { DRAFT_FILES, type Draft, type DraftFile } from './model';
import { sketchOf, type Sketch } from './draftConfig';

/** The workspace as it is now. */
export interface Standing {
  readonly settings: Settings;
  readonly lake: Lake;
  readonly knowledge: Knowledge;
}

export interface Ground {
  readonly standing: () => Promise<Standing>;
  readonly paths: () => Promise<Readonly<Record<DraftFile, string>>>;
  /** The three texts of a draft: as edited, or as on disk. */
  readonly texts: (draft: Draft) => Promise<Readonly<Record<DraftFile, string>>>;
  readonly sketch: (draft: Draft) => Promise<Sketch>;
  /** The config as it lies on disk. */
  readonly saved: () => Promise<Sketch>;
  /** A connection on which fragments are bound; it remembers what was said of each. */
  readonly judge: () => Promise<Connection>;
  readonly close: () => void;
}

const MAXIMUM_BYTES = 10_000_000;
/** Answers about SQL that are kept; a rule has a handful. */
const MOST_ANSWERS = 5_000;

export function openGround(options: WorkspaceOptions): Ground {
  const workspace = resolve(options.directory);
  let settled: { readonly stamp: string; readonly standing: Promise<Standing> } | undefined;
  let opened: { readonly name: string; readonly database: Promise<Database> } | undefined;
  const connections = new Map<string, Promise<Connection>>();
  const read = new Map<string, { readonly stamp: string; readonly text: string }>();
  let last: { readonly texts: Readonly<Record<DraftFile, string>>; readonly sketch: Sketch } | undefined;

  const release = (): void => {
    const before = opened;
    const open = [...connections.values()];
    opened = undefined;
    connections.clear();
    void Promise.allSettled(open).then(async (all) => {
      for (const one of all) if (one.status === 'fulfilled') one.value.close();
      (await before?.database)?.close();
    });
  };
  const connect = async (purpose: 'judge' | 'look'): Promise<Connection> => {
    const { settings } = await standing();
    const name = `${settings.dataDir}\n${settings.memoryLimit ?? ''}`;
    if (opened?.name !== name) {
      release();
      opened = {
        name,
        database: openDatabase(ofWorkspace(settings)),
      };
    }
    const known = connections.get(purpose);
    if (known !== undefined) return known;
    const made = opened.database
      .then((database) => database.connect())
      .then((connection) => (purpose === 'judge' ? remembering(connection) : connection));
    connections.set(purpose, made);
    // What could not be opened now may be later.
    made.catch(release);
    return made;
  };
  const settle = async (): Promise<Standing> => {
    const { environment, overrides } = options;
    const given = { ...(environment && { environment }), ...(overrides && { overrides }) };
    const { settings: found } = await checkSettings({ workspace, ...given });
    const settings = found ?? (await defaults(workspace));
    const lake = openLake(settings);
    return { settings, lake, knowledge: openKnowledge(lake, () => connect('look')) };
  };
  function standing(): Promise<Standing> {
    const stamp = stampOf(join(workspace, '.env'));
    if (settled?.stamp !== stamp) settled = { stamp, standing: settle() };
    return settled.standing;
  }
  const paths = async (): Promise<Readonly<Record<DraftFile, string>>> => {
    const { configDir } = (await standing()).settings;
    const path = (file: DraftFile): string => join(configDir, `${file}.json`);
    return {
      brand_configs: path('brand_configs'),
      table_schemas: path('table_schemas'),
      validation_rules: path('validation_rules'),
    };
  };
  const onDisk = async (path: string): Promise<string> => {
    const stamp = stampOf(path);
    const known = read.get(path);
    if (known?.stamp === stamp) return known.text;
    const found = await readTextFile(path, shownPath(workspace, path), MAXIMUM_BYTES);
    const text = found.kind === 'text' ? found.text : '';
    read.set(path, { stamp, text });
    return text;
  };
  const texts: Ground['texts'] = async (draft) => {
    const at = await paths();
    const text = async (file: DraftFile): Promise<string> => {
      if (file === draft.file) return draft.text;
      return draft.others?.[file] ?? (draft.alone === true ? '' : await onDisk(at[file]));
    };
    return {
      brand_configs: await text('brand_configs'),
      table_schemas: await text('table_schemas'),
      validation_rules: await text('validation_rules'),
    };
  };
  return {
    standing,
    paths,
    texts,
    sketch: async (draft) => {
      const now = await texts(draft);
      const before = last;
      if (before !== undefined && DRAFT_FILES.every((file) => before.texts[file] === now[file]))
        return before.sketch;
      const sketch = sketchOf(now, await paths());
      last = { texts: now, sketch };
      return sketch;
    },
    saved: async () => {
      const at = await paths();
      const draft = { file: 'validation_rules', text: await onDisk(at.validation_rules) } as const;
      return sketchOf(await texts(draft), at);
    },
    judge: () => connect('judge'),
    close: release,
  };
}

/** The knowledge that counts for a draft. */
export function knowledgeFor(draft: Draft, { knowledge }: Standing): Knowledge {
  return draft.alone === true ? NOTHING : knowledge;
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}

/** Settings to edit with while .env is wrong: `m7 check` tells what is. */
async function defaults(workspace: string): Promise<Settings> {
  const { settings } = await checkSettings({ workspace: join(workspace, 'none'), environment: {} });
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

/**
 * A connection that answers the same question once. Only for questions whose answer no data decides: parsing and
 * binding of fragments.
 */
function remembering(connection: Connection): Connection {
  const answers = new Map<string, Promise<unknown>>();
  return {
    ...connection,
    rows: (sql, queryOptions) => {
      const name = JSON.stringify([sql, queryOptions?.values ?? []], (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      const known = answers.get(name);
      if (known !== undefined) return known as ReturnType<typeof connection.rows<never>>;
      if (answers.size >= MOST_ANSWERS) answers.clear();
      // Without the signal: the answer is worth keeping for who asks next, and takes a millisecond.
      const asked = connection.rows<never>(sql, { values: queryOptions?.values ?? [] });
      answers.set(name, asked);
      return asked;
    },
  };
}
