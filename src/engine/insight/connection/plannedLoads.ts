// The SQL of the loads that a plan would run: shown before anything is run, and nothing is asked for it.
import { type DateKey, findTable } from '../../model';
import type { Plan } from '../../run';
import { type OpenWorkspace, redaction } from '../../workspace';
import { lookAtWarehouse } from '../../warehouse';

/** The statements of one load, in order, with stand-ins for what only the load knows. */
export interface PlannedLoad {
  readonly date: DateKey;
  readonly table: string;
  readonly statements: readonly string[];
}

/** @throws PipelineError SETTINGS_INVALID | CONFIG_INVALID with file and line for what has no place in the warehouse. */
export async function plannedLoads(workspace: OpenWorkspace, plan: Plan): Promise<readonly PlannedLoad[]> {
  const { settings, config } = workspace;
  return lookAtWarehouse(settings, (warehouse) => {
    const loads = plan.steps
      .filter((step) => step.stage === 'gold-to-snowflake' && step.action === 'run')
      .flatMap(({ date, table: name }): readonly PlannedLoad[] => {
        const table = findTable(config, name);
        if (table === undefined) return [];
        return [{ date, table: name, statements: warehouse.statementsOf(table, date) }];
      });
    return Promise.resolve(redaction(settings)(loads));
  });
}
