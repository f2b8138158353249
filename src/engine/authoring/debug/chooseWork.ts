// What a debug session runs: where the date failed last, else what is due, else its rules once more.
import { didYouMean, requireDate } from '../../base';
import { type Config, type DateKey, PipelineError, STAGES, type Selection, type Stage } from '../../model';

import { planRun } from '../../run';
import { readReport } from '../../report';
import type { OpenWorkspace } from '../../workspace';

/** What is asked for, names as a person wrote them. */
export interface DebugRequest {
  readonly date: string;
  readonly stages?: readonly string[];
  readonly tables?: readonly string[];
  readonly brands?: readonly string[];
}

/** The selection of a request: of one date, with names as the config spells them. */
export interface DebugScope {
  readonly date: DateKey;
  readonly stages: readonly Stage[];
  readonly tables: readonly string[];
  readonly brands: readonly string[];
}

/** @throws PipelineError USAGE for a date that is none, and for names that are not in the config. */
export function debugScope(config: Config, request: DebugRequest): DebugScope {
  return {
    date: requireDate(request.date),
    stages: (request.stages ?? []).map((name) => {
      const found = STAGES.find((stage) => stage === name);
      if (found === undefined) throw unknown('stage', name, STAGES);
      return found;
    }),
    tables: (request.tables ?? []).map((name) => named('table', name, config.tables)),
    brands: (request.brands ?? []).map((name) => named('brand', name, config.brands)),
  };
}

function named(what: string, name: string, list: readonly { readonly name: string }[]): string {
  const found = list.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.name;
  throw unknown(
    what,
    name,
    list.map((one) => one.name),
  );
}

const unknown = (what: string, name: string, names: readonly string[]): PipelineError =>
  new PipelineError('USAGE', `There is no ${what} "${name}".`, didYouMean(name, names));

/**
 * The selections that a session runs one after the other. Stages that were asked for are run whether or not their
 * outputs are up to date; without any, those that are up to date are not run again.
 * @param publish the runs count: then nothing is done that an ordinary run would not do.
 * @throws PipelineError NOT_FOUND where there is nothing of the date.
 */
export async function chooseWork(
  workspace: OpenWorkspace,
  scope: DebugScope,
  publish: boolean,
): Promise<readonly Selection[]> {
  const base: Selection = {
    dates: [scope.date],
    tables: scope.tables,
    brands: scope.brands,
    ...(publish ? {} : { validateOnly: true }),
  };
  const plan = await planRun(workspace, base);
  if (plan.steps.length === 0)
    throw new PipelineError(
      'NOT_FOUND',
      `There is nothing of ${scope.date}${scope.tables.length === 0 ? '' : ` and ${scope.tables.join(', ')}`} in landing or in a layer.`,
      'Choose a date that has files: `m7 status` lists them.',
    );
  if (scope.stages.length > 0) return [{ ...base, stages: scope.stages, force: true }];
  const due = new Set(plan.steps.filter((step) => step.action === 'run').map((step) => step.table));
  if (publish) return [base];
  const tables = [...new Set(plan.steps.map((step) => step.table))];
  const failed = tables.filter(
    (table) => !due.has(table) && readReport(workspace, scope.date, table)?.status === 'failed',
  );
  const rules = (some: readonly string[]): Selection => ({
    ...base,
    stages: ['gold-to-snowflake'],
    tables: some,
    force: true,
  });
  return [
    ...(failed.length > 0 ? [rules(failed)] : []),
    ...(due.size > 0 ? [base] : []),
    ...(failed.length + due.size === 0 ? [rules(tables)] : []),
  ];
}
