// What became of a line: a list of the places it came to, each leading on.
import { ChannelError, openChannel } from '../../shared/channel';
import type { TracePiece } from '../../shared/traceApi';
import type { TraceHostApi, TracePageApi, TraceSnapshot } from '../../shared/tracePageApi';
import { printableLines } from '../../shared/words';
import { element } from '../element';
import { extensionPort } from '../port';

type Page = Extract<TraceSnapshot, { kind: 'traced' }>['page'];
type Step = Page['steps'][number];

/** What a screen reader is told of a state, which the eye sees by sign and colour. */
const STATES: Readonly<Record<Step['state'], { readonly sign: string; readonly words: string }>> = {
  through: { sign: '✓', words: 'passed' },
  warned: { sign: '!', words: 'passed with a warning' },
  out: { sign: '✗', words: 'rejected' },
  none: { sign: '–', words: 'no record' },
  failed: { sign: '✗', words: 'failed' },
  due: { sign: '…', words: 'not yet' },
  unknown: { sign: '?', words: 'not known' },
};

const PLACES: Readonly<Record<Step['at'], string>> = {
  landing: 'Landing',
  raw: 'Raw',
  silver: 'Silver',
  gold: 'Gold',
  rules: 'Rules',
  warehouse: 'Warehouse',
};

let drawn = '';
const content = element('main', {}, element('p', { class: 'dim', role: 'status' }, 'Tracing the line…'));
document.body.append(content);

const host = openChannel<TracePageApi, TraceHostApi>(extensionPort, {
  changed: () => {
    void load();
    return null;
  },
});

async function load(): Promise<void> {
  let next: TraceSnapshot;
  try {
    next = await host.call('ready', {});
  } catch (error) {
    if (!(error instanceof ChannelError) || error.code === 'CANCELLED') return;
    next = { kind: 'failed', error: error.plain };
  }
  const text = JSON.stringify(next);
  if (text === drawn) return;
  drawn = text;
  switch (next.kind) {
    case 'traced':
      content.replaceChildren(...traceOf(next.page));
      break;
    case 'failed':
      content.replaceChildren(
        element('h1', {}, 'This line cannot be traced'),
        element('p', { class: 'tone-bad', role: 'status' }, next.error.message),
        element('p', {}, next.error.remedy),
      );
      break;
    default:
      next satisfies never;
  }
}

function traceOf({ title, slot, summary, steps }: Page): readonly Node[] {
  return [
    element('h1', {}, element('bdi', {}, title)),
    ...(slot === '' ? [] : [element('p', { class: 'dim' }, element('bdi', {}, slot))]),
    element('p', { class: 'summary', role: 'status' }, pieceOf(summary)),
    element('ol', {}, ...steps.map(stepOf)),
  ];
}

function stepOf({ at, state, words, lines }: Step): HTMLElement {
  const { sign, words: said } = STATES[state];
  return element(
    'li',
    { class: `step is-${state}` },
    element('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    element('h2', {}, PLACES[at], element('span', { class: 'unseen' }, `: ${said}`)),
    element('p', {}, element('bdi', {}, words)),
    ...lines.map((line) => element('div', { class: 'line' }, ...line.map(pieceOf))),
  );
}

function pieceOf({ text, tone, link }: TracePiece): Node {
  const kind = tone === undefined ? '' : `tone-${tone}`;
  // A record may turn what stands beside it around.
  const shown = printableLines(text);
  if (link === undefined) return element('span', { class: kind }, shown);
  const made = element('button', { type: 'button', class: `link ${kind}`.trim() }, shown);
  made.addEventListener('click', () => void host.call('open', link).catch(() => undefined));
  return made;
}

void load();
