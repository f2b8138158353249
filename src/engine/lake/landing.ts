// What lies in the drop zone: which brand, table and date each file is, and why a file is left alone.
import { relativePath } from './dataFolder';
import { type NamePart, namePattern } from './namePattern';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile, holdFile, inWords } from '../base';
import {
  type Config,
  type DateKey,
  type Settings,
  defined,
  isCancelled,
  isDate,
  throwIfCancelled,
} from '../model';

/** A file whose name tells its slot. */
export interface LandingFile {
  /** Relative to the landing folder, with "/". */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly brand: string;
  readonly table: string;
  readonly date: DateKey;
  /** The file of the same slot whose content this one repeats: rejected. */
  readonly duplicateOf?: string;
  /** A file of another brand's slot with the same content: loaded under both, and reported. */
  readonly sameAs?: string;
}

/** A file that stays where it is, with why. */
export interface Stray {
  readonly path: string;
  readonly status: 'ignored' | 'waiting';
  readonly reason: string;
  /** Where the name told one. */
  readonly date?: DateKey;
}

export interface Landing {
  /** Ordered by date, brand (config order), table (config order), path. */
  readonly files: readonly LandingFile[];
  readonly strays: readonly Stray[];
}

const EXTENSION = /\.(csv|tsv|txt)(\.(gz|zst|zip))?$/i;

/** The extension of a landing file in lower case without its first dot ("csv", "csv.gz"). */
export function extensionOf(path: string): string {
  return EXTENSION.exec(path)?.[0].slice(1).toLowerCase() ?? 'csv';
}

/** Lists the landing folder (any depth). Hidden files are passed over; when a file is complete says settling.ts. */
export async function readLanding(
  settings: Settings,
  config: Config,
  signal?: AbortSignal,
): Promise<Landing> {
  const match = matcher(settings, config);
  const files: LandingFile[] = [];
  const strays: Stray[] = [];
  for (const path of await walk(settings.landingDir)) {
    throwIfCancelled(signal);
    const found = await lstat(join(settings.landingDir, path)).catch(() => undefined);
    if (found === undefined) continue; // Removed while we looked.
    const name = match(path);
    // Moving a link would leave its content where anybody may change it, and a link may lead anywhere.
    if (found.isSymbolicLink())
      strays.push({ path, status: 'ignored', reason: 'it is a link: put the file itself here' });
    else if (!found.isFile()) strays.push({ path, status: 'ignored', reason: 'it is no regular file' });
    else if (name.kind === 'none')
      strays.push({
        path,
        status: 'ignored',
        reason: name.reason,
        ...defined({ date: name.date }),
      });
    else
      files.push({
        path,
        bytes: found.size,
        modifiedMs: found.mtimeMs,
        brand: name.brand,
        table: name.table,
        date: name.date,
      });
  }
  const brandOrder = new Map(config.brands.map((b, i) => [b.name, i]));
  const tableOrder = new Map(config.tables.map((t, i) => [t.name, i]));
  const rank = (order: ReadonlyMap<string, number>, name: string): number => order.get(name) ?? order.size;
  return {
    files: files.sort(
      (a, b) =>
        compareText(a.date, b.date) ||
        rank(brandOrder, a.brand) - rank(brandOrder, b.brand) ||
        rank(tableOrder, a.table) - rank(tableOrder, b.table) ||
        compareText(a.path, b.path),
    ),
    strays: strays.sort((a, b) => compareText(a.path, b.path)),
  };
}

async function walk(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await visit(path);
      else found.push(relativePath(root, path));
    }
  };
  try {
    await visit(root);
  } catch (error) {
    // A workspace without a landing folder has no files waiting; one that may not be read is trouble.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return found;
    await inWords(root, () => Promise.reject(error as Error));
  }
  return found;
}

/** Has the file the size and time it had when it was listed? Asked again after it was read. */
export async function unchanged(settings: Settings, file: LandingFile): Promise<boolean> {
  const now = await lstat(join(settings.landingDir, file.path)).catch(() => undefined);
  return now?.isFile() === true && now.size === file.bytes && now.mtimeMs === file.modifiedMs;
}

// ---- names ---------------------------------------------------------------------------------------

type NameMatch =
  | { readonly kind: 'match'; readonly brand: string; readonly table: string; readonly date: DateKey }
  | { readonly kind: 'none'; readonly reason: string; readonly date?: DateKey };

/**
 * Reads LANDING_PATTERN against the names of brands (with aliases) and tables, without case. A pattern
 * without "/" is held against the file's name at any depth, one with "/" against the end of its path.
 * A name that can be read in two ways is not guessed.
 */
export function matcher(settings: Settings, config: Config): (path: string) => NameMatch {
  const pattern = settings.landingPattern.normalize('NFC');
  const brands = config.brands.flatMap((b) =>
    [b.name, ...b.aliases].map((n) => ({ spelling: n.normalize('NFC').toLowerCase(), name: b.name })),
  );
  const tables = config.tables.map((t) => ({
    spelling: t.name.normalize('NFC').toLowerCase(),
    name: t.name,
  }));
  const tokens = pattern.match(/\{brand\}|\{table\}|\{date\}|\*|[^{*]+|\{/g) ?? [];
  const compiled = new Map<string, ReturnType<typeof namePattern>>();
  const expression = (
    brand: string | undefined,
    table: string | undefined,
  ): ReturnType<typeof namePattern> => {
    const key = JSON.stringify([brand, table]);
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const made = namePattern(tokens.map((token) => partOf(token, brand, table)));
    compiled.set(key, made);
    return made;
  };
  const holds = { brand: pattern.includes('{brand}'), table: pattern.includes('{table}') };

  return (path) => {
    const plain = path.normalize('NFC');
    if (!EXTENSION.test(plain))
      return { kind: 'none', reason: 'its extension is not .csv, .tsv or .txt (with .gz, .zst or .zip)' };
    const stem = plain.replace(EXTENSION, '');
    const lower = stem.toLowerCase();
    const found = new Map<string, { brand: string; table: string; date: string }>();
    for (const brand of brands.filter((b) => lower.includes(b.spelling)))
      for (const table of tables.filter((t) => lower.includes(t.spelling))) {
        const date = expression(brand.spelling, table.spelling)(stem)?.['date']?.replaceAll('-', '');
        if (date !== undefined)
          found.set(JSON.stringify([brand.name, table.name, date]), {
            brand: brand.name,
            table: table.name,
            date,
          });
      }
    const readings = [...found.values()];
    const [only] = readings;
    if (only !== undefined && readings.length === 1)
      return isDate(only.date)
        ? { kind: 'match', ...only }
        : { kind: 'none', reason: `${only.date} is not a date` };
    if (only !== undefined)
      return {
        kind: 'none',
        reason: `its name can be read in ${readings.length} ways: ${readings.map((r) => `${r.brand}/${r.table}/${r.date}`).join(', ')}`,
      };
    // Nothing known fits: name the part that is unknown, if the rest is.
    for (const table of tables) {
      const found = expression(undefined, table.spelling)(stem);
      if (found?.['brand'] !== undefined)
        return unknown(`brand "${found['brand']}" is not in brand_configs.json`, found['date']);
    }
    for (const brand of brands) {
      const found = expression(brand.spelling, undefined)(stem);
      if (found?.['table'] !== undefined)
        return unknown(`table "${found['table']}" is not in table_schemas.json`, found['date']);
    }
    const generic = expression(undefined, undefined)(stem);
    if (generic !== undefined && holds.brand && holds.table)
      return unknown('neither its brand nor its table is configured', generic['date']);
    return { kind: 'none', reason: `its name does not match LANDING_PATTERN ${settings.landingPattern}` };
  };
}

/** What a token of LANDING_PATTERN stands for; a brand or table that is not given may be any. */
function partOf(token: string, brand: string | undefined, table: string | undefined): NamePart {
  switch (token) {
    case '{brand}':
      return brand === undefined ? { kind: 'part', name: 'brand' } : { kind: 'text', text: brand };
    case '{table}':
      return table === undefined ? { kind: 'part', name: 'table' } : { kind: 'text', text: table };
    case '{date}':
      return { kind: 'date' };
    case '*':
      return { kind: 'any' };
    default:
      return { kind: 'text', text: token };
  }
}

/** A name of which only the date may be known: its file is told with that date alone. */
function unknown(reason: string, written: string | undefined): NameMatch {
  const date = written?.replaceAll('-', '');
  return { kind: 'none', reason, ...(date !== undefined && isDate(date) ? { date } : {}) };
}

/** Code point order: the same on every machine and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// ---- same content twice --------------------------------------------------------------------------

/** Content that is already there: the raw parts of the slots. */
export interface KnownContent {
  readonly date: DateKey;
  readonly table: string;
  readonly brand: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly path: string;
  /** Has its original reached raw? If not, the same file in landing is the original of an interrupted move. */
  readonly settled: () => boolean;
}

/**
 * Marks files that repeat the bytes of another file of the same slot, and those that equal a file of another brand's.
 * Only files of equal size are hashed. A file without a second line holds no records and repeats nothing.
 */
export async function markDuplicateFiles(
  settings: Settings,
  files: readonly LandingFile[],
  known: readonly KnownContent[],
  signal?: AbortSignal,
): Promise<readonly LandingFile[]> {
  const sizeKey = (f: { date: string; table: string; bytes: number }): string =>
    JSON.stringify([f.date, f.table, f.bytes]);
  const sizes = new Map<string, number>();
  for (const one of [...files, ...known]) sizes.set(sizeKey(one), (sizes.get(sizeKey(one)) ?? 0) + 1);
  const first = new Map<string, { path: string; own: () => boolean }>();
  const anyBrand = new Map<string, { path: string; brand: string }>();
  for (const one of known) {
    const content = `${sizeKey(one)}${one.sha256}`;
    first.set(`${content} ${one.brand}`, { path: one.path, own: () => !one.settled() });
    if (!anyBrand.has(content)) anyBrand.set(content, one);
  }
  const marked: LandingFile[] = [];
  for (const file of files) {
    const sha256 = (sizes.get(sizeKey(file)) ?? 0) < 2 ? undefined : await shaOf(settings, file, signal);
    if (sha256 === undefined) {
      marked.push(file);
      continue;
    }
    const content = `${sizeKey(file)}${sha256}`;
    const key = `${content} ${file.brand}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, { path: file.path, own: () => false });
    const same = earlier !== undefined && !(earlier.path === file.path && earlier.own());
    const other = anyBrand.get(content);
    if (other === undefined) anyBrand.set(content, file);
    marked.push({
      ...file,
      ...defined({
        duplicateOf: same ? earlier.path : undefined,
        sameAs: other !== undefined && other.brand !== file.brand ? other.path : undefined,
      }),
    });
  }
  return marked;
}

/** sha256 of a file that holds records; undefined where it holds none, or cannot be read: its step will say why. */
async function shaOf(
  settings: Settings,
  file: LandingFile,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const held = await holdFile(join(settings.landingDir, file.path), { folder: settings.landingDir }).catch(
    () => undefined,
  );
  if (held === undefined) return undefined;
  try {
    return (await hasRecords(held.path)) ? await hashFile(held.path, signal) : undefined;
  } catch (error) {
    if (isCancelled(error)) throw error;
    return undefined;
  } finally {
    await held.close();
  }
}

async function hasRecords(path: string): Promise<boolean> {
  const stream = createReadStream(path, { end: 65_535 });
  let text = '';
  for await (const chunk of stream) text += (chunk as Buffer).toString('latin1');
  const compressed = /^(?:\x1f\x8b|PK\x03\x04|\x28\xb5\x2f\xfd)/.test(text);
  return compressed || text.length >= 65_536 || /[\r\n]\0*[^\0\r\n]/.test(text);
}
