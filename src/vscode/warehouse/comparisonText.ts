// A comparison of gold with the warehouse as a Markdown document.
import * as vscode from 'vscode';
import type { ComparisonVerdict, ReconcileResult, TableComparison } from '../../shared/warehouseApi';
import { clock, count, day, tables } from '../words';
import { markdownText } from '../../shared/words';

/** A list of figures beyond this many is cut: a table of hundreds of columns stays readable. */
const MOST_FIGURES = 40;

/** @param at ISO 8601: when it was compared. */
export function comparisonText({ warehouse, tables: found, different }: ReconcileResult, at: string): string {
  const place =
    warehouse.kind === 'embedded'
      ? vscode.l10n.t('the embedded warehouse, {0}', warehouse.place)
      : vscode.l10n.t('Snowflake, {0}', warehouse.place);
  const days = [...new Set(found.map((one) => one.date))].map(day).join(', ');
  const verdict =
    found.length === 0
      ? vscode.l10n.t('There is nothing to compare: neither gold nor the warehouse has data.')
      : different === 0
        ? vscode.l10n.t('Gold and the warehouse agree: {0}.', tables(found.length))
        : vscode.l10n.t('Gold and the warehouse differ: {0} of {1}.', count(different), tables(found.length));
  return [
    `# ${markdownText(vscode.l10n.t('Gold and the warehouse, {0}', days))}`,
    '',
    `**${markdownText(verdict)}**`,
    '',
    markdownText(vscode.l10n.t('Compared {0} with {1}.', clock(at), place)),
    '',
    ...(found.length === 0 ? [] : [...overview(found), '']),
    ...found.filter((one) => one.verdict !== 'same').flatMap(section),
  ].join('\n');
}

function overview(found: readonly TableComparison[]): readonly string[] {
  const figure = (n: number | null | undefined): string => (n === null || n === undefined ? '–' : count(n));
  const dated = new Set(found.map((one) => one.date)).size > 1;
  return table(
    [
      ...(dated ? [vscode.l10n.t('Date')] : []),
      vscode.l10n.t('Table'),
      // Before the figures: a narrow page cuts what stands to the right.
      vscode.l10n.t('Result'),
      vscode.l10n.t('Gold'),
      vscode.l10n.t('Accepted'),
      vscode.l10n.t('Loaded'),
      vscode.l10n.t('In the warehouse'),
    ],
    found.map((one) => [
      ...(dated ? [day(one.date)] : []),
      one.table,
      `${verdictText(one.verdict)}${one.compared === 'count' ? ` (${vscode.l10n.t('row count only')})` : ''}`,
      figure(one.gold?.rows),
      figure(one.gold?.accepted),
      figure(one.load?.rows),
      figure(one.warehouse?.rows),
    ]),
    dated ? 3 : 2,
  );
}

function section(one: TableComparison): readonly string[] {
  const more = one.differences.length - MOST_FIGURES;
  return [
    `## ${markdownText(`${one.table}, ${day(one.date)}: ${verdictText(one.verdict)}`)}`,
    '',
    markdownText(one.explanation),
    '',
    ...(one.remedy === undefined ? [] : [markdownText(one.remedy), '']),
    ...(one.differences.length === 0
      ? []
      : [
          ...table(
            [
              vscode.l10n.t('Column'),
              vscode.l10n.t('Figure'),
              vscode.l10n.t('Gold'),
              vscode.l10n.t('In the warehouse'),
            ],
            one.differences
              .slice(0, MOST_FIGURES)
              .map((d) => [d.column ?? '', d.figure, d.gold ?? 'NULL', d.warehouse ?? 'NULL']),
            2,
          ),
          '',
        ]),
    ...(more > 0 ? [markdownText(vscode.l10n.t('and {0} more figures', count(more))), ''] : []),
  ];
}

/** @param words columns from the left that hold words; figures stand to the right. */
function table(heads: readonly string[], lines: readonly (readonly string[])[], words: number): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
  return [
    row(heads),
    `|${heads.map((_, i) => (i < words ? ' --- |' : ' ---: |')).join('')}`,
    ...lines.map(row),
  ];
}

/** What became of a table, in a word or two. */
function verdictText(verdict: ComparisonVerdict): string {
  switch (verdict) {
    case 'same':
      return vscode.l10n.t('the same');
    case 'not_loaded':
      return vscode.l10n.t('not loaded');
    case 'older':
      return vscode.l10n.t('older gold');
    case 'changed':
      return vscode.l10n.t('changed in the warehouse');
    case 'unaccounted':
      return vscode.l10n.t('rows from no known load');
    case 'gold_gone':
      return vscode.l10n.t('gold removed');
    default:
      return verdict satisfies never;
  }
}
