// raw-to-silver: the text of one brand's files becomes typed rows; what cannot is kept apart with its reasons.
import { join } from 'node:path';
import {
  type Brand,
  type Conversion,
  type Drift,
  type Edge,
  PipelineError,
  type StepCounts,
  type Table,
  tableOfBrand,
} from '../model';
import type { Manifest } from '../lake';
import { maskingOf } from '../report';
import { configuredBrand, configuredTable } from './configured';
import { recordOf } from './drift/slotRecord';
import { openDrift, slotDriftOf } from './drift/tableDrift';
import { copyStatement, parquetRows, reading } from './parquet';
import { withProgress } from './progress';
import { publishOutput, outputRejects } from './publishOutput';
import { buildLayers, silverSelect, zoneName, type Part, type SilverQuery } from './silver/statement';
import { columnLook } from './silver/columnFailures';
import { localTimes } from './silver/localTimes';
import { mapHeaders } from './silver/mapping';
import { review } from './silver/review';
import { readZone, type Zone } from './silver/zone';
import type { SilverInput, StageContext } from './stage';

/**
 * Makes the silver of one date, brand and table from all its raw parts: `silver/<date>/<brand>/<Table>.parquet`,
 * a rejects file where rows stay out, and the manifest.
 * @throws PipelineError TABLE_FAILED (missing or forbidden columns, on_error "fail"), PARQUET_INVALID,
 *   CONSERVATION, and what DuckDB cannot do.
 */
export async function rawToSilver(context: StageContext, input: SilverInput): Promise<StepCounts> {
  const { connection, lake, signal } = context;
  const { config } = context;
  const table = tableOfBrand(config, input.brand, configuredTable(config, input.table));
  const brand = configuredBrand(config, input.brand);
  const parts: Part[] = [];
  for (const manifest of input.raw) parts.push(await rawPart(context, manifest));
  if (parts.length === 0)
    throw new PipelineError(
      'NOT_FOUND',
      `There is no raw file of ${input.table} of ${input.brand} for ${input.date}.`,
      'Run landing-to-raw first.',
    );
  const source = { lake, connection, signal };
  // Before headers are mapped: a required column that is missing ends the step there.
  const seen = await slotDriftOf(source, {
    ...{ table, brand: brand.name },
    now: recordOf(input.date, input.raw, undefined),
  });
  sayDrift(context, brand.name, seen);
  const mapping = mapHeaders(table, parts);
  const zones = await zonesOf(context, table, brand, input.date);
  const query: SilverQuery = { table, brand, parts, mapping, zones };
  const rowsIn = parts.reduce((sum, part) => sum + part.rows, 0);

  const silver = join(context.temporary, 'silver.parquet');
  const names = parts.map((p) => p.path).join(', ');
  const statement = copyStatement(silverSelect(buildLayers(query)), silver, 2);
  const rowsOut = await withProgress(context, [0, 80], () =>
    reading(names, () => connection.run(statement, { signal })),
  );
  const rejects = join(context.temporary, 'rejects.parquet');
  const { rejected, ...reviewed } = await withProgress(context, [80, 100], () =>
    review(context, query, { path: silver, rows: rowsOut }, rejects),
  );
  const { samples } = maskingOf(config);
  const conversions = reviewed.conversions.map((one) => samples(table.name, one));
  const unsettled = (await localTimes(context, query, { path: silver, rows: rowsOut })).map((one) =>
    samples(table.name, one),
  );
  await context.inspect({
    kind: 'columns',
    table,
    rows: silver,
    counts: { rowsIn, rowsOut, rowsRejected: rejected, duplicates: 0 },
    conversions,
    rejects: rejected > 0 ? rejects : undefined,
    look: (column, asked) => columnLook(connection, query, column, asked ?? signal),
  });
  failOnError(table, input, conversions);
  const edge: Edge = {
    from: 'raw',
    to: 'silver',
    brand: input.brand,
    in: rowsIn,
    out: await parquetRows(connection, silver, signal),
    rejected,
    duplicates: 0,
    balanced: rowsIn === rowsOut + rejected,
  };
  if (!edge.balanced || edge.out !== rowsOut) throw unbalanced(input, edge, rowsOut);

  const made = await publishOutput(context, {
    of: { layer: 'silver', date: input.date, brand: input.brand, table: input.table, key: input.key },
    file: {
      temporary: silver,
      final: lake.silverFile(input.date, input.brand, input.table),
      rows: rowsOut,
    },
    rejects: outputRejects({
      temporary: rejects,
      final: lake.rejectsFile('raw-to-silver', { date: input.date, brand: input.brand, table: input.table }),
      rows: rejected,
    }),
    facts: {
      inputs: input.raw.map((m) => ({ path: m.output.path, key: m.key, rows: m.output.rows })),
      edges: [edge],
      conversions,
      ...(unsettled.length > 0 ? { localTimes: unsettled } : {}),
    },
  });
  // What does not convert is known now; where all does, nothing is new.
  const now = recordOf(input.date, input.raw, made);
  const drift =
    conversions.length === 0 ? seen : await slotDriftOf(source, { table, brand: brand.name, now });
  sayDrift(context, brand.name, drift.slice(seen.length));
  const open = openDrift(drift);
  return {
    ...{ rowsIn, rowsOut, rowsRejected: edge.rejected, duplicates: 0 },
    ...(open.length > 0 ? { drift: open } : {}),
  };
}

/** So many are logged one by one. */
const LOGGED = 20;

function sayDrift({ log }: StageContext, brand: string, drifts: readonly Drift[]): void {
  const open = openDrift(drifts);
  for (const { message } of open.slice(0, LOGGED)) log('warning', `${brand}: ${message}`);
  if (open.length > LOGGED)
    log('warning', `${brand}: ${open.length - LOGGED} more differences. See them with: m7 drift`);
}

async function rawPart(context: StageContext, manifest: Manifest): Promise<Part> {
  const path = context.lake.absolute(manifest.output.path);
  const rows = await parquetRows(context.connection, path, context.signal);
  if (rows !== manifest.output.rows)
    throw new PipelineError(
      'CONSERVATION',
      `${manifest.output.path} holds ${rows} rows, but ${manifest.output.rows} are in its manifest.`,
      'Run landing-to-raw again for this date with --force.',
      { where: { file: path } },
    );
  return {
    path,
    rows,
    file: manifest.source?.file ?? manifest.output.path,
    headers: manifest.source?.format.columns ?? [],
  };
}

async function zonesOf(
  context: StageContext,
  table: Table,
  brand: Brand,
  date: string,
): Promise<ReadonlyMap<string, Zone>> {
  const zones = new Map<string, Zone>();
  for (const column of table.columns) {
    const name = zoneName(column, brand);
    if (name !== undefined && !zones.has(name))
      zones.set(name, await readZone(context.connection, name, date, context.signal));
  }
  return zones;
}

function failOnError(table: Table, input: SilverInput, failed: readonly Conversion[]): void {
  for (const conversion of failed) {
    const column = table.columns.find((c) => c.name === conversion.column);
    if (column?.onError !== 'fail') continue;
    const sample = conversion.samples[0];
    const place =
      sample === undefined ? '' : `, first in ${sample.file ?? 'its file'}, row ${sample.row ?? 0}`;
    throw new PipelineError(
      'TABLE_FAILED',
      `${input.table} of ${input.brand}: ${conversion.failed === 1 ? '1 value' : `${conversion.failed} values`} of ${column.name} ${conversion.failed === 1 ? 'is' : 'are'} not of type ${column.type}${place}.`,
      'Fix the file, or set "on_error" of the column to "reject" or "null" in table_schemas.json.',
      { where: column.location },
    );
  }
}

function unbalanced(input: SilverInput, edge: Edge, copied: number): PipelineError {
  return new PipelineError(
    'CONSERVATION',
    `${input.table} of ${input.brand}, ${input.date}: ${edge.in} rows of raw became ${edge.out} rows of silver (${copied} were written) and ${edge.rejected} rejects.`,
    'Run the step again. If the error persists, report it with the log of the run.',
  );
}
