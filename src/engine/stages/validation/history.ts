// What rules may look at besides the gold of their own table and date: other tables' gold, and earlier reports.
import { readFile } from 'node:fs/promises';
import { codeOf, quotePath } from '../../base';
import type { Lake } from '../../lake';
import type { DateKey, Report } from '../../model';
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
  const reports = new Map<DateKey, Promise<Report | undefined>>();
  return async (ruleId, daysBack) => {
    const found: { date: DateKey; value: number; rows: number }[] = [];
    for (let back = daysBack; back >= 1; back -= 1) {
      const day = daysBefore(date, back);
      const report = reports.get(day) ?? readReport(lake.reportFile(day, table));
      reports.set(day, report);
      const read = await report;
      const value = read?.findings.find((f) => f.id === ruleId)?.observed;
      if (read !== undefined && typeof value === 'number')
        found.push({ date: day, value, rows: read.rows.gold });
    }
    return found;
  };
}

/** A report from disk; undefined where there is none, or one that is none: it is then made anew or not counted. */
export async function readReport(path: string): Promise<Report | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Report> | null;
    return Array.isArray(value?.findings) && value.rows !== undefined ? (value as Report) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR')
      return undefined;
    throw error;
  }
}

function daysBefore(date: DateKey, days: number): DateKey {
  const day = new Date(
    Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)) - days),
  );
  return day.toISOString().slice(0, 10).replaceAll('-', '');
}
