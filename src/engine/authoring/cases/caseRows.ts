// The rows that a failure names, by the record or line of the landing file they came from.
import {
  type Connection,
  ofWorkspace,
  quoteIdentifier,
  quoteLiteral,
  quotePath,
  withSession,
} from '../../base';
import { brandsThere, type DateKey, type Table } from '../../model';
import { evaluateRules } from '../../rules';
import { aroundGold, goldColumns, goldView } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import { PRIMARY_KEY, type Chosen } from './caseFailure';

/** A record of a landing file: by its number among the accepted ones, or by its physical line. */
export interface NamedRow {
  readonly brand: string | null;
  /** As delivered, relative to landing. */
  readonly file: string;
  readonly row: number | null;
  readonly line: number | null;
}

/** So many rows are enough to begin with: a case is about few. */
const MOST = 60;

/** Rows of the failure, those that belong together beside each other; empty where none are named. */
export async function namedRows(
  workspace: OpenWorkspace,
  chosen: Chosen,
  of: { readonly table: Table; readonly date: DateKey },
  signal: AbortSignal,
): Promise<readonly NamedRow[]> {
  const { failure, report } = chosen;
  return withSession(ofWorkspace(workspace.settings), async (connection) => {
    const search: RowSearch = { ...of, workspace, connection, signal };
    switch (failure.kind) {
      case 'rule':
        if (failure.id === PRIMARY_KEY)
          return [...(await rejectedRows(search, 'KEY_MISSING', undefined)), ...(await repeatedKeys(search))];
        return await failingRows(search, chosen);
      case 'reject': {
        const { code, column } = failure;
        return code.startsWith('DUPLICATE')
          ? await repeatedKeys(search)
          : await rejectedRows(search, code, column);
      }
      case 'conversion':
        return (report?.conversions ?? [])
          .filter(({ column }) => column === failure.column)
          .flatMap(({ brand, samples }) =>
            samples.flatMap(({ file, row }) => (file === null ? [] : [{ brand, file, row, line: null }])),
          );
      case 'step':
        return [];
      default:
        return failure satisfies never;
    }
  });
}

/** Where rows of a table and date are looked for. */
interface RowSearch {
  readonly workspace: OpenWorkspace;
  readonly connection: Connection;
  readonly table: Table;
  readonly date: DateKey;
  readonly signal: AbortSignal;
}

const VIEW = 'm7_case';
const SELECT = '"_brand" AS brand, "_source_file" AS file, "_source_row" AS "row"';

/** All failing rows of one rule over gold as it is there; the samples of its finding where gold is gone. */
async function failingRows(
  { workspace: { lake, config, settings }, connection, table, date, signal }: RowSearch,
  { finding, rule }: Chosen,
): Promise<readonly NamedRow[]> {
  const sampled = (finding?.samples ?? []).flatMap(({ file, row }) =>
    file === null ? [] : [{ brand: null, file, row, line: null }],
  );
  const gold = lake.manifest('gold', date, table.name);
  if (gold === undefined || rule === undefined || (finding?.failing ?? 0) === 0) return sampled;
  const path = lake.absolute(gold.output.path);
  await connection.run(goldView(VIEW, path, await goldColumns(connection, path), brandsThere(config)));
  const evaluated = await evaluateRules({
    ...aroundGold({ config, settings, lake }, table, gold),
    ...{ connection, signal },
    rules: [{ ...rule, enabled: true }],
    relation: VIEW,
    progress: () => undefined,
    everyRow: 'write',
  });
  if (evaluated.rejectsTable === undefined) return sampled;
  const together = [...rule.columns.map(quoteIdentifier), '_row'].join(', ');
  return connection.rows<NamedRow & Record<string, never>>(
    [
      `SELECT ${SELECT}, CAST(NULL AS BIGINT) AS line`,
      `FROM ${quoteIdentifier(VIEW)} SEMI JOIN ${quoteIdentifier(evaluated.rejectsTable)} USING (_row)`,
      `ORDER BY ${together}`,
      `LIMIT ${MOST}`,
    ].join('\n'),
    { signal },
  );
}

/** Rows rejected for a reason, from the rejects files of all stages. */
async function rejectedRows(
  { workspace: { lake }, connection, table, date, signal }: RowSearch,
  code: string,
  column: string | undefined,
): Promise<readonly NamedRow[]> {
  const files = (['raw', 'silver', 'gold'] as const)
    .flatMap((layer) => lake.manifests(layer, date))
    .flatMap(({ table: name, rejects }) =>
      name === table.name && rejects !== undefined && lake.exists(rejects.path) ? [rejects.path] : [],
    );
  if (files.length === 0) return [];
  const paths = files.map((path) => quotePath(lake.absolute(path))).join(', ');
  const about = column === undefined ? '' : ` AND list_contains("columns", ${quoteLiteral(column)})`;
  return connection.rows<NamedRow & Record<string, never>>(
    [
      `SELECT ${SELECT}, "line"`,
      `FROM read_parquet([${paths}])`,
      `WHERE "code" = ${quoteLiteral(code)}${about}`,
      `LIMIT ${MOST}`,
    ].join('\n'),
    { signal },
  );
}

/** Rows of silver whose primary key another row has, key by key. */
async function repeatedKeys({
  workspace: { lake, config },
  connection,
  table,
  date,
  signal,
}: RowSearch): Promise<readonly NamedRow[]> {
  const files = brandsThere(config).flatMap(
    ({ name }) => lake.manifest('silver', date, table.name, name)?.output.path ?? [],
  );
  if (files.length === 0 || table.primaryKey.length === 0) return [];
  const keys = table.primaryKey.map(quoteIdentifier).join(', ');
  const source = `read_parquet([${files.map((path) => quotePath(lake.absolute(path))).join(', ')}], union_by_name = true)`;
  return connection.rows<NamedRow & Record<string, never>>(
    [
      `SELECT ${SELECT}, CAST(NULL AS BIGINT) AS line`,
      `FROM ${source}`,
      `SEMI JOIN (SELECT ${keys} FROM ${source} GROUP BY ALL HAVING count(*) > 1) USING (${keys})`,
      `ORDER BY ${keys}`,
      `LIMIT ${MOST}`,
    ].join('\n'),
    { signal },
  );
}
