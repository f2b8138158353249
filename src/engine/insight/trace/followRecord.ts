// One accepted record from raw to the warehouse: each layer is asked for it, as far as it came.
import { shellWord } from '../../base';
import { brandsThere, findTable } from '../../model';
import type { Connection } from '../../base';
import { readLedger } from '../../lake';
import { openFailures } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import { throughRules, toWarehouse } from './acceptance';
import { toGold, toSilver } from './stageSteps';
import type { LineOutcome, LineStep } from './model';
import type { Followed, RecordTrace } from './traceContext';

export interface RecordPath {
  readonly outcome: LineOutcome;
  readonly summary: string;
  readonly steps: readonly LineStep[];
}

/** Follows a record from raw on. @throws PipelineError of files that cannot be read; CANCELLED. */
export async function followRow(
  workspace: OpenWorkspace,
  connection: Connection,
  followed: Followed,
  signal: AbortSignal,
): Promise<RecordPath> {
  const { part, row, raw } = followed;
  const { date } = part;
  const rawStep: LineStep = {
    at: 'raw',
    part: part.part ?? 1,
    state: raw === undefined ? 'unknown' : 'through',
    words: raw === undefined ? `${part.output.path} is missing or damaged.` : `Row ${row}.`,
    ...(raw === undefined
      ? { remedy: `Make it again with: m7 run --date ${date} --table ${shellWord(part.table)} --force` }
      : { path: workspace.lake.absolute(part.output.path), position: row - 1 }),
  };
  const table = findTable(workspace.config, part.table);
  const brand = part.brand ?? '';
  if (table === undefined || !brandsThere(workspace.config).some((one) => one.name === brand)) {
    const words = `${table === undefined ? `Table ${part.table}` : `Brand ${brand}`} is no longer in the config: its rows stay in raw.`;
    return told('due', [rawStep, { at: 'silver', state: 'due', words, values: [] }]);
  }
  const failures = openFailures(workspace, readLedger(workspace.lake.stateDir).entries, [date]);
  const name = { brand, file: part.source?.file ?? '', row };
  const trace: RecordTrace = { workspace, connection, signal, table, date, name, failures };

  const silver = await toSilver(trace, followed);
  if (silver.kind === 'end') return told(silver.outcome, [rawStep, silver.step]);
  const gold = await toGold(trace, silver.found);
  if (gold.kind === 'end') return told(gold.outcome, [rawStep, silver.step, gold.step]);
  const rules = await throughRules(trace, gold.found);
  const before = [rawStep, silver.step, gold.step, rules.step];
  if (rules.kind === 'end') return told(rules.outcome, before);
  const load = await toWarehouse(trace, rules.found);
  return told(load.outcome, [...before, load.step]);
}

function told(outcome: LineOutcome, steps: readonly LineStep[]): RecordPath {
  return { outcome, summary: steps.at(-1)?.words ?? '', steps };
}
