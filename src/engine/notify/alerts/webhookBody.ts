// An alert as the bodies that webhooks take: our own JSON, Slack's blocks, an adaptive card for Teams.
import { isoDate } from '../../model';
import { plural, printable } from '../../report';
import type { AlertContent, AlertDate, AlertFinding } from './content';
import { moreText, outcomeText, recoveredText, timeText } from './alertWords';

/**
 * Our own shape: `{app: "m7-pipeline", version: 1, id, …}` and the fields of AlertContent as they are. `id` is the same
 * at every attempt, so that a receiver may drop what it has seen.
 */
export function jsonBody(id: string, content: AlertContent): unknown {
  return { app: 'm7-pipeline', version: 1, id, ...content };
}

/** What a chat shows of a date; the mail and the report hold the rest. */
const MOST_DATES = 5;
const MOST_LINES = 12;
const MOST_TEXT = 2_800;

/** Lines of one date, what went wrong first; `strong` marks what stands out, `plain` makes a text safe. */
function lines(
  date: AlertDate,
  strong: (text: string) => string,
  plain: (text: string) => string,
): readonly string[] {
  const all = [
    ...date.failures.map(({ step, message }) => `${strong(plain(step))}: ${plain(message)}`),
    ...date.findings.map(
      (f) => `${strong(plain(`${f.table} ${f.id}`))} ${f.status}: ${plain(findingText(f))}`,
    ),
    ...(date.missing.length === 0
      ? []
      : [
          `${strong('missing')}: ${plain(date.missing.map((m) => `${m.brand} ${m.table}`).join(', '))} ${moreText(date.more_missing, 'file')}`.trim(),
        ]),
    ...date.refused.map(({ path, reason }) => `${strong(plain(path))}: ${plain(reason)}`),
  ];
  const hidden =
    Math.max(0, all.length - MOST_LINES) + date.more_failures + date.more_findings + date.more_refused;
  return [...all.slice(0, MOST_LINES), ...(hidden === 0 ? [] : [`and ${plural(hidden, 'more finding')}`])];
}

function findingText(finding: AlertFinding): string {
  return [outcomeText(finding), finding.text].filter((part) => part !== '').join(', ');
}

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;

function footer(content: AlertContent): string {
  return [content.run_id === '' ? '' : `run ${content.run_id}`, content.host, timeText(content.time)]
    .filter((part) => part !== '')
    .map(printable)
    .join(' · ');
}

/** A name between colons, which Slack draws as an emoji; a time of day is none. */
const EMOJI = /:(?=(?:[\d_']*[a-z+-][\w'+-]*|100|1234):)/gi;

/**
 * Slack: `text` is what notifications show; of what mrkdwn means, &, < and > are escaped as Slack asks, `*_~`, backticks
 * and names of emoji parted, and a line that would be a quotation begins with nothing that is seen.
 */
export function slackBody(content: AlertContent): unknown {
  const plain = (text: string): string =>
    printable(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[*_~`]/g, '\u200b$&\u200b')
      .replace(EMOJI, ':\u200b')
      .replace(/^(?=&gt;)/, '\u200b');
  const section = (text: string): unknown => ({
    type: 'section',
    text: { type: 'mrkdwn', text: cut(text, MOST_TEXT), verbatim: true },
  });
  const { stopped } = content;
  return {
    text: plain(content.subject),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(printable(content.subject), 150) } },
      section(plain(content.headline)),
      ...(stopped === undefined ? [] : [section(`${plain(stopped.message)}\n${plain(stopped.remedy)}`)]),
      ...content.dates
        .slice(0, MOST_DATES)
        .map((date) =>
          section(
            [
              `*${isoDate(date.date)}* ${plain(date.verdict)}`,
              ...lines(date, (t) => `*${t}*`, plain).map((l) => `• ${l}`),
            ].join('\n'),
          ),
        ),
      ...further(content).map((text) => section(plain(text))),
      ...(content.commands.length === 0
        ? []
        : [section(content.commands.map((c) => `\`${plain(c.replaceAll('`', "'"))}\``).join('\n'))]),
      { type: 'context', elements: [{ type: 'plain_text', text: cut(footer(content), 2_000) }] },
    ],
  };
}

/** Dates beyond those shown, and what is well again. */
function further(content: AlertContent): readonly string[] {
  const hidden = [...content.dates.slice(MOST_DATES), ...content.more_dates];
  return [
    ...(hidden.length === 0 ? [] : [`More dates: ${hidden.map((d) => isoDate(d.date)).join(', ')}`]),
    ...(content.recovered.length === 0 || content.kind === 'recovered' ? [] : [recoveredText(content)]),
  ];
}

/** Teams takes an adaptive card in the envelope of a message; some 28 KB are the most. */
export function teamsBody(content: AlertContent): unknown {
  // Text blocks know a little Markdown, and functions in double braces: what would act is escaped or parted.
  const plain = (text: string): string =>
    printable(text)
      .replace(/[\\*_[\]`#~<>&]/g, '\\$&')
      .replace(/^(\s*\d*)([-+.)])/, '$1\\$2')
      .replaceAll('{{', '{\u200b{');
  const block = (text: string, more: object = {}): unknown => ({
    type: 'TextBlock',
    text: cut(text, MOST_TEXT),
    wrap: true,
    ...more,
  });
  const { stopped } = content;
  const colour = { trouble: 'attention', stopped: 'attention', recovered: 'good', test: 'default' }[
    content.kind
  ];
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            block(plain(content.subject), { size: 'large', weight: 'bolder', color: colour }),
            block(plain(content.headline)),
            ...(stopped === undefined ? [] : [block(plain(stopped.message)), block(plain(stopped.remedy))]),
            ...content.dates.slice(0, MOST_DATES).flatMap((date) => [
              block(`**${isoDate(date.date)}** ${plain(date.verdict)}`, {
                separator: true,
                spacing: 'medium',
              }),
              block(
                lines(date, (t) => `**${t}**`, plain)
                  .map((l) => `- ${l}`)
                  .join('\n'),
                { spacing: 'small' },
              ),
            ]),
            ...further(content).map((text) => block(plain(text), { separator: true })),
            ...content.commands.map((command) =>
              block(plain(command), { fontType: 'monospace', spacing: 'small' }),
            ),
            block(plain(footer(content)), { isSubtle: true, size: 'small', separator: true }),
          ],
        },
      },
    ],
  };
}
