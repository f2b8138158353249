// Turns the text of one setting into its typed value, or says what is wrong without repeating a secret.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { shown } from '../../base';
import type { Setting } from './settingsCatalogue';

export type SettingValue<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);
const UNITS: ReadonlyMap<string, number> = new Map([
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
]);

function wrong(setting: Setting, text: string, expected: string): SettingValue<never> {
  const value = setting.kind === 'secret' ? '(hidden)' : shown(text);
  const example = setting.default === '' ? '' : `, such as ${setting.default}`;
  return {
    ok: false,
    message: `${setting.name} is ${value}, which is not ${expected}.`,
    remedy: `Set ${setting.name} to ${expected}${example}.`,
  };
}

/** true, yes, on, 1 and false, no, off, 0, in any case. */
export function parseBoolean(setting: Setting, text: string): SettingValue<boolean> {
  const folded = text.toLowerCase();
  if (TRUE.has(folded)) return { ok: true, value: true };
  if (FALSE.has(folded)) return { ok: true, value: false };
  return wrong(setting, text, 'true or false');
}

/** A whole number or a decimal one with a point, inside the range of the setting. */
export function parseNumber(setting: Setting, text: string): SettingValue<number> {
  const whole = setting.kind === 'integer';
  const value = (whole ? /^[+-]?\d{1,15}$/ : /^[+-]?\d{1,15}(?:\.\d{1,15})?$/).test(text)
    ? Number(text)
    : Number.NaN;
  const { min = -Infinity, max = Infinity } = setting;
  if (value >= min && value <= max) return { ok: true, value };
  return wrong(setting, text, `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
}

/** DuckDB's notation without percentages, which DuckDB refuses when a database is opened. */
export function parseSize(setting: Setting, text: string): SettingValue<string> {
  const match = /^(\d{1,12}(?:\.\d{1,6})?) ?([kmgt]i?b)$/i.exec(text);
  const bytes = Number(match?.[1]) * (UNITS.get(match?.[2]?.toLowerCase() ?? '') ?? Number.NaN);
  if (bytes >= (setting.min ?? 0)) return { ok: true, value: text.replace(' ', '') };
  return wrong(setting, text, `a size of at least ${(setting.min ?? 0) / 1e6}MB, such as 512MB or 4GB`);
}

/** Entries separated by commas, trimmed; an entry twice counts once. */
export function parseList(_setting: Setting, text: string): SettingValue<readonly string[]> {
  const entries = text.split(',').map((entry) => entry.trim());
  return { ok: true, value: [...new Set(entries.filter((entry) => entry !== ''))] };
}

/** One of the setting's choices, in any case. */
export function parseChoice(setting: Setting, text: string): SettingValue<string> {
  const folded = text.toLowerCase();
  const choices = setting.choices ?? [];
  return choices.includes(folded) ? { ok: true, value: folded } : wrong(setting, text, oneOf(choices));
}

/** Some of the setting's choices, separated by commas, in any case; none at all is possible. */
export function parseChoices(setting: Setting, text: string): SettingValue<readonly string[]> {
  const listed = parseList(setting, text.toLowerCase());
  const choices = setting.choices ?? [];
  if (!listed.ok) return listed;
  const unknown = listed.value.find((entry) => !choices.includes(entry));
  if (unknown === undefined) return listed;
  return {
    ok: false,
    message: `${setting.name} names ${shown(unknown)}, which is not ${oneOf(choices)}.`,
    remedy: `Set ${setting.name} to some of ${choices.join(', ')}, separated by commas.`,
  };
}

const oneOf = (choices: readonly string[]): string => `one of ${choices.join(', ')}`;

/**
 * A web address to post to: https, or http to this machine. The message never repeats it: it holds a key.
 */
export function parseWebhook(setting: Setting, text: string): SettingValue<string> {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  const local = url !== undefined && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local))
    return { ok: true, value: text.trim() };
  return wrong(setting, text, 'a web address that begins with https://');
}

/** A web address without a key in it: what is no secret may stand in logs. */
export function parseEndpoint(setting: Setting, text: string): SettingValue<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    return {
      ok: false,
      // Not repeated: an address that cannot be read may hold a login.
      message: `${setting.name} is no web address.`,
      remedy: `Set ${setting.name} to an address such as https://catalogue.example.com.`,
    };
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return {
      ok: false,
      message: `${setting.name} holds more than an address: a login, a query or a fragment.`,
      remedy: `Leave it out of ${setting.name}; a key has a setting of its own.`,
    };
  return { ok: true, value: text };
}

/** One line of text without control characters. */
export function parseText(setting: Setting, text: string): SettingValue<string> {
  if (/[\u0000-\u001F\u007F]/.test(text)) return wrong(setting, text, 'text on one line');
  return { ok: true, value: text };
}

/** Anything but NUL: a private key or token may have several lines. */
export function parseSecret(setting: Setting, text: string): SettingValue<string> {
  return text.includes('\0')
    ? wrong(setting, text, 'text without NUL characters')
    : { ok: true, value: text };
}

/** An absolute path: relative ones are resolved against `base`, `~/` against the home folder. */
export function parsePath(setting: Setting, text: string, base: string): SettingValue<string> {
  const plain = parseText(setting, text);
  if (!plain.ok) return plain;
  // Else a folder with the name "$HOME" would be made without a word.
  if (/^\$|\$\{/.test(text)) return wrong(setting, text, 'a path without variables: they are not expanded');
  if (text === '~' || text.startsWith('~/')) return { ok: true, value: join(homedir(), text.slice(1)) };
  return { ok: true, value: resolve(base, text) };
}

const TOKENS = ['{brand}', '{table}', '{date}'] as const;

/** A landing pattern: each of the three tokens once, no other braces, a path that stays inside the landing folder. */
export function parseLandingPattern(setting: Setting, text: string): SettingValue<string> {
  const plain = parseText(setting, text);
  if (!plain.ok) return plain;
  const fail = (message: string, remedy: string): SettingValue<string> => ({ ok: false, message, remedy });
  for (const token of TOKENS) {
    const times = text.split(token).length - 1;
    if (times === 0)
      return fail(
        `LANDING_PATTERN ${shown(text)} lacks ${token}.`,
        `Add ${token}, as in ${setting.default}.`,
      );
    if (times > 1)
      return fail(
        `LANDING_PATTERN ${shown(text)} has ${token} ${times} times.`,
        `Keep one ${token}; * stands for any other text.`,
      );
  }
  const brace = /\{[^{}]*\}|[{}]/.exec(TOKENS.reduce((rest, token) => rest.replace(token, ''), text));
  if (brace !== null)
    return fail(
      `LANDING_PATTERN ${shown(text)} has the unknown token ${shown(brace[0])}.`,
      `Use only {brand}, {table}, {date} and *.`,
    );
  if (text.includes('\\'))
    return fail(`LANDING_PATTERN ${shown(text)} has a backslash.`, 'Write / between folders.');
  if (text.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return fail(
      `LANDING_PATTERN ${shown(text)} is no path below the landing folder.`,
      'Write folder names with single / between them, without / at either end.',
    );
  return { ok: true, value: text };
}
