// What must be made or changed at Snowflake before a load: pure functions from what is there to statements.
import { quoteIdentifier } from '../../base';
import { PipelineError } from '../../model';
import { qualified, type Target, type TargetColumn } from '../target';
import { snowflakeType } from './snowflakeNames';

/** A column as INFORMATION_SCHEMA.COLUMNS tells it. */
export interface FoundColumn {
  readonly name: string;
  /** TEXT, NUMBER, FLOAT, BOOLEAN, DATE, TIME, TIMESTAMP_NTZ, … */
  readonly kind: string;
  readonly length: number | undefined;
  readonly precision: number | undefined;
  readonly scale: number | undefined;
  readonly fraction: number | undefined;
}

/** Longest text and binary that Snowflake stores where no length is given; since 2025 more may be asked for. */
const LONGEST = { VARCHAR: 16_777_216, BINARY: 8_388_608 } as const;

export function createSnowflakeTable(target: Target, database: string): string {
  const columns = target.columns.map((c) => `  ${quoteIdentifier(c.name)} ${snowflakeType(c.type).type}`);
  return `CREATE TABLE IF NOT EXISTS ${qualified(target, database)} (\n${columns.join(',\n')}\n)`;
}

/** The type in DDL's spelling, for people. */
function typeOf(column: FoundColumn): string {
  switch (column.kind) {
    case 'TEXT':
      return column.length === undefined || column.length >= LONGEST.VARCHAR
        ? 'VARCHAR'
        : `VARCHAR(${column.length})`;
    case 'NUMBER':
      return `NUMBER(${column.precision ?? 38},${column.scale ?? 0})`;
    case 'BINARY':
      return 'BINARY';
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return `${column.kind}(${column.fraction ?? 9})`;
    default:
      return column.kind;
  }
}

type Fit =
  /** Holds every value of the wanted type as it is. */
  | 'holds'
  /** Will, after an ALTER that loses nothing. */
  | 'widens'
  | 'differs';

/** Can the column take the values of the wanted type (in DDL's spelling)? */
function fit(found: FoundColumn, wanted: string): Fit {
  const [, kind = '', first, second] = /^([A-Z_]+)(?:\((\d+)(?:,(\d+))?\))?$/.exec(wanted) ?? [];
  const size = first === undefined ? undefined : Number(first);
  switch (kind) {
    case 'VARCHAR': {
      if (found.kind !== 'TEXT') return 'differs';
      return (found.length ?? LONGEST.VARCHAR) >= (size ?? LONGEST.VARCHAR) ? 'holds' : 'widens';
    }
    case 'NUMBER': {
      if (found.kind !== 'NUMBER') return 'differs';
      const [precision, scale] = [size ?? 38, Number(second ?? 0)];
      const [hasPrecision, hasScale] = [found.precision ?? 38, found.scale ?? 0];
      if (hasScale >= scale && hasPrecision - hasScale >= precision - scale) return 'holds';
      // Snowflake lets digits be added before the point alone.
      return hasScale === scale ? 'widens' : 'differs';
    }
    case 'TIME':
    case 'TIMESTAMP_NTZ':
      return found.kind === kind && (found.fraction ?? 9) >= (size ?? 9) ? 'holds' : 'differs';
    case 'BINARY':
      return found.kind === 'BINARY' ? 'holds' : 'differs';
    default:
      return found.kind === kind ? 'holds' : 'differs';
  }
}

/**
 * The statements that give an existing table the wanted columns without losing anything. Columns that are no longer
 * wanted stay: their old dates keep them.
 * @throws PipelineError WAREHOUSE for a column that cannot take its values, with the statements that change it.
 */
export function alterations(
  target: Target,
  found: readonly FoundColumn[],
  database: string,
): readonly string[] {
  const byName = new Map(found.map((column) => [column.name, column]));
  const table = qualified(target, database);
  return target.columns.flatMap((column) => {
    const wanted = snowflakeType(column.type).type;
    const existing = byName.get(column.name);
    const name = quoteIdentifier(column.name);
    if (existing === undefined) return [`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${name} ${wanted}`];
    switch (fit(existing, wanted)) {
      case 'holds':
        return [];
      case 'widens':
        return [`ALTER TABLE ${table} ALTER COLUMN ${name} SET DATA TYPE ${wanted}`];
      case 'differs':
        throw incompatible(target, table, column, { from: typeOf(existing), wanted });
    }
  });
}

/** Snowflake changes no type to another one in place: a new column takes the place of the old one. */
function incompatible(
  target: Target,
  table: string,
  column: TargetColumn,
  { from, wanted }: { readonly from: string; readonly wanted: string },
): PipelineError {
  const name = quoteIdentifier(column.name);
  const old = quoteIdentifier(`${column.name.slice(0, 250)}_OLD`);
  // Only what may fail in a value has a TRY_ form, and only from text.
  const convert = from.startsWith('VARCHAR') ? `TRY_CAST(${old} AS ${wanted})` : `CAST(${old} AS ${wanted})`;
  const steps = [
    `ALTER TABLE ${table} RENAME COLUMN ${name} TO ${old};`,
    `ALTER TABLE ${table} ADD COLUMN ${name} ${wanted};`,
    `UPDATE ${table} SET ${name} = ${convert};`,
    `ALTER TABLE ${table} DROP COLUMN ${old};`,
  ];
  return new PipelineError(
    'WAREHOUSE',
    `Column ${column.name} of ${target.schema}.${target.name} is ${from} at Snowflake, and ${wanted} (${column.type}) in the config: Snowflake does not change one into the other.`,
    `Set the type back, or run there: ${steps.join(' ')}`,
    column.location === undefined ? {} : { where: column.location },
  );
}
