// What rules may look at besides the gold of their own table and date: other tables' gold, and earlier reports.
import { quotePath } from '../../base';
import type { Lake } from '../../lake';
import { type DateKey, addDays } from '../../model';
import { readObservations } from '../../report';
import type { OtherTables, RuleHistory } from '../../rules';

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
    const found = dates.find((d) => lake.manifest('gold', d, table) !== undefined);
    return Promise.resolve(
      found === undefined ? undefined : `read_parquet(${quotePath(lake.goldFile(found, table))})`,
    );
  };
}

/** What a rule observed on earlier dates, ascending, as their reports tell. */
export function ruleHistory(lake: Lake, table: string, date: DateKey): RuleHistory {
  // Reports of a date serve all rules of the table: each is read once.
  const reports = new Map<DateKey, ReturnType<typeof readObservations>>();
  const observationsOf = (day: DateKey): ReturnType<typeof readObservations> => {
    if (!reports.has(day)) reports.set(day, readObservations({ lake }, day, table));
    return reports.get(day);
  };
  return (ruleId, daysBack) => {
    const found: { date: DateKey; value: number; rows: number }[] = [];
    for (let back = daysBack; back >= 1; back -= 1) {
      const day = addDays(date, -back);
      const read = observationsOf(day);
      const value = read?.findings.find((f) => f.id === ruleId)?.observed;
      if (read !== undefined && typeof value === 'number')
        found.push({ date: day, value, rows: read.rows.gold });
    }
    return Promise.resolve(found);
  };
}
