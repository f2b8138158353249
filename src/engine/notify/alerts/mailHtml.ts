// The mail as HTML: tables and inline styles, for Outlook knows little else; dark where the reader's screen is; nothing remote.
import { isoDate } from '../../model';
import { escapeHtml, formatCount, plural } from '../../report';
import type { AlertContent, AlertDate, AlertError, AlertFinding, AlertTable } from './content';
import { moreText, outcomeText, recoveredText, ruleText, stepsText, timeText } from './alertWords';

type MailHtml = string;

const FONT = "font-family:'Segoe UI',-apple-system,BlinkMacSystemFont,Roboto,Helvetica,Arial,sans-serif";
const MONO = "font-family:Consolas,'SF Mono',Menlo,'Courier New',monospace";
const BREAK = 'word-break:break-word;overflow-wrap:anywhere';

/** Colours of the light look; the dark one overrides them by class where a reader knows `prefers-color-scheme`. */
const INK = {
  text: '#1f2328',
  muted: '#59636e',
  page: '#f3f4f6',
  card: '#ffffff',
  line: '#d8dde3',
  bad: '#b42318',
  warn: '#8a5a00',
  good: '#1a7f37',
  neutral: '#3f4752',
  code: '#f0f2f5',
} as const;

const DARK = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:#16181c!important}.card{background:#202329!important;border-color:#3a3f47!important}
.t{color:#e6e8eb!important}.m{color:#a3abb5!important}.l{border-color:#3a3f47!important}
.bad{color:#ff8b80!important}.warn{color:#f0b849!important}.good{color:#5fd07f!important}
.code{background:#2a2e35!important;color:#e6e8eb!important}
}
@media (max-width:520px){.pad{padding-left:14px!important;padding-right:14px!important}.num{padding-left:5px!important;font-size:12px!important}.h1{font-size:19px!important}}
`;

/** The whole document; every text in it is escaped. */
export function renderMailHtml(content: AlertContent): string {
  const body = [
    `<p class="t h1" style="margin:0;font-size:22px;line-height:1.3;font-weight:600;color:${INK.text};${BREAK}">${escapeHtml(content.headline)}</p>`,
    ...(content.stopped === undefined
      ? []
      : [`<p style="margin:0;font-size:10px;line-height:12px">&nbsp;</p>${errorBlock(content.stopped)}`]),
    ...content.dates.map(dateBlock),
    ...(content.more_dates.length === 0 ? [] : [furtherDates(content)]),
    // Where nothing else is told, it is the first line already.
    ...(content.recovered.length === 0 || content.kind === 'recovered'
      ? []
      : [
          `<p class="good" style="margin:20px 0 0;font-size:16px;font-weight:600;color:${INK.good}">${escapeHtml(recoveredText(content))}</p>`,
        ]),
    ...(content.commands.length === 0 ? [] : [commandsBlock(content.commands)]),
  ].join('\n');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    '<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">',
    `<title>${escapeHtml(content.subject)}</title>`,
    `<style>${DARK}</style>`,
    '</head>',
    `<body class="page" style="margin:0;padding:0;background:${INK.page};-webkit-text-size-adjust:100%">`,
    `<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="${INK.page}" style="background:${INK.page}"><tr><td align="center" style="padding:16px 8px">`,
    '<!--[if mso]><table role="presentation" width="680" cellpadding="0" cellspacing="0"><tr><td><![endif]-->',
    `<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="${INK.card}" style="max-width:680px;table-layout:fixed;background:${INK.card};border:1px solid ${INK.line}">`,
    `<tr><td height="6" bgcolor="${stripe(content)}" style="height:6px;line-height:6px;font-size:0;background:${stripe(content)}">&nbsp;</td></tr>`,
    `<tr><td class="pad t" align="left" style="padding:22px 26px 24px;${FONT};font-size:14px;line-height:1.5;color:${INK.text};text-align:left">`,
    body,
    '</td></tr>',
    `<tr><td class="pad m l" align="left" style="padding:14px 26px 18px;border-top:1px solid ${INK.line};${FONT};font-size:12px;line-height:1.6;color:${INK.muted};${BREAK}">${footer(content)}</td></tr>`,
    '</table>',
    '<!--[if mso]></td></tr></table><![endif]-->',
    '</td></tr></table>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function stripe(content: AlertContent): string {
  switch (content.kind) {
    case 'stopped':
      return INK.bad;
    case 'trouble':
      return content.dates.some((d) => d.status === 'failed') ? INK.bad : '#d29922';
    case 'recovered':
      return INK.good;
    case 'test':
      return INK.neutral;
    default:
      return content.kind satisfies never;
  }
}

function footer(content: AlertContent): MailHtml {
  const parts = [
    ...(content.run_id === '' ? [] : [`Run ${content.run_id}`]),
    `Host ${content.host}`,
    `Workspace ${content.workspace}`,
    timeText(content.time),
    'M7 Pipeline',
  ];
  return parts.map(escapeHtml).join('<br>');
}

const heading = (title: string): MailHtml =>
  `<p class="m" style="margin:20px 0 6px;font-size:12px;font-weight:600;letter-spacing:.04em;text-transform:uppercase;color:${INK.muted}">${escapeHtml(title)}</p>`;

const more = (text: string): MailHtml =>
  text === ''
    ? ''
    : `<p class="m" style="margin:6px 0 0;font-size:13px;color:${INK.muted}">${escapeHtml(text)}</p>`;

/** A title with what stands under it; nothing without content. */
function part(title: string, blocks: readonly MailHtml[], rest: string): MailHtml {
  return blocks.length === 0 ? '' : `${heading(title)}${blocks.join('\n')}${more(rest)}`;
}

function dateBlock(date: AlertDate): MailHtml {
  return [
    `<p class="t" style="margin:26px 0 0;font-size:18px;line-height:1.3;font-weight:600;color:${INK.text}">${isoDate(date.date)}</p>`,
    `<p class="${date.status === 'failed' ? 'bad' : 'warn'}" style="margin:2px 0 0;color:${date.status === 'failed' ? INK.bad : INK.warn}">${escapeHtml(date.verdict)}</p>`,
    part(
      stepsText(date),
      date.failures.map((failure) => errorBlock(failure, failure.step)),
      moreText(date.more_failures, 'step'),
    ),
    part('Rules', date.findings.map(findingBlock), moreText(date.more_findings, 'rule')),
    part('Tables', tables(date.tables), moreText(date.more_tables, 'table')),
    part('Missing files', missing(date), moreText(date.more_missing, 'file')),
    part(
      'Ignored files',
      date.refused.map(
        ({ path, reason }) =>
          `<p style="margin:0 0 6px;${BREAK}"><b>${escapeHtml(path)}</b><br>${escapeHtml(reason)}</p>`,
      ),
      moreText(date.more_refused, 'file'),
    ),
  ].join('\n');
}

function errorBlock(error: AlertError, step?: string): MailHtml {
  const place =
    error.place === undefined
      ? ''
      : `<br><span class="m" style="color:${INK.muted}">${escapeHtml(error.place)}</span>`;
  return box(
    [
      step === undefined ? '' : `<b>${escapeHtml(step)}</b><br>`,
      `${escapeHtml(error.message)} <span class="m" style="color:${INK.muted}">(${escapeHtml(error.code)})</span>${place}`,
      `<br>${escapeHtml(error.remedy)}`,
    ].join(''),
    INK.bad,
  );
}

/** A block with a coloured edge; a table, for Outlook has no border of one side around a paragraph's padding. */
function box(inner: MailHtml, edge: string): MailHtml {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed;margin:0 0 10px"><tr><td width="4" bgcolor="${edge}" style="width:4px;background:${edge};font-size:0">&nbsp;</td><td class="t" style="padding:2px 0 2px 12px;${FONT};font-size:14px;line-height:1.5;color:${INK.text};${BREAK}">${inner}</td></tr></table>`;
}

function findingBlock(finding: AlertFinding): MailHtml {
  const failed = finding.status === 'failed' || finding.status === 'error';
  const muted = (text: string): MailHtml =>
    `<span class="m" style="font-size:13px;color:${INK.muted}">${escapeHtml(text)}</span>`;
  return box(
    [
      `<b>${escapeHtml(finding.table)}</b> ${escapeHtml(finding.id)} ${badge(finding.status)}`,
      escapeHtml(outcomeText(finding)),
      ...(finding.text === '' ? [] : [escapeHtml(finding.text)]),
      muted(ruleText(finding)),
    ]
      .filter((line) => line !== '')
      .join('<br>') + samples(finding),
    failed ? INK.bad : '#d29922',
  );
}

function badge(status: AlertFinding['status'] | AlertTable['status']): MailHtml {
  const [name, colour] =
    status === 'failed' || status === 'error'
      ? ['bad', INK.bad]
      : status === 'warned'
        ? ['warn', INK.warn]
        : status === 'passed'
          ? ['good', INK.good]
          : ['m', INK.muted];
  return `<span class="${name}" style="font-weight:600;color:${colour}">${escapeHtml(status)}</span>`;
}

/** One failing row under the other, its values as name and value: a wide table would leave a telephone's screen. */
function samples(finding: AlertFinding): MailHtml {
  if (finding.samples.length === 0) return '';
  const rows = finding.samples.map(({ place, values }) => {
    const pairs = finding.sample_columns.map(
      (name, i) =>
        `<span class="m" style="color:${INK.muted}">${escapeHtml(name)}</span>&nbsp;<bdi>${escapeHtml(values[i] ?? '')}</bdi>`,
    );
    const where =
      place === ''
        ? ''
        : `<span class="m" style="${FONT};color:${INK.muted}">${escapeHtml(place)}</span><br>`;
    return `<tr><td class="code t" bgcolor="${INK.code}" style="padding:6px 10px;background:${INK.code};${MONO};font-size:12px;line-height:1.6;color:${INK.text};${BREAK}">${where}${pairs.join(' &nbsp; ')}</td></tr><tr><td height="4" style="height:4px;line-height:4px;font-size:0">&nbsp;</td></tr>`;
  });
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed;margin:8px 0 0">${rows.join('')}</table>${finding.more_rows > 0 ? more(`and ${plural(finding.more_rows, 'more row')}`) : ''}`;
}

function tables(all: readonly AlertTable[]): MailHtml[] {
  if (all.length === 0) return [];
  const number = `padding:5px 0 5px 12px;text-align:right;white-space:nowrap`;
  const title = (text: string, style: string, extra = ''): MailHtml =>
    `<th scope="col" class="m l ${extra}" align="${style === '' ? 'left' : 'right'}" style="${style === '' ? 'padding:5px 0;text-align:left' : style};border-bottom:1px solid ${INK.line};font-size:12px;font-weight:600;color:${INK.muted}">${text}</th>`;
  const cell = (text: MailHtml): MailHtml =>
    `<td class="t l num" align="right" style="${number};border-bottom:1px solid ${INK.line};color:${INK.text}">${text}</td>`;
  const count = (rows: number | null): MailHtml => (rows === null ? '&ndash;' : formatCount(rows));
  const rows = all.map(
    (t) =>
      `<tr><td class="t l" style="padding:5px 0;border-bottom:1px solid ${INK.line};color:${INK.text};${BREAK}">${escapeHtml(t.table)}<br><span style="font-size:12px">${badge(t.status)}</span></td>${cell(count(t.landing))}${cell(count(t.accepted))}${cell(count(t.rejected))}${cell(count(t.loaded))}</tr>`,
  );
  return [
    `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;${FONT};font-size:13px;line-height:1.4"><thead><tr>${title('Table', '')}${title('In', number, 'num')}${title('Accepted', number, 'num')}${title('Rejected', number, 'num')}${title('Loaded', number, 'num')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
  ];
}

/** By table, its brands beside it: seven tables of four brands are seven lines. */
function missing(date: AlertDate): MailHtml[] {
  const byTable = new Map<string, string[]>();
  for (const { brand, table } of date.missing) byTable.set(table, [...(byTable.get(table) ?? []), brand]);
  return [...byTable].map(
    ([table, brands]) =>
      `<p style="margin:0 0 2px;${BREAK}"><b>${escapeHtml(table)}</b>&nbsp; ${escapeHtml(brands.join(', '))}</p>`,
  );
}

function furtherDates(content: AlertContent): MailHtml {
  return part(
    'Further dates',
    content.more_dates.map(
      ({ date, verdict }) =>
        `<p style="margin:0 0 2px"><b>${isoDate(date)}</b>&nbsp; ${escapeHtml(verdict)}</p>`,
    ),
    '',
  );
}

function commandsBlock(commands: readonly string[]): MailHtml {
  const rows = commands.map(
    (command) =>
      `<tr><td class="code t" bgcolor="${INK.code}" style="padding:4px 10px;background:${INK.code};${MONO};font-size:12px;line-height:1.6;color:${INK.text};${BREAK}">${escapeHtml(command)}</td></tr>`,
  );
  return `${heading('For details')}<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${rows.join('')}</table>`;
}
