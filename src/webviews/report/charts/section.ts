// The section of charts: failing rates and rows over dates, rejected rows by reason and brand.
import type { RejectCount, TrendPoint } from '../../../shared/reportApi';
import { isoDate } from '../../../shared/dates';
import { formatCount, formatPercent } from '../../../shared/words';
import { element, foreign, svg, type Child } from '../dom';
import { oneLine } from '../text';
import { reasonSubjects } from '../model';
import { newId, section, table, type Page } from '../page';
import { leadIcons } from '../lead';
import { barChart, PATTERNS, patternDefinitions, withTools } from './bars';
import { frame } from './frame';
import { lineChart } from './lines';
import { shapePath } from './points';
import {
  rateSummary,
  rejectBars,
  rejectSummary,
  rowsSummary,
  ruleTrends,
  spanWords,
  tableTrends,
  worstRules,
  type RejectBar,
  type RejectBars,
  type RuleTrend,
  type Series,
  type TableTrend,
} from './series';
import { DASHES, SHAPES } from './walk';

const WORST = 5;
const MOST_BARS = 15;
/** Rules offered by name; more are found by the filter of the findings. */
const MOST_CHOICES = 500;

export function charts(page: Page): HTMLElement | undefined {
  const { trend } = page.snapshot;
  const rejects = rejectsFigure(page);
  if (trend === null || trend.length === 0)
    return rejects === undefined ? undefined : section('charts', 'Rejects', rejects);
  const rules = ruleTrends(trend);
  return section(
    'charts',
    'Trend',
    element('p', { class: 'muted' }, `Dates with reports: ${spanWords(trend)}.`),
    ratesFigure(page, trend, rules),
    rowsFigure(page, trend),
    rejects,
  );
}

// ---- failing rates -------------------------------------------------------------------------------

function ratesFigure(page: Page, trend: readonly TrendPoint[], rules: readonly RuleTrend[]): HTMLElement {
  const holder = element('div', { class: 'figures' });
  const picked = (): readonly RuleTrend[] => {
    const { rule } = page.state;
    const one = rule === null ? undefined : rules.find((r) => r.table === rule[0] && r.rule === rule[1]);
    return one === undefined ? worstRules(rules, WORST) : [one];
  };
  const select = element(
    'select',
    { 'data-key': 'trend-rule' },
    element('option', { value: '' }, `the ${WORST} worst rules`),
    ...rules.slice(0, MOST_CHOICES).map((rule) => element('option', { value: rule.key }, oneLine(rule.name))),
  );
  const [current] = picked();
  select.value = page.state.rule === null ? '' : (current?.key ?? '');
  const draw = (): void => {
    const series = picked();
    const legend = series.length > 0 ? lineLegend(series) : undefined;
    holder.replaceChildren(
      series.length === 0
        ? element('p', { class: 'empty' }, 'No rule had failing rows on these dates.')
        : frame(page, {
            key: 'chart-rates',
            title: 'Failing rows by rule',
            tools: [legend],
            draw: (width) =>
              lineChart({
                width,
                height: 240,
                series,
                format: formatPercent,
                whole: false,
                summary: rateSummary(series, trend),
              }),
            table: () => seriesTable('Failing rows in percent', series, formatPercent),
          }),
    );
  };
  select.addEventListener('change', () => {
    const rule = rules.find((one) => one.key === select.value);
    page.keep({ ...page.state, rule: rule === undefined ? null : [rule.table, rule.rule] });
    draw();
  });
  draw();
  return element(
    'div',
    { class: 'chart-block' },
    element('label', { class: 'choice' }, element('span', {}, 'Rule'), select),
    holder,
  );
}

function lineLegend(series: readonly Series[]): HTMLElement {
  return element(
    'ul',
    { class: 'legend' },
    ...series.map((one, i) =>
      element(
        'li',
        {},
        svg(
          'svg',
          { class: 'key', width: 34, height: 14, 'aria-hidden': 'true', focusable: 'false' },
          svg('path', {
            class: `line series-${i}`,
            d: 'M1 7H33',
            'stroke-dasharray': DASHES[i % DASHES.length] ?? 'none',
          }),
          svg(
            'g',
            { class: `point series-${i}` },
            svg('path', { class: 'shape', d: shapePath(SHAPES[i % SHAPES.length] ?? 'circle', 17, 7) }),
          ),
        ),
        foreign(one.name),
      ),
    ),
  );
}

function seriesTable(
  caption: string,
  series: readonly Series[],
  format: (value: number) => string,
): HTMLElement {
  const dates = series[0]?.marks ?? [];
  return table(
    caption,
    [{ title: 'Date' }, ...series.map((one) => ({ title: foreign(one.name), number: true }))],
    dates
      .map((mark, i) => [
        isoDate(mark.date),
        ...series.map((one) => {
          const value = one.marks[i]?.value ?? null;
          return value === null ? '–' : format(value);
        }),
      ])
      .reverse(),
  ).region;
}

// ---- rows ----------------------------------------------------------------------------------------

function rowsFigure(page: Page, trend: readonly TrendPoint[]): HTMLElement {
  const all = tableTrends(trend);
  const small = (one: TableTrend, width: number): HTMLElement =>
    element(
      'div',
      { class: 'small' },
      element('h4', {}, foreign(one.table)),
      lineChart({
        width,
        height: 150,
        series: [{ key: 'gold', name: 'gold', marks: one.gold }],
        bars: { key: 'rejected', name: 'rejected', marks: one.rejected },
        format: formatCount,
        whole: true,
        summary: rowsSummary(one, trend),
      }),
    );
  return frame(page, {
    key: 'chart-rows',
    title: 'Rows of gold (line) and rejected rows (bars) by table',
    draw: (width) => {
      const columns = Math.max(1, Math.floor(width / 320));
      const each = Math.floor(width / columns) - 16;
      return element('div', { class: 'smalls' }, ...all.map((one) => small(one, each)));
    },
    table: () =>
      seriesTable(
        'Rows of gold and rejected rows by table',
        all.flatMap((one) => [
          { key: `${one.table} gold`, name: `${one.table} gold`, marks: one.gold },
          { key: `${one.table} rejected`, name: `${one.table} rejected`, marks: one.rejected },
        ]),
        formatCount,
      ),
  });
}

// ---- rejects -------------------------------------------------------------------------------------

/** Counted from the files themselves: what cannot be had at once is drawn when it has come. */
function rejectsFigure(page: Page): HTMLElement | undefined {
  if (page.snapshot.document.rejects.length === 0) return undefined;
  const holder = element(
    'div',
    { class: 'chart-block' },
    element('p', { class: 'muted' }, 'Counting rejected rows…'),
  );
  const count = (): void => {
    void page.ask(page.host.call('rejects', {})).then((counts) => {
      if (counts !== undefined) {
        holder.replaceChildren(rejectsOf(page, counts));
        return;
      }
      const again = element('button', { type: 'button', class: 'action' }, 'Count again');
      again.addEventListener('click', count);
      holder.replaceChildren(element('p', {}, 'The rejected rows could not be counted. '), again);
    });
  };
  count();
  return holder;
}

function rejectsOf(page: Page, counts: readonly RejectCount[]): HTMLElement {
  const data = rejectBars(counts, MOST_BARS);
  const patterns = newId();
  return frame(page, {
    key: 'chart-rejects',
    title: 'Rejected rows by reason and brand',
    tools: [brandLegend(data), ...note(data)],
    draw: (width) =>
      withTools(
        barChart(data, width, rejectSummary(data), patterns),
        data.bars.map((bar) => reasonLeads(page, bar)),
      ),
    table: () =>
      table(
        'Rejected rows by reason and brand',
        [
          { title: 'Reason' },
          { title: 'Table' },
          ...data.brands.map((brand) => ({ title: foreign(brand), number: true })),
          { title: 'All', number: true },
        ],
        rejectBars(counts, Infinity).bars.map((bar) => [
          [foreign(bar.name), ...reasonLeads(page, bar)],
          [foreign(bar.table)],
          ...bar.parts.map((rows) => (rows === 0 ? '' : formatCount(rows))),
          formatCount(bar.total),
        ]),
      ).region,
  });
}

function reasonLeads(page: Page, { key, name, table, reason }: RejectBar): readonly HTMLElement[] {
  return leadIcons(page, {
    key: `reason-${key}`,
    about: `${table}, ${name}`,
    ...reasonSubjects(table, reason),
  });
}

function note(data: RejectBars): readonly Child[] {
  const more =
    data.others.reasons === 0
      ? ''
      : ` ${formatCount(data.others.reasons)} further reasons with ${formatCount(data.others.rows)} rows are in the table.`;
  return [element('p', { class: 'muted' }, `A row that breaks two rules counts for both.${more}`)];
}

function brandLegend(data: RejectBars): HTMLElement {
  const prefix = newId();
  return element(
    'ul',
    { class: 'legend' },
    ...data.brands.map((brand, i) =>
      element(
        'li',
        {},
        svg(
          'svg',
          { class: 'key', width: 22, height: 14, 'aria-hidden': 'true', focusable: 'false' },
          i === 0 ? patternDefinitions(prefix) : undefined,
          svg('rect', { class: 'part', width: 22, height: 14, fill: `url(#${prefix}-${i % PATTERNS})` }),
        ),
        foreign(brand),
      ),
    ),
  );
}
