// What is decided about secrets without an editor: where one is read from, and what a file of one holds.

/** Where a secret is read from now; `shadowed`: the line of .env that is not read, because this wins. */
export interface SecretSource {
  readonly read: 'storage' | 'environment' | 'unset' | { readonly line: number };
  readonly shadowed?: number;
}

/**
 * @param stored it is in the secret storage; @param environment the variable of the editor's own environment;
 * @param line of .env that gives it.
 */
export function secretSource(
  stored: boolean,
  environment: string | undefined,
  line: number | undefined,
): SecretSource {
  const shadowed = line === undefined ? {} : { shadowed: line };
  if (stored) return { read: 'storage', ...shadowed };
  if (environment !== undefined && environment !== '') return { read: 'environment', ...shadowed };
  return { read: line === undefined ? 'unset' : { line } };
}

/** A key or a token is no more than a few kilobytes: a larger file was not meant. */
const MAXIMUM_BYTES = 65_536;

/** The secret in a file: its text without a byte order mark and without the line break that editors add at the end. */
export function readSecretFile(
  bytes: Uint8Array,
): { readonly ok: true; readonly value: string } | { readonly ok: false } {
  if (bytes.length > MAXIMUM_BYTES) return { ok: false };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
    return text === '' || text.includes('\0') ? { ok: false } : { ok: true, value: text };
  } catch {
    return { ok: false };
  }
}
