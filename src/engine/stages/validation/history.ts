// What rules may look at besides the gold of their own table and date: other tables' gold, and earlier reports.
import { quotePath, shellWord } from '../../base';
import type { Lake, ObservedValues } from '../../lake';
import { type DateKey, PipelineError, addDays, ownValue } from '../../model';
import type { OtherTables, RuleHistory } from '../../rules';
import { observedOn } from '../lookedAt';

/**
 * Gold of another table as a FROM source: of the same date, or the latest up to this date. Undefined where
 * none is published.
 */
export function otherTables(lake: Lake, date: DateKey): OtherTables {
  return (table, at) => {
    const dates =
      at === 'same'
        ? [date]
        : lake
            .dates('gold')
            .filter((d) => d <= date)
            .reverse();
    const found = dates.find((d) => lake.published('gold', d, table) !== undefined);
    if (found === undefined) return Promise.resolve(undefined);
    // An older one in its place would give a verdict that nobody asked for.
    if (lake.manifest('gold', found, table) === undefined)
      return Promise.reject(
        new PipelineError(
          'NOT_FOUND',
          `Gold of ${table}, ${found}, is missing or not as it was published.`,
          `Run m7 run --date ${found} --table ${shellWord(table)} --force: this makes it again.`,
          { where: { file: lake.goldFile(found, table) } },
        ),
      );
    return Promise.resolve(`read_parquet(${quotePath(lake.goldFile(found, table))})`);
  };
}

/** What a rule observed on earlier dates, ascending, as their validations tell. */
export function ruleHistory(lake: Lake, table: string, date: DateKey): RuleHistory {
  // What was observed on a date serves all rules of the table: each is read once.
  const read = new Map<DateKey, ObservedValues | undefined>();
  const observed = (day: DateKey): ObservedValues | undefined => {
    if (!read.has(day)) read.set(day, observedOn(lake, table, day));
    return read.get(day);
  };
  return (ruleId, daysBack) => {
    const found: { date: DateKey; value: number; rows: number }[] = [];
    for (let back = daysBack; back >= 1; back -= 1) {
      const day = addDays(date, -back);
      const seen = observed(day);
      const value = seen && ownValue(seen.values, ruleId);
      if (seen !== undefined && value !== undefined) found.push({ date: day, value, rows: seen.rows });
    }
    return Promise.resolve(found);
  };
}
