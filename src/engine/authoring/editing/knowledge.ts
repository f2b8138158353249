// What this workspace knows of its data: reports, profiles and values, each read once and again when it changes.
import { statSync } from 'node:fs';
import { type Connection, headerOf, quoteIdentifier, quotePath } from '../../base';
import { type DateKey, type Finding, PipelineError, type Report, type Table, isCancelled } from '../../model';
import type { Lake, Manifest } from '../../lake';
import { isHiddenColumn, readReport } from '../../report';

/** A value of a column and the rows it is in. */
interface ValueCount {
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
/** Answers kept; a workspace of forty tables has a few hundred columns. */
const MOST_ANSWERS = 2_000;

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
  return new DataKnowledge(lake, connect);
}

class DataKnowledge implements Knowledge {
  readonly #lake: Lake;
  readonly #connect: () => Promise<Connection>;
  /** Reports by path, as long as the file is the same. */
  readonly #glances = new Map<
    string,
    { readonly stamp: string; readonly glance: ReportGlance | undefined }
  >();
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(lake: Lake, connect: () => Promise<Connection>) {
    this.#lake = lake;
    this.#connect = connect;
  }

  reports(table: string): Promise<readonly ReportGlance[]> {
    const dates = this.#lake.dates('validated').toReversed().slice(0, MOST_REPORTS);
    const found: ReportGlance[] = [];
    for (const date of dates) {
      const path = this.#lake.reportFile(date, table);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
      let known = this.#glances.get(path);
      if (known?.stamp !== stamp) {
        known = { stamp, glance: glanceOf(date, readReport({ lake: this.#lake }, date, table)) };
        this.#glances.set(path, known);
      }
      if (known.glance !== undefined) found.push(known.glance);
    }
    return Promise.resolve(found);
  }

  goldDates(table: string): readonly DateKey[] {
    return this.#lake
      .dates('gold')
      .toReversed()
      .filter((date) => this.#lake.manifest('gold', date, table) !== undefined);
  }

  async values(table: Table, column: string, signal?: AbortSignal): Promise<readonly ValueCount[]> {
    const gold = this.#newestGold(table.name);
    if (gold === undefined || isHiddenColumn(table, column)) return [];
    return this.#once(`values ${gold.key} ${column}`, () => this.#counted(gold, column, signal), []);
  }

  async texts(table: Table, column: string, signal?: AbortSignal): Promise<readonly ValueCount[]> {
    if (isHiddenColumn(table, column)) return [];
    const own = table.columns.find((c) => c.name === column);
    const names = [column, ...(own?.source ?? [])];
    const totals = new Map<string, number>();
    for (const part of this.#newestRaw(table.name)) {
      const header = headerOf(names, await this.#headersOf(part));
      if (header === undefined) continue;
      const found = await this.#once(
        `texts ${part.key} ${header}`,
        () => this.#counted(part, header, signal),
        [],
      );
      for (const { value, rows } of found) totals.set(value, (totals.get(value) ?? 0) + rows);
    }
    return [...totals]
      .map(([value, rows]) => ({ value, rows }))
      .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1))
      .slice(0, MOST_VALUES);
  }

  async lengths(
    table: Table,
    column: string,
    signal?: AbortSignal,
  ): Promise<readonly [number, number] | undefined> {
    const gold = this.#newestGold(table.name);
    if (gold === undefined || isHiddenColumn(table, column)) return undefined;
    return this.#once(`lengths ${gold.key} ${column}`, () => this.#measured(gold, column, signal), undefined);
  }

  async headers(table: string): Promise<readonly string[]> {
    const all = await Promise.all(this.#newestRaw(table).map((part) => this.#headersOf(part)));
    return [...new Set(all.flat())];
  }

  /** Of one manifest key an answer never changes; what was cancelled or failed is asked again. */
  #once<T>(name: string, ask: () => Promise<T>, otherwise: T): Promise<T> {
    const before = this.#answers.get(name);
    if (before !== undefined) return before as Promise<T>;
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
    const asked = ask().catch((error: unknown) => {
      this.#answers.delete(name);
      if (!(error instanceof PipelineError) || isCancelled(error)) throw error;
      // A file that was removed or damaged a moment ago: there is nothing to suggest.
      return otherwise;
    });
    this.#answers.set(name, asked);
    return asked;
  }

  #newestGold(table: string): Manifest | undefined {
    for (const date of this.#lake.dates('gold').toReversed()) {
      const found = this.#lake.manifest('gold', date, table);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #newestRaw(table: string): readonly Manifest[] {
    for (const date of this.#lake.dates('raw').toReversed()) {
      const found = this.#lake
        .manifests('raw', date)
        .filter((m) => m.table === table && this.#lake.intact(m));
      if (found.length > 0) return found;
    }
    return [];
  }

  #parquet(manifest: Manifest): string {
    return `read_parquet(${quotePath(this.#lake.absolute(manifest.output.path))})`;
  }

  async #counted(
    manifest: Manifest,
    column: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly ValueCount[]> {
    const name = quoteIdentifier(column);
    const connection = await this.#connect();
    const rows = await connection.rows<{ value: string; n: number }>(
      [
        'SELECT CAST(v AS VARCHAR) AS value, n',
        `FROM (SELECT ${name} AS v, count(*) AS n FROM ${this.#parquet(manifest)} GROUP BY ${name})`,
        'WHERE v IS NOT NULL',
        'ORDER BY n DESC, v',
        `LIMIT ${MOST_VALUES}`,
      ].join('\n'),
      { signal },
    );
    return rows.filter((row) => row.value.length <= 200).map(({ value, n }) => ({ value, rows: n }));
  }

  async #measured(
    manifest: Manifest,
    column: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly [number, number] | undefined> {
    const text = `length(CAST(${quoteIdentifier(column)} AS VARCHAR))`;
    const connection = await this.#connect();
    const [row] = await connection.rows<{ least: number | null; most: number | null }>(
      `SELECT min(${text}) AS least, max(${text}) AS most FROM ${this.#parquet(manifest)}`,
      { signal },
    );
    if (row === undefined || row.least === null || row.most === null) return undefined;
    return [row.least, row.most];
  }

  #headersOf(part: Manifest): Promise<readonly string[]> {
    return this.#once(
      `headers ${part.key}`,
      async () => {
        const connection = await this.#connect();
        const rows = await connection.rows<{ column_name: string }>(
          `DESCRIBE SELECT * FROM ${this.#parquet(part)}`,
        );
        return rows.map((row) => row.column_name);
      },
      [],
    );
  }
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
