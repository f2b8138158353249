// From what may stand at a place to what an editor inserts there: quotes, commas, snippets.
import { defined, type Config, type Table, findTable } from '../../model';
import type { Knowledge } from './knowledge';
import type { Completion, DraftFile, Range } from './model';
import type { CursorContext } from './cursor';
import type { Sketch } from './draftConfig';

/** What a completion or hover is computed from. */
export interface Scene {
  readonly file: DraftFile;
  readonly sketch: Sketch;
  readonly config: Config;
  readonly knowledge: Knowledge;
  /** EXPECTED_TABLES. */
  readonly expectedTables: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** A JSON value that may stand at a place. */
export interface Suggestion {
  readonly label: string;
  readonly value: unknown;
  /** The text to insert in place of the value's JSON: a snippet. */
  readonly snippet?: string;
  readonly kind: Completion['kind'];
  readonly detail?: string | undefined;
  readonly documentation?: string | undefined;
  /** Lower stands first; equal ones keep their order. */
  readonly rank?: number;
}

/** Literal text in snippet syntax. */
export function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, (character) => `\\${character}`);
}

/** A choice of literal texts as a placeholder; the first is taken where nothing is chosen. */
export function choice(number: number, texts: readonly string[]): string {
  const escaped = texts.map((text) => text.replace(/[\\$},|]/g, (character) => `\\${character}`));
  return texts.length === 1
    ? `\${${number}:${escapeSnippet(texts[0] ?? '')}}`
    : `\${${number}|${escaped.join(',')}|}`;
}

/** Where the replaced text ends: a text without its closing quote ends at the cursor, not with its line. */
export function replaced(place: CursorContext, offset: number): Range {
  return { start: place.range.start, end: place.token?.open === true ? offset : place.range.end };
}

/** Completions in the order of the suggestions, of each label the first. */
export function completionsOf(
  suggestions: readonly Suggestion[],
  place: CursorContext,
  offset: number,
): readonly Completion[] {
  const seen = new Set<string>();
  const range = replaced(place, offset);
  const written = place.token?.kind === 'literal' ? String(place.token.value) : undefined;
  return suggestions
    .map((suggestion, index) => ({ suggestion, index, rank: suggestion.rank ?? 5 }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .filter(({ suggestion: { label } }) => !seen.has(label) && seen.add(label))
    .map(({ suggestion }, index): Completion => {
      const json = JSON.stringify(suggestion.value) as string | undefined;
      const text = suggestion.snippet ?? escapeSnippet(json ?? '');
      return {
        label: suggestion.label,
        kind: suggestion.kind,
        ...defined({ detail: suggestion.detail, documentation: suggestion.documentation }),
        insert: `${text}${place.commaAfter ? ',' : ''}`,
        range,
        // A number that stands there is to be replaced, whatever its digits.
        filter:
          written !== undefined && typeof suggestion.value === 'number'
            ? `${written} ${suggestion.label}`
            : typeof suggestion.value === 'string'
              ? JSON.stringify(suggestion.label)
              : suggestion.label,
        sort: String(index).padStart(4, '0'),
        ...(place.commaBefore.length === 0 ? {} : { also: place.commaBefore }),
      };
    });
}

/** "1 row", "12,034 rows". */
export function rowsInWords(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`;
}

export function tableNamed(config: Config, name: string | number | undefined): Table | undefined {
  return typeof name === 'string' ? findTable(config, name) : undefined;
}
