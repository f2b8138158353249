// What this workspace knows of its data: reports, profiles and values, each read once and again when it changes.
import { statSync } from 'node:fs';
import { type Connection, headerOf, quoteIdentifier, quotePath } from '../../base';
import { type DateKey, type Finding, PipelineError, type Report, type Table, isCancelled } from '../../model';
import type { Lake, Manifest } from '../../lake';
import { readReport } from '../../report';

/** A value of a column and the rows it stands in. */
export interface ValueCount {
  readonly value: string;
  readonly rows: number;
}

/** A report as the editor needs it: samples are left out. */
export interface ReportGlance {
  readonly date: DateKey;
  readonly table: string;
  readonly gold: number;
  /** Without samples. */
  readonly findings: readonly Finding[];
  readonly profile: Report['profile'];
}

export interface Knowledge {
  /** Reports of a table, newest date first. */
  reports(table: string): Promise<readonly ReportGlance[]>;
  /** Newest date whose gold of the table is whole. */
  goldDates(table: string): readonly DateKey[];
  /** The most frequent values of a column of gold, most first; none of a sensitive one. */
  values(table: Table, column: string, signal?: AbortSignal): Promise<readonly ValueCount[]>;
  /** As `values`, of the texts of the newest files, before anything was made of them. */
  texts(table: Table, column: string, signal?: AbortSignal): Promise<readonly ValueCount[]>;
  /** Shortest and longest text of a column of gold. */
  lengths(table: Table, column: string, signal?: AbortSignal): Promise<readonly [number, number] | undefined>;
  /** Headers of the newest files of a table. */
  headers(table: string): Promise<readonly string[]>;
}

/** More values than a reader looks through. */
const MOST_VALUES = 40;
/** Dates whose reports are read for the history of a rule. */
const MOST_REPORTS = 14;
/** Results kept; a workspace of forty tables has a few hundred columns. */
const MOST_KEPT = 2_000;

/** Knows nothing: for a file outside of a workspace. */
export const NOTHING: Knowledge = {
  reports: () => Promise.resolve([]),
  goldDates: () => [],
  values: () => Promise.resolve([]),
  texts: () => Promise.resolve([]),
  lengths: () => Promise.resolve(undefined),
  headers: () => Promise.resolve([]),
};

/** @param connect A connection that may read the data folder, opened on first use. */
export function openKnowledge(lake: Lake, connect: () => Promise<Connection>): Knowledge {
  const glances = new Map<string, { readonly stamp: string; readonly glance: ReportGlance | undefined }>();
  const kept = new Map<string, Promise<unknown>>();

  const newest = (table: string): Manifest | undefined => {
    for (const date of lake.dates('gold').toReversed()) {
      const found = lake.manifest('gold', date, table);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  /** Of one manifest key an answer never changes; what was cancelled or failed is asked again. */
  const remembered = <T>(name: string, ask: () => Promise<T>, otherwise: T): Promise<T> => {
    const known = kept.get(name);
    if (known !== undefined) return known as Promise<T>;
    if (kept.size >= MOST_KEPT) kept.clear();
    const asked = ask().catch((error: unknown) => {
      kept.delete(name);
      if (!(error instanceof PipelineError) || isCancelled(error)) throw error;
      // A file that was removed or damaged a moment ago: there is nothing to suggest.
      return otherwise;
    });
    kept.set(name, asked);
    return asked;
  };
  const hidden = (table: Table, column: string): boolean =>
    table.columns.find((c) => c.name === column)?.sensitive === true;
  const counted = async (
    path: string,
    column: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly ValueCount[]> => {
    const name = quoteIdentifier(column);
    const rows = await (
      await connect()
    ).rows<{ value: string; n: number }>(
      [
        'SELECT CAST(v AS VARCHAR) AS value, n',
        `FROM (SELECT ${name} AS v, count(*) AS n FROM read_parquet(${quotePath(path)}) GROUP BY ${name})`,
        'WHERE v IS NOT NULL',
        'ORDER BY n DESC, v',
        `LIMIT ${MOST_VALUES}`,
      ].join('\n'),
      { signal },
    );
    return rows.filter((row) => row.value.length <= 200).map(({ value, n }) => ({ value, rows: n }));
  };
  const newestRaw = (table: string): readonly Manifest[] => {
    for (const date of lake.dates('raw').toReversed()) {
      const found = lake.manifests('raw', date).filter((m) => m.table === table && lake.intact(m));
      if (found.length > 0) return found;
    }
    return [];
  };
  const headersOf = async (part: Manifest): Promise<readonly string[]> =>
    remembered(
      `headers ${part.key}`,
      async () => {
        const rows = await (
          await connect()
        ).rows<{ column_name: string }>(
          `DESCRIBE SELECT * FROM read_parquet(${quotePath(lake.absolute(part.output.path))})`,
        );
        return rows.map((row) => row.column_name);
      },
      [],
    );

  return {
    reports: (table) => {
      const dates = lake.dates('validated').toReversed().slice(0, MOST_REPORTS);
      const found: ReportGlance[] = [];
      for (const date of dates) {
        const path = lake.reportFile(date, table);
        const stat = statSync(path, { throwIfNoEntry: false });
        if (stat === undefined) continue;
        const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
        let known = glances.get(path);
        if (known?.stamp !== stamp) {
          known = { stamp, glance: glanceOf(date, readReport({ lake }, date, table)) };
          glances.set(path, known);
        }
        if (known.glance !== undefined) found.push(known.glance);
      }
      return Promise.resolve(found);
    },
    goldDates: (table) =>
      lake
        .dates('gold')
        .toReversed()
        .filter((date) => lake.manifest('gold', date, table) !== undefined),
    values: async (table, column, signal) => {
      const gold = newest(table.name);
      if (gold === undefined || hidden(table, column)) return [];
      return remembered(
        `values ${gold.key} ${column}`,
        () => counted(lake.absolute(gold.output.path), column, signal),
        [],
      );
    },
    texts: async (table, column, signal) => {
      if (hidden(table, column)) return [];
      const own = table.columns.find((c) => c.name === column);
      const names = [column, ...(own?.source ?? [])];
      const totals = new Map<string, number>();
      for (const part of newestRaw(table.name)) {
        const header = headerOf(names, await headersOf(part));
        if (header === undefined) continue;
        const found = await remembered(
          `texts ${part.key} ${header}`,
          () => counted(lake.absolute(part.output.path), header, signal),
          [],
        );
        for (const { value, rows } of found) totals.set(value, (totals.get(value) ?? 0) + rows);
      }
      return [...totals]
        .map(([value, rows]) => ({ value, rows }))
        .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1))
        .slice(0, MOST_VALUES);
    },
    lengths: async (table, column, signal) => {
      const gold = newest(table.name);
      if (gold === undefined || hidden(table, column)) return undefined;
      return remembered(
        `lengths ${gold.key} ${column}`,
        async () => {
          const text = `length(CAST(${quoteIdentifier(column)} AS VARCHAR))`;
          const [row] = await (
            await connect()
          ).rows<{ least: number | null; most: number | null }>(
            `SELECT min(${text}) AS least, max(${text}) AS most FROM read_parquet(${quotePath(lake.absolute(gold.output.path))})`,
            { signal },
          );
          if (row === undefined || row.least === null || row.most === null) return undefined;
          return [row.least, row.most] as const;
        },
        undefined,
      );
    },
    headers: async (table) => {
      const all = await Promise.all(newestRaw(table).map(headersOf));
      return [...new Set(all.flat())];
    },
  };
}

function glanceOf(date: DateKey, report: Report | undefined): ReportGlance | undefined {
  if (report === undefined) return undefined;
  return {
    date,
    table: report.table,
    gold: report.rows.gold,
    findings: report.findings.map((finding) => ({ ...finding, samples: [] })),
    profile: Array.isArray(report.profile) ? report.profile : [],
  };
}
