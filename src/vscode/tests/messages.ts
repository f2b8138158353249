// What became of a rule or case, as the Test Explorer shows it: a state, and a message a reader can act on.
import * as vscode from 'vscode';
import { ownValue } from '../../shared/defined';
import type { CaseDifference } from '../../shared/caseApi';
import type { Finding } from '../../shared/testsApi';
import {
  formatPercent,
  inert,
  markdownText as plain,
  printableLines,
  sampleColumns,
  samplePlace,
  valueText,
} from '../../shared/words';
import { commandLink, markdownWith } from '../shown/markdown';
import { plainResult } from '../editing/results';
import { count, day, duration, rows } from '../words';

/** Command of the links in messages; never in the palette. */
export const SHOW_ROWS = 'm7.showTestRows';
const SHOW_REPORT = 'm7.showReport';

/** What the link to failing rows hands over. */
export interface RowsTarget {
  readonly table: string;
  readonly rule: string;
  readonly date: string;
}

/** The state that an item of the Test Explorer gets. */
export type TestState =
  | { readonly kind: 'passed' | 'skipped' }
  /** Passed with a warning, in words. */
  | { readonly kind: 'noted'; readonly note: string }
  | { readonly kind: 'failed' | 'errored'; readonly message: vscode.TestMessage };

const LONGEST_CELL = 60;

/**
 * The state of a finding, as the JUnit report of a run has it: failed is what fails its table. Where a rule only warns
 * the date is loaded, so its test passes; that somebody should look is said beside it.
 */
export function testStateOf(finding: Finding, table: string, date: string, item: vscode.TestItem): TestState {
  switch (finding.status) {
    case 'passed':
      return { kind: 'passed' };
    case 'warned':
      return { kind: 'noted', note: headlineOf(finding) };
    case 'skipped':
      return { kind: 'skipped' };
    case 'error':
      return { kind: 'errored', message: at(item, textMessage(plainResult(finding))) };
    case 'failed':
      return { kind: 'failed', message: at(item, failure(finding, table, date)) };
    default:
      return finding.status satisfies never;
  }
}

/** Does the limit of a finding stand in its rule? ERROR_THRESHOLD is for all of them. */
function hasOwnLimit({ limit, rule }: Finding): boolean {
  return limit !== undefined && !limit.includes('THRESHOLD') && !rule.startsWith('technical.');
}

/** Are its failing rows within its limit, which is a percentage or a number of rows? */
function isWithin({ limit = '', failing, evaluated }: Finding): boolean {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(%| rows?)/.exec(limit) ?? [];
  if (number === undefined) return false;
  return unit === '%' ? failing * 100 <= Number(number) * evaluated : failing <= Number(number);
}

/** A message at the first line of its item: where a rule is long, its end is far away. */
export function at(item: vscode.TestItem, message: vscode.TestMessage): vscode.TestMessage {
  if (item.uri !== undefined) {
    const start = item.range?.start ?? new vscode.Position(0, 0);
    message.location = new vscode.Location(item.uri, start);
  }
  return message;
}

function failure(finding: Finding, table: string, date: string): vscode.TestMessage {
  const { observed, limit } = finding;
  const headline = headlineOf(finding);
  if (observed !== undefined && limit !== undefined)
    return diffMessage(
      [`${headline} · ${day(date)}`, ...(finding.description ? [finding.description] : [])].join('\n'),
      limit,
      plainResult(finding),
    );
  const target: RowsTarget = { table, rule: finding.id, date };
  const links = [
    ...(finding.failing > 0 && !finding.rule.startsWith('technical.')
      ? [commandLink(vscode.l10n.t('Show the failing rows'), SHOW_ROWS, target)]
      : []),
    commandLink(vscode.l10n.t('Open the report of {0}', day(date)), SHOW_REPORT, target),
  ];
  const text = [
    `${plain(headline)}\n\n`,
    ...(finding.description ? [`${plain(finding.description)}\n\n`] : []),
    factsOf(finding, date),
    samplesOf(finding),
    links.join(' · '),
  ];
  return new vscode.TestMessage(markdownWith([SHOW_ROWS, SHOW_REPORT], text.join('')));
}

/** "Warning: 4 of 82 rows fail (4.9%), within 5%". The line beside the rule shows nothing else. */
function headlineOf(finding: Finding): string {
  const { limit, status } = finding;
  const result = plainResult(finding);
  const words =
    limit === undefined
      ? result
      : isWithin(finding)
        ? vscode.l10n.t('{0}, within {1}', result, limit)
        : vscode.l10n.t('{0}; limit {1}', result, limit);
  return status === 'warned' ? vscode.l10n.t('Warning: {0}', words) : words;
}

function factsOf(finding: Finding, date: string): string {
  const { limit } = finding;
  const facts: readonly (readonly [string, string])[] = [
    [
      vscode.l10n.t('Expected'),
      limit !== undefined && hasOwnLimit(finding)
        ? vscode.l10n.t('at most {0} failing rows', limit)
        : vscode.l10n.t('no failing rows'),
    ],
    [
      vscode.l10n.t('Found'),
      vscode.l10n.t('{0} failing ({1})', rows(finding.failing), formatPercent(finding.failing_pct)),
    ],
    [vscode.l10n.t('Evaluated'), vscode.l10n.t('{0} of {1}', rows(finding.evaluated), day(date))],
  ];
  return [...facts.map(([name, value]) => `- ${plain(name)}: ${plain(value)}`), '', ''].join('\n');
}

/** The first failing rows as a table, each with the record it came from. */
function samplesOf({ samples, failing }: Finding): string {
  if (samples.length === 0) return '';
  const columns = sampleColumns(samples);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    plain(vscode.l10n.t('The first {0} of {1} failing:', count(samples.length), rows(failing))),
    '',
    line([...columns.map(cell), plain(vscode.l10n.t('Record'))]),
    line(Array.from({ length: columns.length + 1 }, () => '---')),
    ...samples.map((sample) =>
      line([
        ...columns.map((name) => cell(valueText(ownValue(sample.values, name)))),
        cell(samplePlace(sample)),
      ]),
    ),
    '',
    '',
  ].join('\n');
}

function cell(text: string): string {
  const short = text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
  return plain(short);
}

/** A case that came out differently: what was expected beside what was found. */
export function differencesMessage(differences: readonly CaseDifference[]): vscode.TestMessage {
  const lines = (side: 'expected' | 'found'): string =>
    differences.map((one) => `${one.what}: ${one[side]}`).join('\n');
  const [first, ...more] = differences;
  const headline = first === undefined ? '' : `${first.what}: ${first.found} ≠ ${first.expected}`;
  return diffMessage(
    more.length === 0 ? headline : vscode.l10n.t('{0}, and {1} more', headline, count(more.length)),
    lines('expected'),
    lines('found'),
  );
}

/** A message in words. */
export function textMessage(words: string): vscode.TestMessage {
  return new vscode.TestMessage(inert(words));
}

function diffMessage(words: string, expected: string, found: string): vscode.TestMessage {
  return vscode.TestMessage.diff(inert(words), printableLines(expected), printableLines(found));
}

/** A line of output: what came of a rule, in words. Rules that are counted together take no time of their own. */
export function outputLine({ id, status, limit, seconds, ...finding }: Finding): string {
  const limited = limit === undefined ? '' : ` (${vscode.l10n.t('limit {0}', limit)})`;
  const time = seconds < 0.01 ? '' : ` · ${duration(seconds)}`;
  return `  ${status.padEnd(8)}${id}: ${plainResult({ status, ...finding })}${limited}${time}`;
}
