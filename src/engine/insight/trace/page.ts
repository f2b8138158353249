// A trace as a page of text: one block a step, with the pieces that lead on, for terminals and editors alike.
import { defined } from '../../model';
import { printable, readingParts } from '../../report';
import type { LineOutcome, LineStep, LineTrace, TracedValue, TracePage, TracePiece } from './model';

/** A record, or a value, is shown up to so many characters. */
const MOST_TEXT = 2_000;
const MOST_VALUE = 120;
/** Columns of values are as wide as their values, up to this. */
const MOST_WIDTH = 40;
/** Where the words of a step begin. */
const INDENT = 13;

const MARKS: Readonly<Record<LineStep['state'], string>> = {
  through: '✓',
  warned: '!',
  out: '✗',
  none: '–',
  failed: '✗',
  due: '…',
  unknown: '?',
};

const TONES: Readonly<Record<LineStep['state'], TracePiece['tone']>> = {
  through: 'good',
  warned: 'warn',
  out: 'bad',
  none: 'dim',
  failed: 'bad',
  due: 'warn',
  unknown: 'dim',
};

const OUTCOMES: Readonly<Record<LineOutcome, TracePiece['tone']>> = {
  loaded: 'good',
  kept_out: 'bad',
  due: 'warn',
  failed: 'bad',
  no_record: undefined,
  changed: 'warn',
};

/**
 * The page of a trace. Its texts are printable; columns of values are padded for letters of one width.
 * @param shown a path as the reader knows it.
 */
export function tracePage(trace: LineTrace, shown: (path: string) => string): TracePage {
  const { file, line, lines, row } = trace;
  const place = line === null ? '' : lines > 1 ? `, lines ${line} to ${line + lines - 1}` : `, line ${line}`;
  const slot = [trace.table, trace.brand, trace.date].filter((one) => one !== null);
  return {
    title: `${printable(file)}${place}${row === null ? '' : `, record ${row}`}`,
    slot: printable(slot.join(', ')),
    summary: piece(printable(trace.summary), OUTCOMES[trace.outcome]),
    steps: trace.steps.map((step) => ({
      at: step.at,
      state: step.state,
      words: printable(step.words),
      lines: [
        ...(step.remedy === undefined ? [] : [[{ text: printable(step.remedy) }]]),
        ...linkLines(trace, step, shown),
        ...details(trace, step),
        ...readingLines(trace, step),
      ],
    })),
  };
}

/** The page as lines of a terminal. */
export function pageLines(page: TracePage): readonly (readonly TracePiece[])[] {
  return [
    [{ text: page.title, tone: 'title' }],
    ...(page.slot === '' ? [] : [[dim(page.slot)]]),
    [],
    [page.summary],
    ...page.steps.flatMap(({ at, state, words, lines }) => [
      [],
      [
        piece(`${MARKS[state]} `, TONES[state]),
        { text: at.padEnd(INDENT - 2), tone: 'title' as const },
        { text: words },
      ],
      ...lines.map((line) => [{ text: ' '.repeat(INDENT) }, ...line]),
    ]),
  ];
}

type Lines = readonly (readonly TracePiece[])[];

function linkLines(trace: LineTrace, step: LineStep, shown: (path: string) => string): Lines {
  if (step.at === 'landing') {
    const { original, line, packed } = trace;
    if (original === null) return [];
    const place = line === null || packed ? '' : `:${line}`;
    const text = `${printable(shown(original))}${place}`;
    return [
      [
        packed
          ? dim(`${text} (compressed)`)
          : { text, link: { kind: 'text', path: original, line: line ?? 1 } },
      ],
    ];
  }
  if (step.path === undefined) return [];
  const { path, position = 0 } = step;
  const row = step.position === undefined ? '' : `, row ${position + 1}`;
  return [[{ text: `${printable(shown(path))}${row}`, link: { kind: 'rows', path, position } }]];
}

/** How the file was read, and what it left open. */
function readingLines({ reading }: LineTrace, { at }: LineStep): Lines {
  if (at !== 'landing' || reading === null) return [];
  return [
    [dim(printable(`Read as ${readingParts(reading).join(', ')}`))],
    ...reading.doubts.map((doubt) => [piece(printable(doubt), 'warn')]),
  ];
}

function details(trace: LineTrace, step: LineStep): Lines {
  switch (step.at) {
    case 'landing':
      return trace.text === null || trace.text === '' ? [] : [[dim(cut(trace.text, MOST_TEXT))]];
    case 'raw':
      return [];
    case 'silver':
      return valueLines(trace, step.values, step.columns ?? []);
    case 'gold':
      return step.kept === undefined
        ? []
        : [
            [
              { text: 'Kept: ' },
              {
                text: `record ${step.kept.row} of ${printable(step.kept.file)}`,
                link: { kind: 'record', name: step.kept },
              },
            ],
          ];
    case 'rules':
      return ruleLines(trace, step);
    case 'warehouse':
      return reportLine(trace, step);
    default:
      return step satisfies never;
  }
}

function valueLines({ table }: LineTrace, values: readonly TracedValue[], named: readonly string[]): Lines {
  const texts = values.map((one) => {
    const raw = one.raw === null ? '(empty)' : cut(one.raw, MOST_VALUE);
    const value = one.value === null ? 'NULL' : cut(one.value, MOST_VALUE);
    // What came through as it was is told once.
    const plain = one.header === null || raw === value;
    return { one, from: plain ? value : raw, to: plain ? '' : value };
  });
  const width = (of: (text: (typeof texts)[number]) => string): number =>
    Math.min(MOST_WIDTH, Math.max(0, ...texts.map((text) => of(text).length)));
  const nameWidth = width(({ one }) => one.column);
  // Only beside an arrow or a note another column begins.
  const fromWidth = width(({ one, from, to }) => (to === '' && one.note === undefined ? '' : from));
  const toWidth = width(({ to }) => to);
  return texts.map(({ one, from, to }) => {
    const tone: TracePiece['tone'] = one.wrong || named.includes(one.column) ? 'bad' : undefined;
    const noted = one.note !== undefined;
    return [
      {
        text: printable(one.column),
        ...(table === null ? {} : { link: { kind: 'column', table, column: one.column } as const }),
        ...defined({ tone }),
      },
      { text: ' '.repeat(Math.max(0, nameWidth - one.column.length) + 2) },
      piece(to === '' && !noted ? from : from.padEnd(fromWidth), to === '' ? tone : 'dim'),
      ...(to === '' ? [{ text: noted ? ' '.repeat(toWidth === 0 ? 0 : toWidth + 4) : '' }] : [dim('  → ')]),
      piece(noted && to !== '' ? to.padEnd(toWidth) : to, tone),
      ...(one.note === undefined ? [] : [piece(`  ${printable(one.note)}`, tone ?? 'dim')]),
    ];
  });
}

function ruleLines({ date, table }: LineTrace, step: Extract<LineStep, { at: 'rules' }>): Lines {
  const width = Math.max(0, ...step.broken.map(({ severity }) => severity.length));
  return step.broken.map(({ id, rule, columns, severity, rejects, description }) => {
    const about = columns.length === 0 ? rule : `${rule} of ${columns.join(', ')}`;
    return [
      piece(severity.padEnd(width), rejects ? 'bad' : 'warn'),
      { text: '  ' },
      {
        text: printable(id),
        ...(table === null ? {} : { link: { kind: 'rule', table, rule: id } as const }),
      },
      dim(`  ${printable(description === '' ? about : `${about}: ${description}`)}`),
      ...(date === null || table === null
        ? []
        : [
            { text: '  ' },
            { text: 'in the report', link: { kind: 'report', date, table, rule: id } as const },
          ]),
    ];
  });
}

function reportLine({ date, table }: LineTrace, step: Extract<LineStep, { at: 'warehouse' }>): Lines {
  if (date === null || table === null || step.state === 'due') return [];
  return [[{ text: 'Report of the date', link: { kind: 'report', date, table } }]];
}

const dim = (text: string): TracePiece => ({ text, tone: 'dim' });
const piece = (text: string, tone: TracePiece['tone']): TracePiece =>
  tone === undefined ? { text } : { text, tone };

function cut(text: string, most: number): string {
  return printable(text.length > most ? `${text.slice(0, most)}…` : text);
}
