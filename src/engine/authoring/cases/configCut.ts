// The config and settings of a case: only the brands, tables and rules that its files and its failure need.
import { join } from 'node:path';
import type { ConfigFile, OpenWorkspace } from '../../workspace';
import { readTextFile } from '../../base';
import { type DateKey, type Rule, PipelineError, addDays, ownValue } from '../../model';
import { observedOn } from '../../stages';

import type { CaseFiles } from './caseAttempt';

export interface ConfigNeeds {
  readonly brands: ReadonlySet<string>;
  readonly tables: ReadonlySet<string>;
  readonly rules: ReadonlySet<Rule>;
}

type ConfigObject = Readonly<Record<string, unknown>>;

const MOST_BYTES = 64 << 20;

/** The three config files as they were when a search began: who edits them meanwhile does not change its tries. */
export interface ConfigFiles {
  readonly brands: ConfigObject;
  readonly tables: ConfigObject;
  readonly rules: Readonly<Record<string, { readonly rules: readonly ConfigObject[] }>>;
}

/** @throws PipelineError FILE_UNREADABLE where one has gone since the workspace was opened. */
export async function readConfigFiles({ settings }: OpenWorkspace): Promise<ConfigFiles> {
  const read = async (name: ConfigFile): Promise<ConfigObject> => {
    const file = join(settings.configDir, name);
    const found = await readTextFile(file, name, MOST_BYTES);
    try {
      // Checked against its schema when the workspace was opened.
      if (found.kind === 'text') return JSON.parse(found.text) as ConfigObject;
    } catch {
      // Edited in this very moment.
    }
    throw new PipelineError('FILE_UNREADABLE', `${name} was changed in the meantime.`, 'Try again.', {
      where: { file },
    });
  };
  return {
    brands: (await read('brand_configs.json'))['brands'] as ConfigObject,
    tables: (await read('table_schemas.json'))['tables'] as ConfigObject,
    rules: (await read('validation_rules.json'))['tables'] as ConfigFiles['rules'],
  };
}

/** The three files as text, by their paths in a case, and .env. Values keep their order and every key. */
export function cutConfig(
  workspace: OpenWorkspace,
  { brands, tables, rules }: ConfigFiles,
  needs: ConfigNeeds,
): CaseFiles {
  const { config } = workspace;
  const kept = Object.entries(rules).flatMap(([table, entry]) => {
    const known = config.rules.filter((rule) => rule.table === table);
    const own = known.flatMap((rule, i) => {
      const given = entry.rules[i];
      // A derived id depends on the rules before it.
      return given !== undefined && needs.rules.has(rule) ? [{ id: rule.id, ...given }] : [];
    });
    return own.length === 0 ? [] : [[table, { ...entry, rules: own }] as const];
  });
  const only = (all: ConfigObject, names: ReadonlySet<string>): ConfigObject =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
  return new Map<string, string>([
    ['config/brand_configs.json', json({ brands: only(brands, needs.brands) })],
    ['config/table_schemas.json', json({ tables: only(tables, needs.tables) })],
    ['config/validation_rules.json', json({ tables: Object.fromEntries(kept) })],
    ['.env', environment(workspace, needs)],
  ]);
}

export const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** What decides how files are taken in and judged; nothing of connections, people and folders. */
function environment({ settings }: OpenWorkspace, needs: ConfigNeeds): string {
  return [
    `EXPECTED_TABLES=${[...needs.tables].join(',')}`,
    `LANDING_PATTERN=${settings.landingPattern}`,
    `ERROR_THRESHOLD=${settings.errorThreshold}`,
    `WARNING_THRESHOLD=${settings.warningThreshold}`,
    'MOCK_SNOWFLAKE=true',
    '',
  ].join('\n');
}

/** What a rule about change observed on earlier dates, as reports that hold nothing else. */
export function historyOf(
  workspace: OpenWorkspace,
  table: string,
  date: DateKey,
  rule: Rule | undefined,
): CaseFiles {
  const files = new Map<string, string>();
  if (rule?.kind !== 'anomaly') return files;
  const days = rule.parameters['days_back'];
  for (let back = typeof days === 'number' ? days : 14; back >= 1; back -= 1) {
    const day = addDays(date, -back);
    const seen = observedOn(workspace.lake, table, day);
    const observed = seen && ownValue(seen.values, rule.id);
    if (seen === undefined || observed === undefined) continue;
    const rows = { gold: seen.rows };
    files.set(`history/${day}/${table}.json`, json({ rows, findings: [{ id: rule.id, observed }] }));
  }
  return files;
}
