// Looks at the warehouse outside of a run: how it answers now, and what a load would say to it.
import { type CheckProblem, type DateKey, type Table, defined, throwIfCancelled } from '../../model';
import { checkSettings, loadConfig, openWorkspace, redaction } from '../../workspace';
import { namedTable, problemOf } from '../../base';
import { relativePath } from '../../lake';
import { lookAtWarehouse } from '../../warehouse';
import type { ConnectionTest, LoadStatements } from './model';

/**
 * Logs in and tries every right that loads of the configured tables need; nothing is written.
 * @throws PipelineError CANCELLED only: any other error is a problem in the result.
 */
export async function testConnection(options: {
  readonly directory: string;
  readonly signal?: AbortSignal;
}): Promise<ConnectionTest> {
  const began = performance.now();
  const { settings, problems: found } = await checkSettings({ workspace: options.directory });
  const problems: CheckProblem[] = found
    .filter((one) => settings === undefined || /SNOWFLAKE/.test(one.message))
    .map((one) => ({
      severity: one.severity,
      message: one.message,
      remedy: one.remedy,
      ...(one.file === undefined ? {} : { file: relativePath(options.directory, one.file) }),
      ...defined({ line: one.line }),
    }));
  const seconds = (): number => (performance.now() - began) / 1000;
  if (settings === undefined) return { warehouse: undefined, facts: [], problems, seconds: seconds() };
  const tables = await loadConfig(settings).then(
    (config) => config.tables,
    (error: unknown): readonly Table[] => {
      problems.push(problemOf(error));
      return [];
    },
  );
  try {
    return await lookAtWarehouse(settings, async (warehouse) => {
      const checked = await warehouse.check(tables, options.signal);
      throwIfCancelled(options.signal);
      return redaction(settings)({
        warehouse: { kind: warehouse.kind, place: warehouse.place },
        facts: checked.facts,
        problems: [...problems, ...checked.problems],
        seconds: seconds(),
      });
    });
  } catch (error) {
    problems.push(problemOf(error));
    return redaction(settings)({ warehouse: undefined, facts: [], problems, seconds: seconds() });
  }
}

/**
 * What a load of this date and table says to the warehouse, in order; the warehouse is not asked.
 * @throws PipelineError SETTINGS_INVALID | CONFIG_INVALID | CONFIG_MISSING with file and line; NOT_FOUND for a table
 * that the config does not have.
 */
export async function loadStatements(
  options: { readonly directory: string },
  date: DateKey,
  name: string,
): Promise<LoadStatements> {
  const { settings, config } = await openWorkspace(options);
  const table = namedTable(config, name);
  return lookAtWarehouse(settings, (warehouse) =>
    Promise.resolve({
      warehouse: { kind: warehouse.kind, place: warehouse.place },
      date,
      table: table.name,
      statements: warehouse.statementsOf(table, date),
    }),
  );
}
