// SQL of what SQL may name at a pause point: its rows, its rejects, the layers of every table.
import { quoteIdentifier, quoteLiteral, quotePath } from '../../base';
import { type PausePoint, selectRejects } from '../../stages';
import { REJECT_COLUMNS, type RejectedFile } from '../../lake';
import { brandsThere, type Table } from '../../model';
import { nameOfToken, sqlTokens, textOfToken } from '../../rules';
import type { OpenWorkspace } from '../../workspace';
import { filesSource } from './pagedRows';

/** What a step's rows are while it is paused: those it made, or those it will read. */
export function rowsSqlAt(
  point: PausePoint,
  { config, lake }: Pick<OpenWorkspace, 'config' | 'lake'>,
): string | undefined {
  switch (point.kind) {
    case 'rules':
      return quoteIdentifier(point.rows);
    case 'columns':
      return `read_parquet(${quotePath(point.rows)})`;
    case 'step':
    case 'end': {
      const { stage, date, table, brand } = point.step;
      const after = point.kind === 'end' && point.outcome.status !== 'failed';
      const raw = (): readonly string[] =>
        lake.parts(date, brand ?? '', table).map((m) => lake.absolute(m.output.path));
      const silver = (brands: readonly string[]): readonly string[] =>
        brands.flatMap((name) => {
          const found = lake.manifest('silver', date, table, name);
          return found === undefined ? [] : [lake.absolute(found.output.path)];
        });
      const gold = (): readonly string[] => {
        const found = lake.manifest('gold', date, table);
        return found === undefined ? [] : [lake.absolute(found.output.path)];
      };
      switch (stage) {
        case 'landing-to-raw':
          return filesSource(after ? raw() : []);
        case 'raw-to-silver':
          return filesSource(after ? silver([brand ?? '']) : raw());
        case 'silver-to-gold':
          return filesSource(after ? gold() : silver(brandsThere(config).map((b) => b.name)));
        case 'gold-to-snowflake':
          return filesSource(gold());
        default:
          return stage satisfies never;
      }
    }
    default:
      return point satisfies never;
  }
}

/** A table's layers of the date, by the names under which SQL may ask for them; undefined: not there. */
export function layersSqlAt(
  point: PausePoint,
  { config, lake }: Pick<OpenWorkspace, 'config' | 'lake'>,
  table: Table,
): Readonly<Record<string, string | undefined>> {
  const { date } = point.step;
  const name = table.name.toLowerCase();
  const paths = (
    list: readonly ({ readonly output: { readonly path: string } } | undefined)[],
  ): readonly string[] => list.flatMap((m) => (m === undefined ? [] : [lake.absolute(m.output.path)]));
  const gold = filesSource(paths([lake.manifest('gold', date, table.name)]));
  const brands = brandsThere(config).map((b) => b.name);
  return {
    ...(['rows', 'failing'].includes(name) ? {} : { [name]: gold }),
    [`gold.${name}`]: gold,
    [`silver.${name}`]: filesSource(paths(brands.map((b) => lake.manifest('silver', date, table.name, b)))),
    [`raw.${name}`]: filesSource(paths(brands.flatMap((b) => lake.parts(date, b, table.name)))),
  };
}

/** `silver.User` as one quoted name, where no text, comment or quoted name is around it. */
export function layerNames(sql: string, tables: readonly { readonly name: string }[]): string {
  const known = new Set(tables.map((table) => table.name.toLowerCase()));
  const tokens = sqlTokens(sql);
  const solid = (from: number): number => {
    let i = from;
    while (tokens[i]?.kind === 'space') i += 1;
    return i;
  };
  let text = '';
  for (let i = 0; i < tokens.length; i += 1) {
    const [token, before] = [tokens[i], tokens[i - 1]];
    if (token === undefined) break;
    const dot = solid(i + 1);
    const end = solid(dot + 1);
    const named = sql[tokens[dot]?.start ?? sql.length] === '.' ? tokens[end] : undefined;
    const layer = textOfToken(sql, token).toLowerCase();
    const name = named === undefined ? '' : nameOfToken(sql, named).toLowerCase();
    const qualified = before !== undefined && sql[before.start] === '.';
    if (token.kind === 'word' && LAYERS.has(layer) && !qualified && known.has(name)) {
      text += quoteIdentifier(`${layer}.${name}`);
      i = end;
    } else text += textOfToken(sql, token);
  }
  return text;
}

const LAYERS: ReadonlySet<string> = new Set(['raw', 'silver', 'gold']);

/**
 * What a step that has ended rejected, in the columns of rejects: rows from its files, then rejected files.
 * Undefined: nothing.
 */
export function rejectsSqlAt(
  { step }: PausePoint,
  { lake }: Pick<OpenWorkspace, 'lake'>,
  filesOut: readonly RejectedFile[],
): string | undefined {
  const { stage, date, table } = step;
  const brand = step.brand ?? '';
  const manifests = {
    'landing-to-raw': () => lake.parts(date, brand, table),
    'raw-to-silver': () => [lake.manifest('silver', date, table, brand)],
    'silver-to-gold': () => [lake.manifest('gold', date, table)],
    'gold-to-snowflake': () => [lake.manifest('validated', date, table)],
  }[stage]();
  const paths = manifests.flatMap((one) =>
    one?.rejects === undefined ? [] : [lake.absolute(one.rejects.path)],
  );
  const names = Object.keys(REJECT_COLUMNS).map(quoteIdentifier).join(', ');
  const selects = paths.map((path) => `SELECT ${names} FROM read_parquet(${quotePath(path)})`);
  for (const file of filesOut)
    selects.push(
      selectRejects(
        {
          _brand: quoteLiteral(file.brand),
          _source_file: quoteLiteral(file.file),
          code: quoteLiteral(file.code),
          reason: quoteLiteral(`the whole file: ${file.reason}`),
        },
        '',
      ),
    );
  return selects.length === 0 ? undefined : `(${selects.join('\nUNION ALL\n')})`;
}
