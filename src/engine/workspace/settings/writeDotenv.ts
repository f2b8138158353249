// Changes values of .env and leaves every other byte as it is: comments, order, quotes and line ends are a person's own.
import { createHash, randomBytes } from 'node:crypto';
import { chmod, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import { dirname, join } from 'node:path';
import { codeOf, inWords } from '../../base';
import { PipelineError } from '../../model';
import { settingOf, type SettingName } from './settingsCatalogue';
import { parseDotenv, type DotenvEntry } from './dotenv';

/** New values by the setting's name; "" unsets a setting, and writes nothing where it is not set. */
export type DotenvChanges = Partial<Readonly<Record<SettingName, string>>>;

/** One line as it is and as it would be; null: it is not there. Secrets are not repeated. */
interface DotenvLine {
  readonly name: SettingName;
  /** From 1, in the new text. */
  readonly line: number;
  readonly before: string | null;
  readonly after: string;
}

export interface DotenvDraft {
  readonly text: string;
  /** Empty where everything stands there already. */
  readonly lines: readonly DotenvLine[];
}

/** What a change of a workspace's .env would do, or has done. */
export interface DotenvChange {
  /** Absolute. */
  readonly file: string;
  readonly lines: readonly DotenvLine[];
  /** sha256 (hex) of the file this was read from; "" where there is none. */
  readonly sha256: string;
}

/**
 * The text of a .env with other values. A setting that is not there comes below its line that is commented out, else
 * at the end.
 * @param file named in errors.
 * @throws PipelineError SETTINGS_INVALID where the text cannot be read for sure: nothing is guessed.
 */
export function changeDotenv(text: string, changes: DotenvChanges, file: string): DotenvDraft {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  let body = text.slice(mark.length);
  const lines: DotenvLine[] = [];
  for (const [name, value] of Object.entries(changes) as [SettingName, string][]) {
    const entry = entryOf(body, name, file);
    if (entry === undefined && value === '') continue;
    if (entry?.value === value) continue;
    const written = entry === undefined ? added(body, name, value) : replaced(body, entry, value);
    lines.push({
      name,
      line: written.line,
      before: entry === undefined ? null : shownLine(name, entry.value),
      after: shownLine(name, value),
    });
    body = written.text;
  }
  return { text: `${mark}${body}`, lines: lines.toSorted((a, b) => a.line - b.line) };
}

/**
 * Changes the .env of a workspace, or with `dryRun` tells what it would change. The file is replaced whole.
 * @param expected the `sha256` that was told before: another file by now is left alone.
 * @throws PipelineError SETTINGS_INVALID, CHANGED, PERMISSION, DISK_FULL
 */
export async function writeDotenv(
  workspace: string,
  changes: DotenvChanges,
  options: { readonly dryRun: boolean; readonly expected?: string },
): Promise<DotenvChange> {
  const file = join(workspace, '.env');
  const bytes = await inWords(file, () => readExisting(file));
  const sha256 = bytes === undefined ? '' : createHash('sha256').update(bytes).digest('hex');
  if (options.expected !== undefined && options.expected !== sha256)
    throw new PipelineError(
      'CHANGED',
      '.env was changed meanwhile, so it was left as it is.',
      'Look at it, then choose again.',
      { where: { file } },
    );
  if (bytes !== undefined && !isUtf8(bytes))
    throw new PipelineError('SETTINGS_INVALID', '.env is not UTF-8 text.', 'Save the file as UTF-8.', {
      where: { file },
    });
  const { text, lines } = changeDotenv(bytes?.toString('utf8') ?? '', changes, file);
  if (!options.dryRun && lines.length > 0) await inWords(file, () => replaceFile(file, text));
  return { file, lines, sha256 };
}

/** @throws PipelineError SETTINGS_INVALID where it stands twice, or a quote is open somewhere. */
function entryOf(text: string, name: SettingName, file: string): DotenvEntry | undefined {
  const { entries, problems } = parseDotenv(text);
  const [problem] = problems;
  if (problem !== undefined)
    throw new PipelineError('SETTINGS_INVALID', problem.message, problem.remedy, {
      where: { file, line: problem.line },
    });
  const [entry, second] = entries.filter((one) => one.key === name);
  if (entry !== undefined && second !== undefined)
    throw new PipelineError(
      'SETTINGS_INVALID',
      `${name} occurs twice in .env, in lines ${entry.line} and ${second.line}.`,
      'Keep one of the two.',
      { where: { file, line: second.line } },
    );
  return entry;
}

interface EditedText {
  readonly text: string;
  readonly line: number;
}

function replaced(text: string, { line, from, to }: DotenvEntry, value: string): EditedText {
  const starts = lineStarts(text);
  const at = (row: number, column: number): number => (starts[row - 1] ?? 0) + column;
  const rest = text.slice(at(to.line, to.column));
  // A comment must keep a blank before it, or it would become part of the value.
  const gap = rest.startsWith('#') && value !== '' ? ' ' : '';
  return { text: `${text.slice(0, at(line, from))}${quoted(value)}${gap}${rest}`, line };
}

function added(text: string, name: SettingName, value: string): EditedText {
  const starts = lineStarts(text);
  const end = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const entry = `${name}=${quoted(value)}`;
  const inside = new Set(
    parseDotenv(text).entries.flatMap((one) =>
      // The lines of a value of several lines are no comments, whatever they look like.
      Array.from({ length: one.to.line - one.line }, (_, i) => one.line + 1 + i),
    ),
  );
  const sample = starts.findIndex((start, i) => {
    const line = text.slice(start, starts[i + 1] ?? text.length);
    return !inside.has(i + 1) && new RegExp(`^[ \\t]*#[ \\t]*${name}[ \\t]*=`).test(line);
  });
  const next = sample === -1 ? undefined : starts[sample + 1];
  if (next !== undefined)
    return { text: `${text.slice(0, next)}${entry}${end}${text.slice(next)}`, line: sample + 2 };
  const closed = text === '' || /[\r\n]$/.test(text);
  return {
    text: `${text}${closed ? '' : end}${entry}${end}`,
    line: closed ? starts.length : starts.length + 1,
  };
}

/** Where each line begins; the last one may be empty. */
function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((match) => match.index + match[0].length)];
}

/** The value as it is read back: in quotes where it must be. */
function quoted(value: string): string {
  if (!/[\s#"'`\\]/.test(value)) return value;
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return `"${value.replace(/["\\]/g, '\\$&').replace(/[\n\r\t]/g, (c) => escapes[c] ?? c)}"`;
}

function shownLine(name: SettingName, value: string): string {
  return `${name}=${settingOf(name).kind === 'secret' && value !== '' ? '***' : quoted(value)}`;
}

async function readExisting(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Through a link, with the rights it had: a crash leaves the old file or the new one. */
async function replaceFile(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const mode = await stat(target).then(
    (found) => found.mode & 0o7777,
    () => undefined,
  );
  const draft = join(dirname(target), `.env.${randomBytes(6).toString('hex')}`);
  try {
    // Nobody else may read it before it has its own rights: there may be secrets in it.
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (mode !== undefined) await chmod(draft, mode);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
