// From options to the engine's selection: dates in order, names as the config writes them.
import { openWorkspace, STAGES, type OpenWorkspace, type Selection } from '../engine';
import type { Session } from './session';
import { UsageError } from './usage';
import { resolveNames } from './values';

export interface SelectionOptions {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly stage?: readonly string[];
  readonly table?: readonly string[];
  readonly brand?: readonly string[];
  readonly mock?: boolean;
  readonly force?: boolean;
}

/** Opens the workspace of the session; `mock` wins over .env. */
export function openHere(session: Session, mock = false): Promise<OpenWorkspace> {
  return openWorkspace({
    directory: session.directory,
    environment: process.env,
    ...(mock ? { overrides: { MOCK_SNOWFLAKE: 'true' } } : {}),
  });
}

/**
 * What can be said about the options before anything is opened.
 * @throws UsageError
 */
export function checkSelection(options: SelectionOptions): void {
  const { from, to } = options;
  if (from !== undefined && to === undefined)
    throw new UsageError('--from needs --to.', 'Add --to, or use --date for a single date.');
  if (to !== undefined && from === undefined)
    throw new UsageError('--to needs --from.', 'Add --from, or use --date for a single date.');
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError(`--from ${from} is after --to ${to}.`, `Write --from ${to} --to ${from}.`);
  resolveNames('stage', options.stage ?? [], STAGE_NAMES);
}

const STAGE_NAMES = STAGES.map((name) => ({ name }));

/** @throws UsageError for a stage, table or brand that is not there. */
export function selectionOf(workspace: OpenWorkspace, options: SelectionOptions): Selection {
  const { from, to } = options;
  const stages = resolveNames('stage', options.stage ?? [], STAGE_NAMES);
  return {
    ...(options.date === undefined ? {} : { dates: [options.date] }),
    ...(from === undefined || to === undefined ? {} : { dates: { from, to } }),
    stages: STAGES.filter((stage) => stages.includes(stage)),
    tables: tableNames(workspace, options.table ?? []),
    brands: resolveNames(
      'brand',
      options.brand ?? [],
      workspace.config.brands.map(({ name, code, aliases }) => ({ name, aliases: [code, ...aliases] })),
    ),
    force: options.force === true,
  };
}

/** @throws UsageError for a table that is not in the config. */
export function tableNames(workspace: OpenWorkspace, typed: readonly string[]): readonly string[] {
  return resolveNames('table', typed, workspace.config.tables);
}
