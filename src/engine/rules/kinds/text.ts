// Rule kinds about the form of a text: patterns and well-known formats.
import { quoteLiteral } from '../../base';
import type { Rule } from '../../model';
import type { RuleKind } from '../ruleKind';
import { column, malformed, requiredText } from '../types';

const pattern = (words: string) => ({ description: words, type: 'string', minLength: 1 }) as const;

const regex: RuleKind = {
  name: 'regex',
  summary: 'The whole text matches the pattern.',
  details:
    'RE2 syntax, matched against the whole value: write `.*` around what may be anywhere in it. `(?i)` at the start ignores case.',
  example: { rule: 'regex', column: 'smartcard_id', pattern: '[0-9]{10,12}' },
  columns: { min: 1, max: 1 },
  types: ['text'],
  parameters: { pattern: pattern('A regular expression (RE2) for the whole value.') },
  required: ['pattern'],
  meaning: {
    level: 'row',
    breaks: (rule) => `NOT regexp_full_match(${column(rule)}, ${patternLiteral(rule)})`,
    examines: true,
  },
};

const notRegex: RuleKind = {
  name: 'not_regex',
  summary: 'The pattern occurs nowhere in the text.',
  details:
    'RE2 syntax, searched anywhere in the value: `[<>]` forbids these two characters. Use `^` and `$` to forbid whole values.',
  example: { rule: 'not_regex', column: 'title', pattern: '[\\x00-\\x1f]' },
  columns: { min: 1, max: 1 },
  types: ['text'],
  parameters: { pattern: pattern('A regular expression (RE2) that must be found nowhere in the value.') },
  required: ['pattern'],
  meaning: {
    level: 'row',
    breaks: (rule) => occurs(column(rule), requiredText(rule, 'pattern')),
    examines: true,
  },
};

/**
 * SQL: does the pattern occur anywhere in the text? DuckDB (1.5.6) asks regexp_full_match once per entry of a
 * dictionary and regexp_matches once per row, so the first is used. The pattern is compiled by itself too: `a)(b`
 * is none, though it would be one between parentheses. `\\Q` would quote the parenthesis that follows.
 */
function occurs(text: string, pattern: string): string {
  const alone = quoteLiteral(pattern);
  if (pattern.includes('\\Q')) return `regexp_matches(${text}, ${alone})`;
  const around = quoteLiteral(`(?s:.*)(?:${pattern})(?s:.*)`);
  return `regexp_full_match(${text}, ${around}) AND regexp_matches('', ${alone}) IS NOT NULL`;
}

function patternLiteral(rule: Rule): string {
  return quoteLiteral(requiredText(rule, 'pattern'));
}

/** Formats by name, as RE2 patterns of the whole value. */
const FORMATS: Readonly<Record<string, { readonly words: string; readonly pattern: string }>> = {
  email: {
    words: 'an e-mail address: one @, a domain with a dot, no spaces',
    pattern:
      "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+",
  },
  uuid: {
    words: 'a UUID in its 36 character form, any version and case',
    pattern: '[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}',
  },
  url: {
    words: 'an http, https or ftp address',
    pattern: '(?i:https?|ftp)://[^\\s/?#@:]+(:[0-9]{1,5})?([/?#]\\S*)?',
  },
  ipv4: {
    words: 'an IPv4 address',
    pattern: '((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])',
  },
  mac: {
    words: 'a MAC address: six pairs of hexadecimal digits, apart by : or -',
    pattern: '[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(-[0-9A-Fa-f]{2}){5}',
  },
  phone: {
    words: 'an international telephone number (E.164): + and up to 15 digits',
    pattern: '\\+[1-9][0-9]{1,14}',
  },
  integer: { words: 'a whole number, a sign allowed', pattern: '[+-]?[0-9]+' },
  number: {
    words: 'a decimal number with ".", a sign and exponent allowed',
    pattern: '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?',
  },
  hex: { words: 'hexadecimal digits', pattern: '[0-9A-Fa-f]+' },
};

const DATE_FORMAT = /^date:(.+)$/s;
/** The specifiers DuckDB's strptime reads. */
const SPECIFIER = /%[-]?[aAbBcdfgGHIjmMnpSuUVwWxXyYzZ%]/g;

const format: RuleKind = {
  name: 'format',
  summary: 'The text is written in a well-known format.',
  details: [
    'The whole value must be in the format. One of:',
    '',
    ...Object.entries(FORMATS).map(([name, { words }]) => `- \`${name}\`: ${words}`),
    '- `date:<strptime>`: a date or time in this notation, e.g. `date:%Y-%m-%d`; it must exist in the calendar',
  ].join('\n'),
  example: { rule: 'format', column: 'email', format: 'email' },
  columns: { min: 1, max: 1 },
  types: ['text'],
  parameters: {
    format: {
      description: `One of ${Object.keys(FORMATS).join(', ')}, or date:<strptime>.`,
      anyOf: [{ enum: Object.keys(FORMATS) }, { type: 'string', pattern: '^date:.+$' }],
      examples: ['date:%Y-%m-%d'],
    },
  },
  required: ['format'],
  meaning: {
    level: 'row',
    breaks: (rule) => {
      const name = requiredText(rule, 'format');
      const notation = DATE_FORMAT.exec(name)?.[1];
      if (notation !== undefined)
        return `${column(rule)} IS NOT NULL AND try_strptime(${column(rule)}, ${quoteLiteral(notation)}) IS NULL`;
      const known = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
      if (known === undefined) throw malformed(rule, 'format');
      return `NOT regexp_full_match(${column(rule)}, ${quoteLiteral(known.pattern)})`;
    },
    examines: true,
  },
  check: (rule) => {
    const notation = DATE_FORMAT.exec(requiredText(rule, 'format'))?.[1];
    if (notation === undefined) return [];
    if (/%/.test(notation) && !notation.replaceAll(SPECIFIER, '').includes('%')) return [];
    return [
      {
        message: `"${notation}" is not a date format.`,
        remedy: 'Use the specifiers of strptime, e.g. date:%Y-%m-%d or date:%d/%m/%Y %H:%M.',
        key: 'format',
        trouble: { kind: 'invalid-format' },
      },
    ];
  },
};

export const textKinds: readonly RuleKind[] = [regex, notRegex, format];
