// A query over an opened file, opened like a file: its rows as Parquet, the first ones at once where they can be.
import { join } from 'node:path';
import { type Connection, quoteIdentifier, quoteLiteral, storedSql } from '../../base';
import { PipelineError } from '../../model';
import { checkQuery, withoutEnd } from '../../rules';
import { fetchRows } from './previewCells';
import { sourceColumns, type SourceColumn } from './previewColumns';
import { uniqueColumnNames } from './exportView';
import { describe, inQueryWords, TABLE_NAMES } from './opening';
import { watchProgress } from './previewPool';
import { shareWork, type SharedWork } from './shared';
import {
  openRelation,
  openRoom,
  type PreviewRelation,
  type RelationProgress,
  type Room,
  type PreviewSource,
} from './source';

/** Rows that are shown before all of a query's are there. */
const HEAD_ROWS = 1_000;

export interface QuerySourceOptions {
  readonly memoryLimit: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly progress: RelationProgress | undefined;
  /** The file's source stays open until this is called. */
  readonly release: () => Promise<void>;
}

/**
 * Opens a query. A query whose rows come in the order of the file shows its first ones before the rest is read;
 * any other is run once, whole, before anything is shown.
 * @throws PipelineError SQL_INVALID in plain words; CANCELLED
 */
export async function openQuerySource(
  base: PreviewSource,
  text: string,
  options: QuerySourceOptions,
): Promise<PreviewSource> {
  const { signal, progress } = options;
  const sql = withoutEnd(text);
  const { table, room } = await openBeside(base, options);
  const life = new AbortController();
  const close = async (): Promise<void> => {
    life.abort();
    await room.close();
    await options.release();
  };
  try {
    const output = (name: string): string => join(room.folder, `${name}.parquet`);
    const { names, select, ordered } = await room.pool.use(async (connection) => {
      const result = await prepare(connection, base.columns, table, sql);
      return { ...result, ordered: await inFileOrder(connection, sql) };
    });
    const write = (
      target: string,
      limit: string,
      stop: AbortSignal,
      tell?: RelationProgress,
    ): Promise<PreviewRelation> =>
      room.pool.use(async (connection) => {
        const unwatch = watchProgress(connection, tell && ((percent) => tell(percent, undefined)));
        try {
          await connection.run(`COPY (\n${select}${limit}\n) TO ${quoteLiteral(target)} (FORMAT parquet)`, {
            signal: stop,
          });
          return (await openRelation(connection, target)).relation;
        } finally {
          unwatch();
        }
      });
    const stopWithUs = signal === undefined ? life.signal : AbortSignal.any([signal, life.signal]);
    const first = await write(output('first'), ordered ? `\nLIMIT ${HEAD_ROWS}` : '', stopWithUs, progress);
    const stored = await room.pool.use((connection) => openRelation(connection, first.path));
    const columns = sourceColumns(stored.columns.map(({ type }, i) => ({ name: names[i] ?? '', type })));
    let relation = ordered && first.rows === HEAD_ROWS ? undefined : first;
    let work: SharedWork<PreviewRelation> | undefined;
    const told = new Set<RelationProgress>();
    const source: PreviewSource = {
      kind: 'query',
      path: base.path,
      bytes: base.bytes,
      columns,
      dialect: [],
      notes: base.kind === 'text' ? base.notes : [],
      pool: room.pool,
      folder: room.folder,
      rows: () => relation?.rows ?? null,
      async head({ offset, limit, columns: wanted, characters }, one) {
        if (relation !== undefined || offset + limit > first.rows) return undefined;
        const rows = { from: offset, to: offset + limit - 1 };
        return fetchRows(source, first, { rows, columns: wanted, characters, signal: one });
      },
      async relation(one, tell) {
        if (relation !== undefined) return relation;
        if (tell !== undefined) told.add(tell);
        try {
          if (work === undefined || work.failed)
            work = shareWork((stop) =>
              write(output('all'), '', AbortSignal.any([stop, life.signal]), (percent, rows) => {
                for (const listener of told) listener(percent, rows);
              }),
            );
          relation = await work.wait(one);
          return relation;
        } catch (error) {
          throw inQueryWords(base.path, error);
        } finally {
          if (tell !== undefined) told.delete(tell);
        }
      },
      check: () => base.check(),
      async close() {
        life.abort();
        await work?.result.catch(() => undefined);
        await close();
      },
    };
    return source;
  } catch (error) {
    await close();
    throw inQueryWords(base.path, error);
  }
}

/** An instance that reads what the file's own instance reads. */
async function openBeside(
  base: PreviewSource,
  { memoryLimit, signal, progress, release }: QuerySourceOptions,
): Promise<{ readonly table: PreviewRelation; readonly room: Room }> {
  try {
    if (base.columns.length === 0)
      throw new PipelineError('USAGE', 'The file has no columns to query.', 'Open another file.');
    const table = await base.relation(signal, progress);
    return { table, room: await openRoom([table.path], memoryLimit) };
  } catch (error) {
    await release();
    throw error;
  }
}

interface StoredQuery {
  readonly names: readonly string[];
  /** The query with its columns under names that every file can have, of types that Parquet can. */
  readonly select: string;
}

async function prepare(
  connection: Connection,
  columns: readonly SourceColumn[],
  table: PreviewRelation,
  sql: string,
): Promise<StoredQuery> {
  const names = uniqueColumnNames(columns.map((column) => column.name));
  const known = columns.map(({ type }, i) => ({ name: names[i] ?? '', type }));
  const problem = await checkQuery(connection, sql, new Map(TABLE_NAMES.map((name) => [name, known])));
  if (problem !== null) throw new PipelineError('SQL_INVALID', problem.message, problem.remedy);
  const items = columns.map(({ id }, i) => `  ${id} AS ${quoteIdentifier(names[i] ?? '')}`);
  for (const name of TABLE_NAMES)
    await connection.run(
      `CREATE VIEW ${quoteIdentifier(name)} AS\nSELECT\n${items.join(',\n')}\nFROM ${table.from}`,
    );
  const result = await describe(connection, sql);
  const ids = result.map((_, i) => `c${i}`);
  return {
    names: uniqueColumnNames(result.map((column) => column.name)),
    select: [
      'SELECT',
      result.map(({ type }, i) => `  ${storedSql(ids[i] ?? '', type)} AS ${ids[i] ?? ''}`).join(',\n'),
      `FROM (${sql}\n) AS result(${ids.join(', ')})`,
    ].join('\n'),
  };
}

/** Steps whose rows come in the order of what they read: the first rows now are the first rows of all. */
const IN_ORDER: ReadonlySet<string> = new Set([
  'PROJECTION',
  'FILTER',
  'READ_PARQUET',
  'DUMMY_SCAN',
  'EMPTY_RESULT',
]);

async function inFileOrder(connection: Connection, sql: string): Promise<boolean> {
  const [plan] = await connection.rows(`EXPLAIN (FORMAT json) ${sql}`);
  const json = plan?.['explain_value'];
  const names = [...(typeof json === 'string' ? json : '').matchAll(/^[ \t]*"name": "([^"]*)"/gm)].map(
    ([, name]) => (name ?? '').trim(),
  );
  return names.length > 0 && names.every((name) => IN_ORDER.has(name));
}
