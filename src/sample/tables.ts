// The sample's config as the generator needs it: columns in file order, header names, codes, rules that reject.
import { derivedRuleId } from '../engine';
import brandConfig from '../../config/brand_configs.json';
import schemaConfig from '../../config/table_schemas.json';
import ruleConfig from '../../config/validation_rules.json';

export { brandConfig, ruleConfig, schemaConfig };

export const TABLE_NAMES = [
  'User',
  'Smartcard',
  'Device',
  'EPG',
  'VODCatalog',
  'VODCatalogExtended',
  'Playback',
] as const;
export type TableName = (typeof TABLE_NAMES)[number];

interface SampleColumn {
  readonly type: string;
  readonly source?: readonly string[];
  readonly derived?: string;
}
interface SampleRule {
  readonly id?: string;
  readonly rule: string;
  readonly column?: string;
  readonly severity?: string;
  readonly on_fail?: string;
  readonly enabled?: boolean;
}

/** A column that is in the files: derived ones are not. */
export interface FileColumn {
  readonly name: string;
  /** German, French and Czech header names, where the config knows them. */
  readonly source: readonly string[];
}

export interface TableLayout {
  readonly columns: readonly FileColumn[];
  /** Position of a column in a row of the generator. */
  readonly index: (column: string) => number;
}

/** Columns of the table's files, in the order of the config. */
export function layoutOf(table: TableName): TableLayout {
  const all: Readonly<Record<string, SampleColumn>> = schemaConfig.tables[table].columns;
  const columns = Object.entries(all)
    .filter(([, column]) => column.derived === undefined)
    .map(([name, column]) => ({ name, source: column.source ?? [] }));
  const positions = new Map(columns.map((column, i) => [column.name, i]));
  return {
    columns,
    index: (column) => {
      const at = positions.get(column);
      if (at === undefined) throw new Error(`The sample's config has no column ${column} in ${table}.`);
      return at;
    },
  };
}

/** A rule of the sample by its id: the one the loader derives where none is written. */
export interface RuleName {
  readonly id: string;
  /** Its failing rows stay out of the warehouse. */
  readonly rejects: boolean;
}

/** The enabled rules of a table, in the order of the config. */
export function rulesOf(table: TableName): readonly RuleName[] {
  const rules: readonly SampleRule[] = ruleConfig.tables[table].rules;
  return rules
    .filter((rule) => rule.enabled !== false)
    .map((rule) => ({
      id: rule.id ?? derivedRuleId(rule.rule, rule.column === undefined ? [] : [rule.column], {}),
      rejects: (rule.on_fail ?? ((rule.severity ?? 'error') === 'error' ? 'reject' : 'report')) === 'reject',
    }));
}
