// Why gold and warehouse agree or not: a pure function of what is known of the two sides.
import { shellWord } from '../../base';
import type { DateKey, PlainError, Report, Table } from '../../model';
import { formatCount, isHiddenColumn, plural } from '../../report';
import type { LoadRecord, Measures } from '../../warehouse';
import type { FigureDifference, TableComparison } from './model';

/** What is known of one table of one date. */
export interface Sides {
  readonly date: DateKey;
  readonly table: Table;
  /** What gold's manifest tells; undefined: gold was never made, or all of it is gone. */
  readonly gold: { readonly rows: number; readonly state: 'there' | 'removed' | 'damaged' } | undefined;
  /** Rows that passed, where the validation is one of this gold. */
  readonly accepted: number | undefined;
  /** Status of the validation of this gold; undefined: there is none yet. */
  readonly validation: Report['status'] | undefined;
  /** Names the load that this state of gold, rules and table would be. */
  readonly expectedLoadId: string | undefined;
  /** sha256 (hex) of the gold file, where it is there. */
  readonly goldSha256?: string | undefined;
  /** Of the accepted rows; undefined where they cannot be told. */
  readonly goldFigures: Measures | undefined;
  readonly load: LoadRecord | undefined;
  readonly warehouseFigures: Measures | undefined;
  /** The warehouse may show values that are not the stored ones: Snowflake has policies for that. */
  readonly mayMask?: boolean;
  /** The first step that is due by the plan, and why. */
  readonly due: string | undefined;
  /** The last failure that has not been mended. */
  readonly failure: PlainError | undefined;
}

/** Values in a sentence or table are cut here; they are compared in full. */
const MOST_CHARACTERS = 120;
const MASKED = '(sensitive)';

/** The comparison of one table of one date; undefined where it is on neither side. */
export function explain(sides: Sides): TableComparison | undefined {
  const { date, table, gold, load, warehouseFigures } = sides;
  const there = warehouseFigures?.rows ?? 0;
  const common = {
    date,
    table: table.name,
    gold: gold === undefined ? null : { rows: gold.rows, accepted: sides.accepted ?? null },
    warehouse: warehouseFigures === undefined ? null : { rows: there },
    load:
      load === undefined
        ? null
        : { load_id: load.loadId, run_id: load.runId, rows: load.rows, finished_at: load.finishedAt },
  };
  if (load === undefined) {
    if (there > 0)
      return {
        ...common,
        verdict: 'unaccounted',
        compared: sides.goldFigures === undefined ? 'nothing' : 'figures',
        explanation: `The warehouse has ${rowsOf(there)} of this date that are not in its load history.`,
        remedy:
          gold === undefined
            ? 'Find out who inserted them. A run of the date replaces them.'
            : `Find out who inserted them, then replace them: m7 run --date ${date} --table ${shellWord(table.name)}`,
        differences: figureDifferences(sides),
      };
    if (gold === undefined && sides.due === undefined) return undefined;
    return {
      ...common,
      verdict: 'not_loaded',
      compared: 'nothing',
      ...whyNotLoaded(sides),
      differences: [],
    };
  }
  if (gold === undefined || gold.state === 'damaged')
    return {
      ...common,
      verdict: 'gold_gone',
      compared: 'count',
      explanation: `${gold === undefined ? 'There is no gold of it' : 'Its gold is missing or damaged'}: ${againstLedger(load, there)}`,
      remedy: `Make gold again: m7 run --date ${date} --table ${shellWord(table.name)} --force`,
      differences: countDifference(load.rows, there),
    };
  if (load.loadId !== sides.expectedLoadId || disagreesOnFile(sides)) return older(sides, common);
  if (gold.state === 'removed')
    return {
      ...common,
      ...(load.rows === there
        ? {
            verdict: 'same',
            explanation: `Its gold was removed after its retention: ${againstLedger(load, there)}`,
          }
        : {
            verdict: 'changed',
            explanation: `Its rows in the warehouse have changed since the load: ${againstLedger(load, there)}`,
            remedy: reload(sides),
          }),
      compared: 'count',
      differences: countDifference(load.rows, there),
    };
  if (sides.goldFigures === undefined)
    return {
      ...common,
      verdict: load.rows === there ? 'same' : 'changed',
      compared: 'count',
      explanation: `The accepted rows of gold cannot be read: ${againstLedger(load, there)}`,
      remedy: `Validate again: m7 validate --date ${date} --table ${shellWord(table.name)} --force`,
      differences: countDifference(load.rows, there),
    };
  const differences = figureDifferences(sides);
  if (differences.length === 0)
    return {
      ...common,
      verdict: 'same',
      compared: 'figures',
      explanation: `${there === 1 ? 'Its row agrees' : `Its ${rowsOf(there)} agree`} by count and figures.${sides.due === undefined ? '' : ` A step is due: ${sides.due}.`}`,
      differences,
    };
  const columns = [...new Set(differences.flatMap((d) => (d.column === null ? [] : [d.column])))];
  return {
    ...common,
    verdict: 'changed',
    compared: 'figures',
    explanation: `This gold was loaded (${loadOf(load)}), and the warehouse has something else now: ${[
      ...(there === sides.goldFigures.rows
        ? []
        : [`${rowsOf(there)} instead of ${formatCount(sides.goldFigures.rows)} accepted`]),
      ...(columns.length === 0 ? [] : [`the figures of ${listed(columns)} differ`]),
    ].join(', ')}.${
      sides.mayMask === true
        ? there === sides.goldFigures.rows
          ? ' A masking policy looks the same to this role.'
          : ' A row access policy looks the same to this role.'
        : ''
    }`,
    remedy: reload(sides),
    differences,
  };
}

type Common = Pick<TableComparison, 'date' | 'table' | 'gold' | 'warehouse' | 'load'>;

/** Loaded, but not from what is gold now under the rules of now. */
function older(sides: Sides, common: Common): TableComparison {
  const { load, warehouseFigures, goldSha256, date, table } = sides;
  const there = warehouseFigures?.rows ?? 0;
  if (load === undefined) throw new Error('explain: there is no load');
  const sameGold = goldSha256 !== undefined && goldSha256 === load.goldSha256;
  const refused =
    sides.validation === 'failed' ? ' The current gold failed its validation and was not loaded.' : '';
  const touched =
    there === load.rows
      ? ''
      : ` The warehouse has ${rowsOf(there)}, that load had ${formatCount(load.rows)}.`;
  const what =
    load.loadId === sides.expectedLoadId
      ? `The gold file is not the one that was loaded (${loadOf(load)}): its content differs.`
      : !sameGold
        ? `It was loaded from an older gold (${loadOf(load)}).`
        : sides.expectedLoadId === undefined
          ? `It was loaded from this gold (${loadOf(load)}), and its validation has been removed.`
          : `It was loaded from this gold (${loadOf(load)}), before its rules, brand codes or columns were changed.`;
  return {
    ...common,
    verdict: 'older',
    compared: sides.goldFigures === undefined ? 'count' : 'figures',
    explanation: `${what}${refused}${touched}`,
    remedy:
      refused === ''
        ? `Load the current gold: m7 run --date ${date} --table ${shellWord(table.name)}`
        : `See why with: m7 report --date ${date} --table ${shellWord(table.name)}`,
    differences:
      sides.goldFigures === undefined ? countDifference(load.rows, there) : figureDifferences(sides),
  };
}

/** The load id says this gold, and the file is another one: it was replaced behind the manifests' back. */
function disagreesOnFile({ gold, goldSha256, load }: Sides): boolean {
  return gold?.state === 'there' && goldSha256 !== undefined && goldSha256 !== load?.goldSha256;
}

function whyNotLoaded(sides: Sides): Pick<TableComparison, 'explanation' | 'remedy'> {
  const { date, table, gold, validation, failure, due } = sides;
  const target = `--date ${date} --table ${shellWord(table.name)}`;
  if (validation === 'failed')
    return {
      explanation: `Not loaded: its validation failed.${failure === undefined ? '' : ` ${failure.message}`}`,
      remedy: `See the failing rows with: m7 report ${target}`,
    };
  if (failure !== undefined) return { explanation: `Not loaded: ${failure.message}`, remedy: failure.remedy };
  if (gold === undefined)
    return {
      explanation: `Not loaded: gold is not made yet (${due ?? 'no step is due'}).`,
      remedy: `Run it: m7 run ${target}`,
    };
  return {
    explanation:
      validation === undefined
        ? 'Not loaded: its gold was never validated.'
        : 'Not loaded: it passed its validation, but the load history of the warehouse has no load of it.',
    remedy: `Load it: m7 run ${target}`,
  };
}

/** Where the two sides disagree, rows first, then by column. */
function figureDifferences({ goldFigures, warehouseFigures, table }: Sides): readonly FigureDifference[] {
  if (goldFigures === undefined) return [];
  const found: FigureDifference[] = [...countDifference(goldFigures.rows, warehouseFigures?.rows ?? 0)];
  const names = [
    ...new Set([...Object.keys(goldFigures.columns), ...Object.keys(warehouseFigures?.columns ?? {})]),
  ];
  for (const column of warehouseFigures === undefined ? [] : names) {
    const gold = goldFigures.columns[column];
    const target = warehouseFigures?.columns[column];
    if (gold === undefined || target === undefined) {
      found.push({
        column,
        figure: 'column',
        gold: gold === undefined ? null : 'there',
        warehouse: target === undefined ? null : 'there',
      });
      continue;
    }
    if (gold.filled !== target.filled)
      found.push({ column, figure: 'filled', gold: String(gold.filled), warehouse: String(target.filled) });
    const hide = isHiddenColumn(table, column);
    for (const figure of ['min', 'max', 'sum'] as const)
      if (gold[figure] !== target[figure])
        found.push({
          column,
          figure,
          gold: shown(gold[figure], hide),
          warehouse: shown(target[figure], hide),
        });
  }
  return found;
}

const shown = (value: string | null, hide: boolean): string | null =>
  value === null
    ? null
    : hide
      ? MASKED
      : value.length > MOST_CHARACTERS
        ? `${value.slice(0, MOST_CHARACTERS)}…`
        : value;

const countDifference = (gold: number, warehouse: number): readonly FigureDifference[] =>
  gold === warehouse
    ? []
    : [{ column: null, figure: 'rows', gold: String(gold), warehouse: String(warehouse) }];

const againstLedger = (load: LoadRecord, there: number): string =>
  load.rows === there
    ? `the warehouse has the ${rowsOf(there)} of the last load (${loadOf(load)}).`
    : `the warehouse has ${rowsOf(there)}, the last load had ${formatCount(load.rows)} (${loadOf(load)}).`;

const reload = ({ date, table }: Sides): string =>
  `Find out who changed it, then load it again: m7 run --date ${date} --table ${shellWord(table.name)} --stage gold-to-snowflake --force`;

const loadOf = (load: LoadRecord): string =>
  [
    `run ${load.runId === '' ? 'unknown' : load.runId}`,
    ...(load.finishedAt === '' ? [] : [load.finishedAt]),
  ].join(', ');

const rowsOf = (count: number): string => plural(count, 'row');

const listed = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
