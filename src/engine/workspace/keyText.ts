// The text of a private key, as secret stores and .env files change it, back in PEM.

/** DER does not say which of these it is. */
const LABELS = ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY'] as const;

/**
 * PEM of a private key whose line breaks are real ones, `\n`, blanks or missing; of its base64 without the lines around
 * it, and of base64 of the whole of it. Several where the text does not say which kind of key it is; none where it is
 * not like a key at all.
 */
export function pemsOf(given: string): readonly string[] {
  const text = given
    .trim()
    .replace(/^(["'])([\s\S]*)\1$/, '$2')
    .replaceAll(/\\r\\n|\\n|\\r|\r\n|\r/g, '\n');
  const found = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([\s\S]*?)-----END \1-----/.exec(text);
  if (found !== null) {
    const [whole, label = '', body = ''] = found;
    // The header lines of an encrypted key of the old kind are part of it.
    return [body.includes(':') ? `${whole}\n` : pem(label, body)];
  }
  const compact = text.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]{64,}={0,2}$/.test(compact)) return [];
  const decoded = Buffer.from(compact, 'base64');
  const inner = decoded.toString('latin1');
  if (inner.includes('-----BEGIN ')) return pemsOf(inner);
  return LABELS.map((label) => pem(label, compact));
}

function pem(label: string, body: string): string {
  const lines = body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
