// Views of INFORMATION_SCHEMA, spelled as Snowflake spells them, of what the role may see.
import { quoteIdentifier, quoteLiteral } from '../../../src/engine/base/duckdb';
import { fullText, plainOrQuoted, type FullName } from './catalogue';
import { informationOf } from './columnTypes';
import type { Context } from './context';
import { notFound } from './errors';
import type { Relation } from './sql/query';

/** Views of INFORMATION_SCHEMA: of what the role may see. */
export function information(context: Context, name: FullName): Relation {
  const { account, session } = context;
  const visible = account.catalogue
    .tables()
    .filter((t) => t.database === name.database && account.roles.may(session.role, 'TABLE', fullText(t)));
  const temporary = [...session.tempTables.values()].filter((t) => t.database === name.database);
  const tables = [...visible, ...temporary];
  const view = (
    columns: Readonly<Record<string, 'VARCHAR' | 'DECIMAL(38,0)'>>,
    rows: readonly (readonly (string | number | null)[])[],
  ): Relation => {
    const names = Object.keys(columns);
    const types = Object.values(columns);
    const literal = (v: string | number | null, i: number): string =>
      `CAST(${v === null ? 'NULL' : quoteLiteral(String(v))} AS ${types[i] ?? 'VARCHAR'})`;
    const line = (row: readonly (string | number | null)[]): string => `(${row.map(literal).join(', ')})`;
    const all = rows.length === 0 ? [names.map(() => null)] : rows;
    return {
      sql: `SELECT * FROM (VALUES ${all.map(line).join(', ')}) AS v(${names.map(quoteIdentifier).join(', ')})${rows.length === 0 ? ' WHERE FALSE' : ''}`,
      name: name.name,
      columns: names,
    };
  };
  switch (name.name) {
    case 'COLUMNS':
      return view(
        {
          TABLE_CATALOG: 'VARCHAR',
          TABLE_SCHEMA: 'VARCHAR',
          TABLE_NAME: 'VARCHAR',
          COLUMN_NAME: 'VARCHAR',
          ORDINAL_POSITION: 'DECIMAL(38,0)',
          IS_NULLABLE: 'VARCHAR',
          DATA_TYPE: 'VARCHAR',
          CHARACTER_MAXIMUM_LENGTH: 'DECIMAL(38,0)',
          CHARACTER_OCTET_LENGTH: 'DECIMAL(38,0)',
          NUMERIC_PRECISION: 'DECIMAL(38,0)',
          NUMERIC_SCALE: 'DECIMAL(38,0)',
          DATETIME_PRECISION: 'DECIMAL(38,0)',
        },
        tables.flatMap((t) =>
          t.columns.map((c, i) => {
            const about = informationOf(c.type);
            return [
              t.database,
              t.schema,
              t.name,
              c.name,
              i + 1,
              c.nullable ? 'YES' : 'NO',
              about.dataType,
              about.characters,
              about.octets,
              about.precision,
              about.scale,
              about.datetime,
            ];
          }),
        ),
      );
    case 'TABLES':
      return view(
        {
          TABLE_CATALOG: 'VARCHAR',
          TABLE_SCHEMA: 'VARCHAR',
          TABLE_NAME: 'VARCHAR',
          TABLE_OWNER: 'VARCHAR',
          TABLE_TYPE: 'VARCHAR',
        },
        tables.map((t) => [
          t.database,
          t.schema,
          t.name,
          t.owner,
          t.temporary ? 'LOCAL TEMPORARY' : 'BASE TABLE',
        ]),
      );
    case 'SCHEMATA':
      return view(
        { CATALOG_NAME: 'VARCHAR', SCHEMA_NAME: 'VARCHAR', SCHEMA_OWNER: 'VARCHAR' },
        [...account.catalogue.database(name.database).schemas.values()]
          .filter((s) =>
            account.roles.may(
              session.role,
              'SCHEMA',
              `${plainOrQuoted(name.database)}.${plainOrQuoted(s.name)}`,
            ),
          )
          .map((s) => [name.database, s.name, s.owner]),
      );
    case 'STAGES':
      return view(
        { STAGE_CATALOG: 'VARCHAR', STAGE_SCHEMA: 'VARCHAR', STAGE_NAME: 'VARCHAR', STAGE_TYPE: 'VARCHAR' },
        account.catalogue
          .stages()
          .filter(
            (s) => s.database === name.database && account.roles.may(session.role, 'STAGE', fullText(s)),
          )
          .map((s) => [s.database, s.schema, s.name, 'Internal Named']),
      );
    default:
      throw notFound(
        'Object',
        `${plainOrQuoted(name.database)}.INFORMATION_SCHEMA.${plainOrQuoted(name.name)}`,
      );
  }
}
