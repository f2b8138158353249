// Evaluates the rules of a table: one pass for all rules on single rows, a query each for the others.
import { quoteIdentifier } from '../base';
import { PipelineError } from '../model';
import { checkTypes } from './bind';
import { scratch, wordCount } from './brokenRows';
import { conclude } from './conclude';
import { countFilters, findMetrics, findQueries, findReferences, findRows, findSets } from './finders';
import { prepare } from './prepare';
import type { Evaluation, EvaluationRequest, Slip, EvaluationTask } from './evaluation';

/**
 * Evaluates the rules on the rows of the relation. A rule that cannot be evaluated gets the status "error" with
 * its reason; the others go on.
 * @throws PipelineError CONFIG_INVALID (a column type that is none), CANCELLED, DISK_FULL, PERMISSION, PARQUET_INVALID
 */
export async function evaluateRules(request: EvaluationRequest): Promise<Evaluation> {
  const { connection, table, config, signal } = request;
  const rules = request.rules.filter((rule) => rule.table === table.name);
  const type = await checkTypes(connection, table.columns);
  if (type !== null)
    throw new PipelineError('CONFIG_INVALID', `Table ${table.name}: ${type.message}`, type.remedy, {
      where: table.location,
    });
  const slips: Slip[] = [];
  for (const [index, rule] of rules.entries()) {
    const prepared = await prepare(connection, rule, table, config);
    slips.push({
      rule,
      index,
      seconds: 0,
      evaluated: 0,
      failing: 0,
      canReject: true,
      samples: [],
      ...(prepared.refused === undefined
        ? { kind: prepared.kind, shown: prepared.shown, outcome: undefined }
        : {
            kind: undefined,
            shown: [],
            outcome: prepared.refused.status,
            message: prepared.refused.message,
          }),
    });
  }
  const temporary = scratch(connection, `${request.relation}_broken`, signal);
  const work: EvaluationTask = {
    request,
    slips,
    words: wordCount(slips.length),
    relation: quoteIdentifier(request.relation),
    create: temporary.create,
    parts: [],
  };
  const steps = [countFilters, findRows, findReferences, findSets, findQueries, findMetrics];
  try {
    let total = 0;
    for (const [i, step] of steps.entries()) {
      request.progress((100 * i) / (steps.length + 2));
      const counted = await step(work);
      if (typeof counted === 'number') total = counted;
    }
    request.progress((100 * steps.length) / (steps.length + 2));
    return await conclude(work, total);
  } finally {
    await temporary.drop();
    request.progress(100);
  }
}
