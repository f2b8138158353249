// One row of gold before the rules, and on its way into the warehouse.
import { configSha } from '../../workspace';
import { quoteIdentifier, shellWord } from '../../base';
import { readDateLoads } from '../layers';
import type { Report } from '../../model';
import { GOLD_ROW } from '../../stages';
import { readReport } from '../../report';
import { targetOf } from '../../warehouse';
import { brokenRules } from './brokenRules';
import type { InGold } from './stageSteps';
import type { BrokenRule, LineOutcome, LineStep } from './model';
import { rejectsWhere } from './traceRejects';
import { whyNotFurther, type TraceStage, type RecordTrace } from './traceContext';

export async function throughRules(
  trace: RecordTrace,
  { manifest, position }: InGold,
): Promise<TraceStage<Report>> {
  const { workspace, connection, signal, table, date } = trace;
  const { lake } = workspace;
  const validated = lake.manifest('validated', date, table.name);
  const report = readReport(workspace, date, table.name);
  if (validated === undefined || report === undefined || validated.inputs[0]?.key !== manifest.key) {
    const missing = whyNotFurther(trace, 'gold-to-snowflake');
    return { kind: 'end', outcome: missing.outcome, step: { at: 'rules', ...missing, broken: [] } };
  }
  const [reject] = await rejectsWhere(
    lake,
    connection,
    validated,
    `${quoteIdentifier(GOLD_ROW)} = ${position}`,
    signal,
  );
  const broken = await brokenRules(
    workspace,
    connection,
    { table, gold: manifest, position, report, rejected: reject?.rules ?? [] },
    signal,
  );
  const { trusted } = workspace.settings;
  const note =
    report.config_sha === configSha(workspace.config) ? '' : ' The config has changed since the validation.';
  if (reject !== undefined)
    return {
      kind: 'end',
      outcome: 'kept_out',
      step: {
        at: 'rules',
        state: 'out',
        words: `Rejected by ${listed(broken.filter((one) => one.rejects))}.${note}`,
        ...{ path: reject.path, position: reject.position, broken },
      },
    };
  return {
    kind: 'on',
    step: {
      at: 'rules',
      state: broken.length === 0 ? 'through' : 'warned',
      words: !trusted
        ? `No rule rejects it. Rules that only report are not evaluated in Restricted Mode.${note}`
        : `${broken.length === 0 ? 'It breaks no rule' : `It breaks ${listed(broken)}, which ${broken.length === 1 ? 'does' : 'do'} not reject rows`}.${note}`,
      broken,
    },
    found: report,
  };
}

function listed(rules: readonly BrokenRule[]): string {
  return rules.length === 0 ? 'its rules' : rules.map(({ id }) => id).join(', ');
}

export async function toWarehouse(
  trace: RecordTrace,
  report: Report,
): Promise<{ readonly outcome: LineOutcome; readonly step: LineStep }> {
  const { workspace, signal, table, date } = trace;
  const { settings } = workspace;
  const target = targetOf(settings, table);
  const where = `${target.schema}.${target.name}`;
  const [day] = await readDateLoads({ directory: settings.workspace, trusted: settings.trusted, signal }, [
    date,
  ]);
  const one = day?.tables.find((other) => other.table === table.name);
  const missing = whyNotFurther(trace, 'gold-to-snowflake');
  const load =
    one?.load === null || one?.load === undefined
      ? {}
      : { load_id: one.load.load_id, loaded_at: one.load.loaded_at };
  const state = one?.state;
  switch (state) {
    case 'loaded':
    case 'miscounted':
      return {
        outcome: 'loaded',
        step: {
          at: 'warehouse',
          state: state === 'loaded' ? 'through' : 'warned',
          words: `Loaded into ${where}; the warehouse confirmed it ${clock(one?.load?.loaded_at)}.${state === 'loaded' ? '' : ' Its number of rows differs from the accepted rows.'}`,
          ...load,
        },
      };
    case 'older':
      return {
        outcome: missing.outcome,
        step: {
          at: 'warehouse',
          ...missing,
          words: `${where} has an earlier state of this date. ${missing.words}`,
          ...load,
        },
      };
    case 'failed':
    case 'refused':
    case 'not_loaded':
    case undefined:
      if (report.status === 'failed')
        return {
          outcome: 'failed',
          step: {
            at: 'warehouse',
            state: 'failed',
            words: `Nothing of ${table.name} was loaded: its validation failed (${failedRules(report)}).`,
            remedy: `See the report: m7 report --date ${date} --table ${shellWord(table.name)}`,
          },
        };
      return { outcome: missing.outcome, step: { at: 'warehouse', ...missing } };
    default:
      return state satisfies never;
  }
}

function failedRules({ findings }: Report): string {
  const failed = findings
    .filter(({ status }) => status === 'failed' || status === 'error')
    .map(({ id }) => id);
  return failed.length === 0 ? 'ERROR_THRESHOLD' : failed.join(', ');
}

const clock = (time: string | undefined): string =>
  time === undefined ? '' : `on ${time.slice(0, 10)} at ${time.slice(11, 19)} UTC`;
