// Rules of a draft run as tests on the gold of a date: a table at a time, all of its rules in one evaluation.
import { performance } from 'node:perf_hooks';
import {
  evaluateOn,
  openGold,
  withTrialSession,
  type TrialSession,
  type TrialWorkspace,
} from '../editing/trialGold';
import type { Sketch } from '../editing/draftConfig';
import {
  type Finding,
  PipelineError,
  type PlainError,
  isCancelled,
  plainError,
  throwIfCancelled,
} from '../../model';
import type { RuleTestsRequest, RuleTestNews, RuleTestsEnd } from './model';

/** Failing rows that are reported of a rule: as many as a reader looks at in a message. */
const MOST_SAMPLES = 5;

export interface RuleTestContext {
  readonly signal: AbortSignal;
  readonly tell: (news: RuleTestNews) => void;
}

type TableRequest = RuleTestsRequest['tables'][number];

/**
 * Evaluates rules as the draft has them, and reports each. Nothing of the workspace is written.
 * What is wrong with one rule or one table is reported of it; the others are evaluated.
 * @throws PipelineError CANCELLED, and what makes any session impossible (memory, temporary folder).
 */
export async function testRules(
  workspace: TrialWorkspace,
  sketch: Sketch,
  wanted: RuleTestsRequest,
  { signal, tell }: RuleTestContext,
): Promise<RuleTestsEnd> {
  const begun = performance.now();
  let tested = 0;
  const counting = (news: RuleTestNews): void => {
    if (news.kind === 'tested') tested += 1;
    tell(news);
  };
  // Where no table has gold, no database is needed to say so.
  const { date } = wanted;
  const withGold = wanted.tables.filter(
    ({ table }) => workspace.lake.manifest('gold', date, table) !== undefined,
  );
  for (const one of wanted.tables)
    if (!withGold.includes(one))
      counting({
        kind: 'untested',
        ...one,
        because: 'no gold',
        error: notFound(
          `There is no gold of ${one.table} for ${date}.`,
          'Run the date first, or choose a date that has gold.',
        ),
      });
  if (withGold.length > 0)
    await withTrialSession(workspace, async (session) => {
      for (const one of withGold) {
        throwIfCancelled(signal);
        await testTable(session, sketch, { ...one, date }, { signal, tell: counting });
      }
    });
  return { tested, seconds: Number(((performance.now() - begun) / 1000).toFixed(3)) };
}

async function testTable(
  session: TrialSession,
  { config }: Sketch,
  wanted: TableRequest & { readonly date: string },
  { signal, tell }: RuleTestContext,
): Promise<void> {
  const { table, date } = wanted;
  const named = wanted.rules === undefined ? undefined : new Set(wanted.rules);
  const all = config.rules.filter((rule) => rule.table === table);
  const first = all.filter((rule, i) => all.findIndex(({ id }) => id === rule.id) === i);
  const rules = first
    .filter((rule) => named?.has(rule.id) ?? true)
    .map((rule) => ({
      ...rule,
      enabled: rule.enabled || named !== undefined,
      samples: Math.min(rule.samples, MOST_SAMPLES),
    }));
  const report = (finding: Finding): void => {
    const samples = finding.samples.slice(0, MOST_SAMPLES);
    tell({ kind: 'tested', table, date, finding: { ...finding, samples } });
  };
  const technical = (session.lake.manifest('gold', date, table)?.findings ?? []).filter(
    ({ id }) => named?.has(id) === true,
  );
  for (const finding of technical) report(finding);

  const existing = new Set([...rules, ...technical].map(({ id }) => id));
  const gone = [...(named ?? [])].filter((id) => !existing.has(id));
  if (gone.length > 0)
    tell({
      kind: 'untested',
      table,
      rules: gone,
      because: 'no rule',
      error: notFound(
        `Table ${table} has no rule ${gone.join(', ')} here.`,
        'Fix the text of the rule, then run it again.',
      ),
    });
  if (rules.length === 0) return;
  const ids = rules.map(({ id }) => id);
  tell({ kind: 'started', table, rules: ids });
  try {
    const opened = await openGold(session, config, { table, date }, signal);
    const { findings } = await evaluateOn(session, config, opened, {
      rules,
      everyRow: 'count',
      signal,
      progress: () => undefined,
    });
    for (const finding of findings) report(finding);
  } catch (error) {
    if (isCancelled(error) || !(error instanceof PipelineError)) throw error;
    tell({ kind: 'untested', table, rules: ids, because: 'failed', error: plainError(error) });
  }
}

const notFound = (message: string, remedy: string): PlainError =>
  plainError(new PipelineError('NOT_FOUND', message, remedy));
