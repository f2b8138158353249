// One record in silver and in gold: where it lies, or why it was left out on the way.
import { defined } from '../../model';
import { quoteIdentifier, quoteLiteral, quotePath, shellWord } from '../../base';
import { silverKey } from '../../stages';
import type { Manifest } from '../../lake';
import type { TracedValue, LineStep } from './model';
import { fates, ofRecord, rejectsWhere, type Fate } from './traceRejects';
import {
  columnHeaders,
  makeAgain,
  rawRow,
  rowsOfRecord,
  valuesOf,
  type FoundRow,
  type RawRow,
} from './silver';
import { whyNotFurther, type Followed, type TraceStage, type RecordTrace } from './traceContext';

/** A record in silver; `row` undefined where silver is gone, which its manifest may mean. */
export interface InSilver {
  readonly manifest: Manifest | undefined;
  readonly row: FoundRow | undefined;
  /** Which of several records of this name it is, from 0. */
  readonly nth: number;
  /** All of this name in silver. */
  readonly all: readonly FoundRow[];
}

export async function toSilver(
  trace: RecordTrace,
  { part, row, raw }: Followed,
): Promise<TraceStage<InSilver>> {
  const { workspace, connection, signal, table, date, name } = trace;
  const { lake } = workspace;
  const manifest = lake.published('silver', date, table.name, name.brand);
  const missing = whyNotFurther(trace, 'raw-to-silver', name.brand);
  if (manifest === undefined || !manifest.inputs.some(({ key }) => key === part.key)) {
    const words =
      manifest === undefined
        ? missing.words
        : `${missing.words} Silver was made before this file arrived or was read again.`;
    return { kind: 'end', outcome: missing.outcome, step: { at: 'silver', ...missing, words, values: [] } };
  }
  const { trusted } = workspace.settings;
  const made =
    raw === undefined || !trusted
      ? undefined
      : await makeAgain(workspace, connection, { table, part, row }, signal);
  const headerOf = raw === undefined ? () => null : columnHeaders(workspace, table, part);
  const note = noteOn(trace, manifest);
  const values = (silver: FoundRow | undefined): readonly TracedValue[] =>
    valuesOf({ table, raw: raw ?? new Map(), made, silver: silver?.values, headerOf });

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
        words: `Rejected in raw-to-silver: ${reason}.${trusted ? '' : note}`,
        ...{ code, columns, path, position, values: values(undefined) },
      },
    };
  }
  const there = lake.manifest('silver', date, table.name, name.brand);
  if (there === undefined) {
    const words = 'Silver is missing or damaged.';
    const step: LineStep = {
      at: 'silver',
      state: 'unknown',
      words: `${words}${note}`,
      values: values(undefined),
    };
    return { kind: 'on', step, found: { manifest: undefined, row: undefined, nth: fate.nth, all: [] } };
  }
  const path = lake.absolute(there.output.path);
  const all = await rowsOfRecord(connection, path, name, signal);
  const found = all[fate.nth];
  if (found === undefined)
    return {
      kind: 'end',
      outcome: 'failed',
      step: {
        at: 'silver',
        state: 'failed',
        words: `${there.output.path} does not have it, nor do the rejects.`,
        remedy: `Make it again with: m7 run --date ${date} --table ${shellWord(table.name)} --force`,
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

/** What is to be known of the values shown. */
function noteOn(
  { workspace: { lake, config, settings }, table, name }: RecordTrace,
  silver: Manifest,
): string {
  const key = silverKey(lake.parts(silver.date, name.brand, table.name), config, table, name.brand);
  const stale =
    silver.key === key ? '' : ' The config has changed since; the values are shown by the current one.';
  if (settings.trusted) return stale;
  return ' In Restricted Mode no transform is run: values are shown as they lie in raw and silver.';
}

export interface InGold {
  readonly manifest: Manifest;
  readonly position: number;
}

export async function toGold(trace: RecordTrace, silver: InSilver): Promise<TraceStage<InGold>> {
  const { workspace, connection, signal, table, date, name } = trace;
  const { lake } = workspace;
  const published = lake.published('gold', date, table.name);
  const missing = whyNotFurther(trace, 'silver-to-gold');
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
    const kept = removed ? await keptRow(trace, published, fate.reject.record) : undefined;
    return {
      kind: 'end',
      outcome: 'kept_out',
      step: {
        at: 'gold',
        state: 'out',
        words: `${removed ? 'Removed as a duplicate' : 'Rejected in silver-to-gold'}: ${reason}.`,
        ...{ code, columns, path, position },
        ...defined({ kept }),
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
            : 'Gold is missing or damaged.',
        remedy: `Make it again with: m7 run --date ${date} --table ${shellWord(table.name)} --force`,
      },
    };
  const path = lake.absolute(manifest.output.path);
  const found = (await rowsOfRecord(connection, path, name, signal))[fate.nth];
  if (found === undefined)
    return {
      kind: 'end',
      outcome: 'failed',
      step: {
        at: 'gold',
        state: 'failed',
        words: `${manifest.output.path} does not have it, nor do the rejects.`,
        remedy: `Make it again with: m7 run --date ${date} --table ${shellWord(table.name)} --force`,
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
  { workspace, connection, signal, table, date }: RecordTrace,
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
