// From a failure to a small case: the fewest landing lines that still show it, as a folder that runs by itself.
import {
  type Config,
  type DateKey,
  PipelineError,
  type Rule,
  type Table,
  throwIfCancelled,
} from '../../model';
import { referencedTables } from '../../stages';
import { SURROUNDINGS } from '../../report';
import { levelOf, ruleKind } from '../../rules';
import { rejectedFiles } from '../../lake';
import { namedTable, sweepTemporaryFolders } from '../../base';
import type { OpenWorkspace } from '../../workspace';
import { json } from './configCut';
import { expectationOf } from './expectation';
import { caseName, failureTitle, REPEATED_FILE } from './candidates';
import { chooseFailure, type Chosen } from './caseFailure';
import { freeFolder, readme, requireWritable, writeFolder } from './caseFolder';
import type { Line, LandingSource } from './caseLines';
import { MASK_WORDS, unknownColumns } from './standIns';
import type { CaseDocument, CaseOptions, CaseResult } from './model';
import { namedRows } from './caseRows';
import { shortest, shrink } from './shrink';
import { landingSources, sourcesOf } from './caseSources';
import { masked } from './maskLines';
import { openSearch, type SearchSubject, type Search, type ShownFailure } from './search';
import { openSupply, type Supply } from './supply';

const FEW_LINES = 40;
const MANY_LINES = 20_000;

/**
 * Makes a case of a failure: finds the fewest landing lines that show it, replaces sensitive values, and writes the
 * folder. The workspace is only read; each try is a real run in a temporary workspace of its own.
 * @throws PipelineError NOT_FOUND: no such failure, or its files are gone. UNSUPPORTED: it does not show by landing
 * files alone. VALUES_NEEDED: it does not show with stand-ins for sensitive values. USAGE: the folder is there already. CANCELLED.
 */
export async function createCase(workspace: OpenWorkspace, options: CaseOptions): Promise<CaseResult> {
  const begun = performance.now();
  const signal = options.signal ?? new AbortController().signal;
  const { date } = options;
  const table = namedTable(workspace.config, options.table);
  const request = { ...options, table: table.name };
  const chosen = await chooseFailure(workspace, request, signal);
  const name = options.name ?? caseName(table.name, chosen.failure);
  const folder = freeFolder(options.folder, name);
  await requireWritable(folder);
  sweepTemporaryFolders('case');

  const rules = rulesOf(workspace.config, table, chosen);
  const others = referencedTables({ ...workspace.config, rules }, table.name);
  const sources = await gather(workspace, { chosen, table, date, others, rules });
  const search = openSearch(workspace, { ...request, chosen, sources, rules, table, others }, begun, signal);
  const supply = openSupply(sources, signal);
  try {
    const first = await firstShown(workspace, search, supply, {
      chosen,
      table,
      date,
      others,
      sources,
      signal,
    });
    const least = await fewestLines(search, supply, first, { chosen, table, sources });
    const told = await masked(workspace, search, supply, least.shown, {
      chosen,
      options,
      table,
      others,
      sources,
    });
    search.tell('writing', told.shown.lines.length);

    const remarks = [
      ...(least.fewest ? [] : ['The search ended early: fewer lines may be enough.']),
      ...(sources.some(
        (s, i) => told.shown.present.has(i) && s.format?.compression !== 'none' && s.format !== undefined,
      )
        ? ['Compressed files were unpacked.']
        : []),
      ...unknownRemark(told.shown, sources, workspace.config, told.columns),
      ...(isCounting(chosen) ? ['The rule measures the whole table: every line counts.'] : []),
    ];
    const document: CaseDocument = {
      version: 1,
      table: table.name,
      dates: search.dates,
      failure: chosen.failure,
      expect: expectationOf(told.shown.found, chosen.failure),
      masked: { columns: told.columns, how: told.columns.length === 0 ? 'nothing was replaced' : MASK_WORDS },
      ...(remarks.length === 0 ? {} : { remarks }),
    };
    const landing = [...told.shown.present]
      .sort((a, b) => a - b)
      .map((i) => ({
        path: `landing/${sources[i]?.name ?? ''}`,
        lines: told.shown.lines.filter((line) => line.source === i).length,
      }));
    const result: CaseResult = {
      ...{
        date,
        table: table.name,
        failure: chosen.failure,
        title: failureTitle(chosen.failure),
        folder,
        name,
      },
      files: landing,
      lines: told.shown.lines.length,
      fewest: least.fewest,
      masked: told.columns,
      remarks,
      expected: document.expect,
      runs: search.runs(),
      seconds: Math.round(performance.now() - begun) / 1000,
    };
    throwIfCancelled(signal);
    const files = await search.files(told.shown.lines, told.shown.present, supply);
    await writeFolder(
      folder,
      new Map([...files, ['expected.json', json(document)], ['README.md', readme(result)]]),
    );
    return result;
  } finally {
    await supply.close();
  }
}

/** Stand-ins come where the config asks for them: columns it does not know stay as they are. */
function unknownRemark(
  { present }: ShownFailure,
  sources: readonly LandingSource[],
  { tables }: Config,
  masked: readonly string[],
): readonly string[] {
  if (masked.length === 0) return [];
  const unknown = [...present].flatMap((i) => {
    const source = sources[i];
    const table = tables.find(({ name }) => name === source?.table);
    if (source === undefined || table === undefined) return [];
    return unknownColumns(source, table).map((name) => `${table.name}.${name}`);
  });
  return unknown.length === 0
    ? []
    : [`Columns that are not in table_schemas.json keep their values: ${[...new Set(unknown)].join(', ')}.`];
}

// ---- what a case needs ---------------------------------------------------------------------------

/** The rules whose findings the failure is about. */
function rulesOf(config: Config, table: Table, { failure, rule }: Chosen): readonly Rule[] {
  if (rule !== undefined) return [rule];
  if (failure.kind !== 'step' || failure.stage !== 'gold-to-snowflake') return [];
  return config.rules.filter((r) => r.table === table.name && r.enabled);
}

async function gather(
  workspace: OpenWorkspace,
  needs: {
    readonly chosen: Chosen;
    readonly table: Table;
    readonly date: DateKey;
    /** Tables that the rules refer to. */
    readonly others: readonly string[];
    readonly rules: readonly Rule[];
  },
): Promise<readonly LandingSource[]> {
  const { table, date, others, rules } = needs;
  const { failure } = needs.chosen;
  const refuse = (message: string, remedy: string): PipelineError =>
    new PipelineError('UNSUPPORTED', message, remedy);
  if (failure.kind === 'step' && SURROUNDINGS.includes(failure.code ?? ''))
    throw refuse(
      `Step ${failure.stage} of ${table.name} failed with ${failure.code ?? ''}: no landing line is the cause.`,
      'Fix what the message of the step reports, and run again.',
    );
  const whole = rejectedFiles(workspace.lake, date).some(
    (f) => f.table === table.name && failure.kind === 'reject' && f.code === failure.code,
  );
  if (failure.kind === 'reject' && failure.code === REPEATED_FILE)
    throw refuse(
      'The file repeats another one: it has no lines of its own to make a case from.',
      'Deliver the intended file.',
    );
  const own = await sourcesOf(workspace, {
    ...{ date, table: table.name },
    ...(whole && failure.kind === 'reject' ? { keptOut: failure.code } : {}),
  });
  const waiting =
    failure.kind === 'step' && failure.stage === 'landing-to-raw'
      ? await landingSources(workspace, date, table)
      : [];
  const latest = rules.some((rule) => rule.parameters['at'] === 'latest');
  const referenced: LandingSource[] = [];
  for (const name of others) {
    let found = await sourcesOf(workspace, { date, table: name });
    if (found.length === 0 && latest) {
      const { lake } = workspace;
      const earlier = lake
        .dates('gold')
        .filter((day) => day < date && lake.manifest('gold', day, name) !== undefined)
        .at(-1);
      if (earlier !== undefined) found = await sourcesOf(workspace, { date: earlier, table: name });
    }
    referenced.push(...found);
  }
  if (own.length + waiting.length === 0)
    throw new PipelineError(
      'NOT_FOUND',
      `No landing file of ${table.name}, ${date}, is left to make a case from.`,
      'Deliver the files again, and run the date.',
    );
  return [...own, ...waiting, ...referenced];
}

/** Failures that no file without rows can have. */
function isAboutRows({ failure, finding }: Chosen, sources: readonly LandingSource[]): boolean {
  if (failure.kind === 'rule') return (finding?.failing ?? 0) > 0;
  return failure.kind !== 'step' && sources[0]?.format !== undefined;
}

/** A measure that every row adds to: which ones are left out makes no difference. */
function isCounting({ rule }: Chosen): boolean {
  if (rule === undefined || rule.filter !== undefined) return false;
  return rule.kind === 'row_count' || (rule.kind === 'anomaly' && rule.parameters['metric'] === 'row_count');
}

/** The first set of lines that shows the failure: those it names, then with their neighbours, then with all. */
async function firstShown(
  workspace: OpenWorkspace,
  search: Search,
  supply: Supply,
  ground: SearchSubject & {
    readonly date: DateKey;
    readonly others: readonly string[];
    readonly signal: AbortSignal;
  },
): Promise<ShownFailure> {
  const { chosen, table, date, sources, signal } = ground;
  search.tell('looking');
  const own = (i: number): boolean => sources[i]?.table === table.name && sources[i].date === date;
  const named = await namedRows(workspace, chosen, { table, date }, signal);
  const isNamed = (i: number, row: number | undefined, line: number): boolean =>
    own(i) &&
    named.some(
      (one) =>
        one.file === sources[i]?.delivered &&
        (one.brand ?? sources[i].brand) === sources[i].brand &&
        ((one.row !== null && one.row === row) || (one.row === null && one.line === line)),
    );
  const starts: readonly (() => Promise<readonly Line[]>)[] = [
    // Without named rows nothing may be needed but the header.
    () =>
      named.length === 0
        ? Promise.resolve([])
        : supply.lines((i, { row, line }) => isNamed(i, row, line), own, MANY_LINES),
    () => supply.lines((i, { row, line, at }) => at <= FEW_LINES || isNamed(i, row, line), own, MANY_LINES),
    () => supply.lines(() => true, own, MANY_LINES),
    () =>
      supply.lines(
        () => true,
        () => true,
        MANY_LINES,
      ),
  ];
  let before: number | undefined;
  for (const start of starts) {
    const lines = await start();
    if (lines.length === before) continue;
    before = lines.length;
    const shown = await search.shows(lines, supply);
    if (shown !== undefined) return shown;
  }
  throw new PipelineError(
    'UNSUPPORTED',
    `The failure cannot be reproduced from its landing files: ${failureTitle(chosen.failure)}.`,
    supply.cutShort()
      ? `The first ${MANY_LINES} lines of each file were tried: it may need more lines than a small case has.`
      : `The config may have changed since, or it depends on earlier dates. Run m7 run --date ${date} --force, and check whether it still fails.`,
  );
}

async function fewestLines(
  search: Search,
  supply: Supply,
  first: ShownFailure,
  { chosen, sources }: SearchSubject,
): Promise<{ readonly shown: ShownFailure; readonly fewest: boolean }> {
  let best = first;
  const shows = async (lines: readonly Line[]): Promise<boolean> => {
    if (lines.length === 0 && isAboutRows(chosen, sources)) return false;
    const shown = await search.shows(lines, supply);
    if (shown !== undefined && shown.lines.length <= best.lines.length) best = shown;
    search.tell('shrinking', best.lines.length);
    return shown !== undefined;
  };
  let fewest = true;
  const kind = ruleKind(chosen.rule?.kind ?? '');
  const measures = kind !== undefined && levelOf(kind) === 'metric';
  if (measures && best.lines.length > 2) await shortest(best.lines, shows, search.budget);
  // Of the shortest beginning that has one row too many, each line counts that became a row.
  const counted = isCounting(chosen) && best.lines.length === best.found.report?.rows.gold;
  if (best.lines.length > 0 && !counted) {
    // Most failures are of one row: the first ones are tried alone.
    for (const line of best.lines.length > 1 && !measures ? best.lines.slice(0, 2) : [])
      if (await shows([line])) break;
    ({ fewest } = await shrink(best.lines, shows, search.budget));
  }
  // Files left with nothing but their header may not be needed either.
  for (const i of best.present) {
    if (best.present.size === 1 || best.lines.some((line) => line.source === i) || !search.budget()) continue;
    if (sources[i]?.table === chosen.report?.table && sources[i]?.date === chosen.report?.date) continue;
    const without = new Set([...best.present].filter((j) => j !== i));
    best = (await search.shows(best.lines, supply, without)) ?? best;
  }
  return { shown: best, fewest };
}
