// Takes secrets out of texts: known ones in all their spellings, and what looks like a key or a token.
import { escapePattern } from './pattern';
/** Gives back a value with every secret in its texts and keys, at any depth, replaced by `***`. */
export type Redact = <T>(value: T) => T;

const STAND_IN = '***';

/** Private keys in PEM, whole or cut at the end, and JSON Web Tokens, whole or without their head. */
const LOOKS_SECRET = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
  /(?<=[\w-]\.)eyJ[\w-]{8,}(?:\.[\w-]+)?/g,
] as const;
/** A private key cut at its beginning is told by its end. */
const KEY_END = /-----END [A-Z ]*PRIVATE KEY-----/;

/** So short a secret is a part of many words: it is taken out only where it stands as a value. */
const SHORT = 4;
/** Lines of a longer secret and pieces of a token below this length tell nothing. */
const TELLING = 12;

/** @param secrets their values as they were given. */
export function redactionOf(secrets: readonly string[]): Redact {
  const patterns = patternsOf(secrets);
  return <T>(value: T) => redactAny(value, patterns) as T;
}

function redactAny(value: unknown, patterns: readonly RegExp[]): unknown {
  const text = (given: string): string =>
    withoutKeyEnds(
      [...patterns, ...LOOKS_SECRET].reduce((rest, pattern) => rest.replace(pattern, STAND_IN), given),
    );
  const any = (inner: unknown): unknown => {
    if (typeof inner === 'string') return text(inner);
    if (Array.isArray(inner)) return inner.map(any);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([key, one]) => [KEYS.has(key) ? key : text(key), any(one)]),
    );
  };
  return any(value);
}

/** Walks back from the end of each key over what can be of it: a pattern would try from every letter of a long text. */
function withoutKeyEnds(text: string): string {
  const end = KEY_END.exec(text);
  if (end === null) return text;
  let start = end.index;
  while (start > 0 && /[A-Za-z0-9+/=\\\s*]/.test(text.charAt(start - 1))) start -= 1;
  const after = end.index + end[0].length;
  return `${text.slice(0, start)}${STAND_IN}${withoutKeyEnds(text.slice(after))}`;
}

/** Names of fields that readers of events rely on: a password "date" must not take the dates away. */
const KEYS: ReadonlySet<string> = new Set(
  (
    'event time run_id stage date brand table status reason rows rows_in rows_out rows_rejected duplicates seconds ' +
    'error code message remedy file line level step steps to_run workspace dates reports done skipped failed cancelled percent'
  ).split(' '),
);

/** One pattern of all long forms, and one of the short ones, which must stand as values of their own. */
function patternsOf(secrets: readonly string[]): readonly RegExp[] {
  const forms = new Set(secrets.flatMap(formsOf));
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  const long = sorted.filter((form) => form.length >= SHORT).map(escapePattern);
  const short = sorted.filter((form) => form.length < SHORT).map(escapePattern);
  return [
    ...(long.length === 0 ? [] : [new RegExp(long.join('|'), 'g')]),
    ...(short.length === 0
      ? []
      : [new RegExp(`(?<=^|[=:] ?|["'\`/@(\\[,;])(?:${short.join('|')})(?=$|[\\s"'\`&@/)\\],;])`, 'g')]),
  ];
}

/** A secret as it may be met: itself, its lines, and both as JSON, URLs, SQL, HTML, base64 and messages write them. */
function formsOf(secret: string): readonly string[] {
  const lines = /[\r\n]/.test(secret) ? secret.split(/[\r\n]+/).map((line) => line.trim()) : [];
  const pieces = secret.startsWith('eyJ') ? secret.split('.') : [];
  const parts = [
    ...lines.filter((line) => line.length >= TELLING && !line.startsWith('-----')),
    ...pieces.filter((piece) => piece.length >= TELLING),
    ...addressParts(secret),
  ];
  return [secret, secret.trim(), ...parts].filter((part) => part !== '').flatMap(spellings);
}

function spellings(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
  return [
    text,
    json,
    JSON.stringify(json).slice(1, -1),
    url,
    new URLSearchParams({ x: text }).toString().slice(2),
    text.replaceAll("'", "''"),
    text.replaceAll('"', '""'),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
    text.replaceAll('\r\n', '\n'),
    text.replace(/\r?\n/g, '\r\n'),
    text.replace(/[\r\n]+/g, ' '),
    ...base64Forms(text),
  ];
}

/**
 * What base64 makes of a text wherever it stands in what is encoded (`user\0password` too): at each of the three
 * offsets the characters that do not depend on its neighbours.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  const inner = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/={1,2}$/, '');
    const before = Math.ceil((offset * 8) / 6);
    const whole = Math.floor(((offset + bytes.length) * 8) / 6);
    return encoded.slice(before, whole);
  });
  const telling = inner.filter((form) => form.length >= 6);
  return [...telling, ...telling.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** The key of a web address is its path and query: these are met without the host, too. */
function addressParts(secret: string): readonly string[] {
  if (!/^https?:/i.test(secret) || !URL.canParse(secret)) return [];
  const { href, pathname, search, username, password } = new URL(secret);
  return [
    href,
    `${pathname}${search}`,
    pathname,
    search.slice(1),
    username,
    password,
    ...pathname.split('/'),
  ].filter((part) => part.length >= TELLING);
}
