// One accepted record from raw to the warehouse: each layer is asked for it, as far as it came.
import { configSha } from '../config';
import { quoteIdentifier, quoteLiteral, quotePath, type Connection } from '../duckdb';
import { silverKey } from '../keys';
import { readDateLoads } from '../layers';
import type { Manifest } from '../lake';
import type { DateKey, Report, Stage, Table } from '../model';
import { readDateDocument } from '../report/stored';
import type { StepFailure } from '../report/model';
import { GOLD_ROW } from '../stages/validation/rejects';
import { readReport } from '../summary';
import { targetOf } from '../warehouse/target';
import type { OpenWorkspace } from '../workspace';
import { brokenRules } from './brokenRules';
import type { BrokenRule, LineOutcome, LineStep, TracedValue } from './model';
import { fates, ofRecord, rejectsWhere, type Fate } from './rejects';
import { makeAgain, rawRow, rowsFrom, valuesOf, type FoundRow, type RawRow } from './silver';

/** An accepted record: its raw part, and its number in it from 1. */
export interface Followed {
  readonly part: Manifest;
  readonly row: number;
  /** undefined: raw is not there as it was published. */
  readonly raw: RawRow | undefined;
}

export interface Told {
  readonly outcome: LineOutcome;
  readonly summary: string;
  readonly steps: readonly LineStep[];
}

interface Way {
  readonly workspace: OpenWorkspace;
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly table: Table;
  readonly date: DateKey;
  readonly name: { readonly brand: string; readonly file: string; readonly row: number };
  readonly failures: readonly StepFailure[];
}

/** A step that ends the way, with the outcome; or one that goes on. */
type Leg<T> =
  | { readonly kind: 'on'; readonly step: LineStep; readonly found: T }
  | { readonly kind: 'end'; readonly outcome: LineOutcome; readonly step: LineStep };

/** Follows a record from raw on. @throws PipelineError of files that cannot be read; CANCELLED. */
export async function followRow(
  workspace: OpenWorkspace,
  connection: Connection,
  followed: Followed,
  signal: AbortSignal,
): Promise<Told> {
  const { part, row, raw } = followed;
  const { date } = part;
  const rawStep: LineStep = {
    at: 'raw',
    part: part.part ?? 1,
    state: raw === undefined ? 'unknown' : 'through',
    words: raw === undefined ? `${part.output.path} is not there as it was published.` : `Row ${row}.`,
    ...(raw === undefined
      ? { remedy: `Make it again with: m7 run --date ${date} --table ${part.table} --force` }
      : { path: workspace.lake.absolute(part.output.path), position: row - 1 }),
  };
  const table = workspace.config.tables.find((one) => one.name === part.table);
  const brand = part.brand ?? '';
  if (table === undefined || !workspace.config.brands.some((one) => one.name === brand)) {
    const words = `${table === undefined ? `Table ${part.table}` : `Brand ${brand}`} is no longer in the config: it goes no further.`;
    return told('due', [rawStep, { at: 'silver', state: 'due', words, values: [] }]);
  }
  const { failures } = await readDateDocument(workspace.lake, date);
  const name = { brand, file: part.source?.file ?? '', row };
  const way: Way = { workspace, connection, signal, table, date, name, failures };

  const silver = await toSilver(way, followed);
  if (silver.kind === 'end') return told(silver.outcome, [rawStep, silver.step]);
  const gold = await toGold(way, silver.found);
  if (gold.kind === 'end') return told(gold.outcome, [rawStep, silver.step, gold.step]);
  const rules = await throughRules(way, gold.found);
  const before = [rawStep, silver.step, gold.step, rules.step];
  if (rules.kind === 'end') return told(rules.outcome, before);
  const load = await toWarehouse(way, rules.found);
  return told(load.outcome, [...before, load.step]);
}

function told(outcome: LineOutcome, steps: readonly LineStep[]): Told {
  return { outcome, summary: steps.at(-1)?.words ?? '', steps };
}

// ---- silver --------------------------------------------------------------------------------------

/** A record in silver; `row` undefined where silver is gone, which its manifest may mean. */
interface InSilver {
  readonly manifest: Manifest | undefined;
  readonly row: FoundRow | undefined;
  /** Which of several records of this name it is, from 0. */
  readonly nth: number;
  /** All of this name in silver. */
  readonly all: readonly FoundRow[];
}

async function toSilver(way: Way, { part, row, raw }: Followed): Promise<Leg<InSilver>> {
  const { workspace, connection, signal, table, date, name } = way;
  const { lake, config } = workspace;
  const manifest = lake.published('silver', date, table.name, name.brand);
  const missing = absent(way, 'raw-to-silver', name.brand);
  if (manifest === undefined || !manifest.inputs.some(({ key }) => key === part.key)) {
    const words =
      manifest === undefined
        ? missing.words
        : `${missing.words} Silver was made before this file came, or of an earlier reading of it.`;
    return { kind: 'end', outcome: missing.outcome, step: { at: 'silver', ...missing, words, values: [] } };
  }
  const made =
    raw === undefined ? undefined : await makeAgain(workspace, connection, table, part, row, signal);
  const stale =
    manifest.key !== silverKey(lake.parts(date, name.brand, table.name), config, table, name.brand);
  const note = stale ? ' The config has changed since; the values are told by the one of now.' : '';
  const values = (silver: FoundRow | undefined): readonly TracedValue[] =>
    valuesOf(table, raw ?? new Map(), made, silver?.values);

  const twins = lake
    .parts(date, name.brand, table.name)
    .filter((one) => one.source?.file === name.file && one.output.rows >= row);
  const units: RawRow[] = [];
  for (const twin of twins)
    units.push(
      twin.part === part.part
        ? (raw ?? new Map())
        : ((await rawRow(workspace, connection, twin, row, signal)) ?? new Map()),
    );
  const rejects = await rejectsWhere(lake, connection, manifest, ofRecord(name), signal);
  const fate: Fate = fates(units, rejects)[
    Math.max(
      0,
      twins.findIndex((one) => one.part === part.part),
    )
  ] ?? {
    kind: 'on',
    nth: 0,
  };
  if (fate.kind === 'rejected') {
    const { code, columns, reason, path, position } = fate.reject;
    return {
      kind: 'end',
      outcome: 'kept_out',
      step: {
        at: 'silver',
        state: 'out',
        words: `Kept out on the way to silver: ${reason}.`,
        ...{ code, columns, path, position, values: values(undefined) },
      },
    };
  }
  const there = lake.manifest('silver', date, table.name, name.brand);
  if (there === undefined) {
    const words = 'Silver was removed, or is not as it was published.';
    const step: LineStep = {
      at: 'silver',
      state: 'unknown',
      words: `${words}${note}`,
      values: values(undefined),
    };
    return { kind: 'on', step, found: { manifest: undefined, row: undefined, nth: fate.nth, all: [] } };
  }
  const path = lake.absolute(there.output.path);
  const all = await rowsFrom(connection, path, name, signal);
  const found = all[fate.nth];
  if (found === undefined)
    return {
      kind: 'end',
      outcome: 'failed',
      step: {
        at: 'silver',
        state: 'failed',
        words: `${there.output.path} does not hold it, nor do the rejects.`,
        remedy: `Make it again with: m7 run --date ${date} --table ${table.name} --force`,
        values: values(undefined),
      },
    };
  const told = values(found);
  const lost = told.filter((one) => one.wrong).length;
  return {
    kind: 'on',
    step: {
      at: 'silver',
      state: lost > 0 ? 'warned' : 'through',
      words: `Row ${found.position + 1}${lost === 0 ? '' : lost === 1 ? '; 1 value did not convert' : `; ${lost} values did not convert`}.${note}`,
      ...{ path, position: found.position, values: told },
    },
    found: { manifest: there, row: found, nth: fate.nth, all },
  };
}

// ---- gold ----------------------------------------------------------------------------------------

interface InGold {
  readonly manifest: Manifest;
  readonly position: number;
}

async function toGold(way: Way, silver: InSilver): Promise<Leg<InGold>> {
  const { workspace, connection, signal, table, date, name } = way;
  const { lake } = workspace;
  const published = lake.published('gold', date, table.name);
  const missing = absent(way, 'silver-to-gold');
  if (published === undefined)
    return { kind: 'end', outcome: missing.outcome, step: { at: 'gold', ...missing } };
  if (silver.manifest !== undefined && !published.inputs.some(({ key }) => key === silver.manifest?.key))
    return {
      kind: 'end',
      outcome: missing.outcome,
      step: { at: 'gold', ...missing, words: `${missing.words} Gold was made before this silver.` },
    };
  const rejects = await rejectsWhere(lake, connection, published, ofRecord(name), signal);
  // Without silver nothing tells records of one name apart: the nth is the best guess there is.
  const units =
    silver.all.length === 0 ? [new Map<string, string | null>()] : silver.all.map((one) => one.values);
  const fate = fates(units, rejects)[silver.all.length === 0 ? 0 : silver.nth] ?? {
    kind: 'on',
    nth: silver.nth,
  };
  if (fate.kind === 'rejected') {
    const { code, columns, reason, path, position } = fate.reject;
    const removed = code === 'DUPLICATE_REMOVED';
    const kept = removed ? await keptRow(way, published, fate.reject.record) : undefined;
    return {
      kind: 'end',
      outcome: 'kept_out',
      step: {
        at: 'gold',
        state: 'out',
        words: `${removed ? 'Left out of gold as a duplicate' : 'Kept out of gold'}: ${reason}.`,
        ...{ code, columns, path, position },
        ...(kept === undefined ? {} : { kept }),
      },
    };
  }
  const manifest = lake.manifest('gold', date, table.name);
  if (manifest === undefined)
    return {
      kind: 'end',
      outcome: 'due',
      step: {
        at: 'gold',
        state: 'unknown',
        words:
          published.removed === true
            ? 'It was in gold, which was removed after its retention.'
            : 'Gold is missing or not as it was published.',
        remedy: `Make it again with: m7 run --date ${date} --table ${table.name} --force`,
      },
    };
  const path = lake.absolute(manifest.output.path);
  const found = (await rowsFrom(connection, path, name, signal))[fate.nth];
  if (found === undefined)
    return {
      kind: 'end',
      outcome: 'failed',
      step: {
        at: 'gold',
        state: 'failed',
        words: `${manifest.output.path} does not hold it, nor do the rejects.`,
        remedy: `Make it again with: m7 run --date ${date} --table ${table.name} --force`,
      },
    };
  return {
    kind: 'on',
    step: {
      at: 'gold',
      state: 'through',
      words: `Row ${found.position + 1}.`,
      path,
      position: found.position,
    },
    found: { manifest, position: found.position },
  };
}

/** The row of gold with the primary key of a rejected one. */
async function keptRow(
  { workspace, connection, signal, table, date }: Way,
  gold: Manifest,
  record: string | null,
) {
  if (record === null || !workspace.lake.intact(gold)) return undefined;
  const values = JSON.parse(record) as Readonly<Record<string, string | null>>;
  const same = table.primaryKey.map(
    (key) => `CAST(${quoteIdentifier(key)} AS VARCHAR) = ${quoteLiteral(values[key] ?? '')}`,
  );
  // A key that names the brand is not in the record.
  if (same.length === 0 || table.primaryKey.some((key) => typeof values[key] !== 'string')) return undefined;
  const [found] = await connection.rows<{ brand: string; file: string; row: number }>(
    `SELECT "_brand" AS brand, "_source_file" AS file, "_source_row" AS "row" FROM read_parquet(${quotePath(workspace.lake.absolute(gold.output.path))}) WHERE ${same.join(' AND ')} LIMIT 1`,
    { signal },
  );
  return found === undefined ? undefined : { date, table: table.name, ...found };
}

// ---- rules, warehouse ----------------------------------------------------------------------------

async function throughRules(way: Way, { manifest, position }: InGold): Promise<Leg<Report>> {
  const { workspace, connection, signal, table, date } = way;
  const { lake } = workspace;
  const validated = lake.manifest('validated', date, table.name);
  const report = readReport(workspace, date, table.name);
  if (validated === undefined || report === undefined || validated.inputs[0]?.key !== manifest.key) {
    const missing = absent(way, 'gold-to-snowflake');
    return { kind: 'end', outcome: missing.outcome, step: { at: 'rules', ...missing, broken: [] } };
  }
  const [reject] = await rejectsWhere(
    lake,
    connection,
    validated,
    `${quoteIdentifier(GOLD_ROW)} = ${position}`,
    signal,
  );
  const broken = await brokenRules(
    workspace,
    connection,
    { table, gold: manifest, position, report, rejected: reject?.rules ?? [] },
    signal,
  );
  const note =
    report.config_sha === configSha(workspace.config) ? '' : ' The config has changed since the validation.';
  if (reject !== undefined)
    return {
      kind: 'end',
      outcome: 'kept_out',
      step: {
        at: 'rules',
        state: 'out',
        words: `Kept out of the warehouse by ${listed(broken.filter((one) => one.rejects))}.${note}`,
        ...{ path: reject.path, position: reject.position, broken },
      },
    };
  return {
    kind: 'on',
    step: {
      at: 'rules',
      state: broken.length === 0 ? 'through' : 'warned',
      words: `${broken.length === 0 ? 'It breaks no rule' : `It breaks ${listed(broken)}, which ${broken.length === 1 ? 'does' : 'do'} not keep it out`}.${note}`,
      broken,
    },
    found: report,
  };
}

function listed(rules: readonly BrokenRule[]): string {
  return rules.length === 0 ? 'its rules' : rules.map(({ id }) => id).join(', ');
}

async function toWarehouse(
  way: Way,
  report: Report,
): Promise<{ readonly outcome: LineOutcome; readonly step: LineStep }> {
  const { workspace, signal, table, date } = way;
  const { settings } = workspace;
  const target = targetOf(settings, table);
  const where = `${target.schema}.${target.name}`;
  const [day] = await readDateLoads({ directory: settings.workspace, signal }, [date]);
  const one = day?.tables.find((other) => other.table === table.name);
  const missing = absent(way, 'gold-to-snowflake');
  const load =
    one?.load === null || one?.load === undefined
      ? {}
      : { load_id: one.load.load_id, loaded_at: one.load.loaded_at };
  const state = one?.state;
  switch (state) {
    case 'loaded':
    case 'miscounted':
      return {
        outcome: 'loaded',
        step: {
          at: 'warehouse',
          state: state === 'loaded' ? 'through' : 'warned',
          words: `Loaded into ${where}; the warehouse confirmed it ${clock(one?.load?.loaded_at)}.${state === 'loaded' ? '' : ' It confirms another number of rows than were accepted.'}`,
          ...load,
        },
      };
    case 'older':
      return {
        outcome: missing.outcome,
        step: {
          at: 'warehouse',
          ...missing,
          words: `${where} holds an earlier state of this date. ${missing.words}`,
          ...load,
        },
      };
    case 'refused':
    case 'not_loaded':
    case undefined:
      if (report.status === 'failed')
        return {
          outcome: 'failed',
          step: {
            at: 'warehouse',
            state: 'failed',
            words: `Nothing of ${table.name} was loaded: its validation failed by ${failedRules(report)}.`,
            remedy: `See the report: m7 report --date ${date} --table ${table.name}`,
          },
        };
      return { outcome: missing.outcome, step: { at: 'warehouse', ...missing } };
    default:
      return state satisfies never;
  }
}

function failedRules({ findings }: Report): string {
  const failed = findings
    .filter(({ status }) => status === 'failed' || status === 'error')
    .map(({ id }) => id);
  return failed.length === 0 ? 'ERROR_THRESHOLD' : failed.join(', ');
}

const clock = (time: string | undefined): string =>
  time === undefined ? '' : `on ${time.slice(0, 10)} at ${time.slice(11, 19)} UTC`;

/** Why a stage has not taken it further: it failed, or has yet to run. */
function absent(
  { failures, table, date }: Way,
  stage: Stage,
  brand?: string,
): {
  readonly outcome: 'due' | 'failed';
  readonly state: 'due' | 'failed';
  readonly words: string;
  readonly remedy: string;
} {
  const failure = failures.find(
    (one) => one.stage === stage && one.table === table.name && (brand ?? one.brand) === one.brand,
  );
  if (failure !== undefined)
    return {
      outcome: 'failed',
      state: 'failed',
      words: `${stage} failed: ${failure.error.message}`,
      remedy: failure.error.remedy,
    };
  return {
    outcome: 'due',
    state: 'due',
    words: `${stage} has yet to run.`,
    remedy: `Run it with: m7 run --date ${date} --table ${table.name}`,
  };
}
