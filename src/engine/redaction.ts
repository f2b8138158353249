// Keeps secrets out of everything that is written, told or sent: by their known values, and by the look of keys and tokens.
import type { Settings } from './model';
import { secretValues } from './settings';

/** Gives back a value with every secret in its texts, at any depth, replaced by `***`. */
export type Redact = <T>(value: T) => T;

const STAND_IN = '***';

/** Private keys in PEM, whole or cut at the end, and JSON Web Tokens. */
const LOOKS_SECRET =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;

/** @param settings whose secrets are known by value. */
export function redaction(settings: Settings): Redact {
  const values = secretValues(settings);
  const text = (given: string): string =>
    values.reduce((rest, secret) => rest.replaceAll(secret, STAND_IN), given).replace(LOOKS_SECRET, STAND_IN);
  const any = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(any);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, any(inner)]));
  };
  return <T>(value: T) => any(value) as T;
}
