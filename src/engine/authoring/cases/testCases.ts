// Cases as tests: each folder is run in a temporary workspace and held against its expected.json.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, inWords, sweepTemporaryFolders } from '../../base';
import { PipelineError, defined, isCancelled, isDate, plainError, throwIfCancelled } from '../../model';
import { relativePath } from '../../lake';
import { attempt, type CaseFiles } from './caseAttempt';
import { json } from './configCut';
import { differences, expectationOf } from './expectation';
import type { CaseDocument, CaseExpectation, CaseOutcome, TestedCase } from './model';

export const EXPECTED_FILE = 'expected.json';
/** Where cases are in a workspace, the first that is there. */
export const CASE_FOLDERS: readonly string[] = ['test/cases', 'cases'];

/** Where cases of a workspace are: the first usual folder that is there, else the first of all. Absolute. */
export async function caseFolder(directory: string): Promise<string> {
  for (const name of CASE_FOLDERS) {
    const folder = join(directory, name);
    if ((await stat(folder).catch(() => undefined))?.isDirectory() === true) return folder;
  }
  return join(directory, CASE_FOLDERS[0] ?? 'cases');
}

export interface TestOptions {
  /** Absolute folders: cases, or folders that hold some at any depth. */
  readonly folders: readonly string[];
  /** Names of cases are given relative to this folder. */
  readonly base: string;
  /** Writes what was found into expected.json where it differs. */
  readonly update?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Runs all cases one after another, each told when it has ended.
 * @throws PipelineError NOT_FOUND where a folder is not there or holds no case; CANCELLED.
 */
export async function* testCases(options: TestOptions): AsyncGenerator<TestedCase> {
  const signal = options.signal ?? new AbortController().signal;
  const folders = new Set<string>();
  for (const folder of options.folders) for (const found of await casesIn(folder)) folders.add(found);
  sweepTemporaryFolders('case');
  for (const folder of folders) {
    throwIfCancelled(signal);
    const begun = performance.now();
    const tested = await testOne(folder, options.update === true, signal);
    const name = relativePath(options.base, folder);
    yield {
      folder,
      name: name === '' || name.startsWith('..') ? folder : name,
      ...tested,
      seconds: Math.round(performance.now() - begun) / 1000,
    };
  }
}

/**
 * The case folders in a folder, itself included, by name.
 * @throws PipelineError NOT_FOUND where the folder is not there or holds no case.
 */
export async function casesIn(folder: string): Promise<readonly string[]> {
  const there = await stat(folder).catch(() => undefined);
  if (there === undefined)
    throw new PipelineError(
      'NOT_FOUND',
      `There is no folder ${folder}.`,
      'Name a case, or a folder of cases.',
    );
  if (!there.isDirectory())
    throw new PipelineError(
      'NOT_FOUND',
      `${folder} is a file.`,
      'Name the folder of a case, or a folder of cases.',
    );
  const found: string[] = [];
  const visit = async (path: string): Promise<void> => {
    const entries = await inWords(path, () => readdir(path, { withFileTypes: true }));
    if (entries.some((e) => e.name === EXPECTED_FILE && !e.isDirectory())) {
      found.push(path);
      return;
    }
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
        await visit(join(path, entry.name));
  };
  await visit(folder);
  if (found.length > 0) return found;
  throw new PipelineError(
    'NOT_FOUND',
    `${folder} holds no case: no folder in it has an ${EXPECTED_FILE}.`,
    'Make one of a failure with: m7 case --date D --table T',
  );
}

async function testOne(
  folder: string,
  update: boolean,
  signal: AbortSignal,
): Promise<{ readonly table?: string; readonly outcome: CaseOutcome }> {
  let table: string | undefined;
  try {
    const document = await readDocument(folder);
    ({ table } = document);
    const found = expectationOf(await attempt(await filesOf(folder), document, signal), document.failure);
    const differing = differences(document.expect, found);
    if (differing.length === 0) return { table, outcome: { kind: 'passed' } };
    if (!update) return { table, outcome: { kind: 'differs', differences: differing } };
    const file = join(folder, EXPECTED_FILE);
    const expect = updated(document.expect, found);
    await inWords(file, () => writeFile(file, json({ ...document, expect })));
    return { table, outcome: { kind: 'updated', differences: differing } };
  } catch (error) {
    if (isCancelled(error)) throw error;
    if (!(error instanceof PipelineError)) throw error;
    return {
      ...defined({ table }),
      outcome: { kind: 'broken', error: plainError(error) },
    };
  }
}

/** What was found, of what was expected: keys left out on purpose stay out. */
function updated(expected: CaseExpectation, found: CaseExpectation): CaseExpectation {
  return Object.fromEntries(Object.entries(found).filter(([key]) => Object.hasOwn(expected, key)));
}

async function filesOf(folder: string): Promise<CaseFiles> {
  const files = new Map<string, Buffer>();
  const take = async (path: string): Promise<void> => {
    const file = join(folder, path);
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory() === true)
      for (const name of (await inWords(file, () => readdir(file))).sort()) await take(`${path}/${name}`);
    else if (found !== undefined) files.set(path, await inWords(file, () => readFile(file)));
  };
  for (const path of ['.env', 'config', 'landing', 'history']) await take(path);
  return files;
}

async function readDocument(folder: string): Promise<CaseDocument> {
  const file = join(folder, EXPECTED_FILE);
  const wrong = (message: string, remedy: string, cause?: unknown): PipelineError =>
    new PipelineError('CONFIG_INVALID', message, remedy, { where: { file }, cause });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (codeOf(error) !== undefined) return inWords(file, () => Promise.reject(error as Error));
    const reason = error instanceof Error ? error.message : String(error);
    throw wrong(`${EXPECTED_FILE} is no JSON: ${reason}`, 'Fix it, or create the case again.', error);
  }
  const fault = faultOf(value);
  if (fault !== undefined)
    throw wrong(
      `${EXPECTED_FILE} is not what a case expects: ${fault}.`,
      'Fix it, or create the case again.',
    );
  return value as CaseDocument;
}

const KINDS: readonly string[] = ['rule', 'reject', 'conversion', 'step'];
const LISTS = ['findings', 'rejects', 'conversions', 'files', 'steps'] as const;

/** What keeps a value from being the document of a case; undefined where it is one. */
function faultOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'it holds no object';
  const { version, table, dates, failure, expect } = value;
  if (version !== 1) return '"version" is not 1';
  if (typeof table !== 'string' || table === '') return '"table" is not a name';
  if (!Array.isArray(dates) || dates.length === 0 || !dates.every((d) => typeof d === 'string' && isDate(d)))
    return '"dates" is not a list of dates (YYYYMMDD)';
  if (!isObject(failure) || !KINDS.includes(String(failure['kind'])))
    return `"failure" has none of the kinds ${KINDS.join(', ')}`;
  if (!isObject(expect)) return '"expect" is not an object';
  const unknown = Object.keys(expect).find((key) => !['status', 'rows', ...LISTS].includes(key));
  if (unknown !== undefined) return `"expect" has the unknown key "${unknown}"`;
  if (Object.keys(expect).length === 0) return '"expect" is empty, so nothing could differ';
  if (expect['rows'] !== undefined && !isObject(expect['rows'])) return '"rows" is not an object';
  const list = LISTS.find((key) => {
    const given = expect[key];
    return given !== undefined && !(Array.isArray(given) && given.every(isObject));
  });
  return list === undefined ? undefined : `"${list}" is not a list of objects`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
