// Words that the renderings of an alert share.
import { isoDate } from '../../model';
import { plural, ruleLine } from '../../report';
import type { AlertContent, AlertDate, AlertFinding } from './content';

/** "and 3 more rules", or nothing. */
export function moreText(count: number, one: string): string {
  return count === 0 ? '' : `and ${plural(count, `more ${one}`)}`;
}

/** "812 of 12,345 (6.58%), limit 1%"; a rule that could not run has neither. */
export function outcomeText({ result, limit }: AlertFinding): string {
  return [result, limit === '' ? '' : `limit ${limit}`].filter((part) => part !== '').join(', ');
}

/** "range of seconds, line 7 of validation_rules.json"; a technical check has no line there. */
export function ruleText(finding: AlertFinding): string {
  const { rule, columns } = finding;
  const line = ruleLine(finding);
  const what = columns.length === 0 ? rule : `${rule} of ${columns.join(', ')}`;
  return line === undefined ? what : `${what}, line ${line} of validation_rules.json`;
}

/** "2024-11-16 06:12:33 UTC". */
export function timeText(time: string): string {
  return time.replace(/^(\S{10})T(\d\d:\d\d:\d\d).*$/, '$1 $2 UTC');
}

/** The title above the failed steps. */
export function stepsText(date: AlertDate): string {
  return date.failures.length + date.more_failures === 1 ? 'A step failed' : 'Steps failed';
}

/** "Recovered: 2024-11-15, 2024-11-16." */
export function recoveredText({ recovered }: Pick<AlertContent, 'recovered'>): string {
  const names = recovered.map((one) => (one === 'run' ? 'runs can start again' : isoDate(one)));
  return names.length === 0 ? '' : `Recovered: ${names.join(', ')}.`;
}
