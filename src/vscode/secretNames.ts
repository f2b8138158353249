// Settings that are secrets, by name; held against the engine's table of settings by a test.

export const SECRET_NAMES = [
  'SNOWFLAKE_PASSWORD',
  'SNOWFLAKE_PRIVATE_KEY',
  'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
  'SNOWFLAKE_TOKEN',
  'SMTP_PASSWORD',
  'ALERT_WEBHOOK_URL',
  'OPENLINEAGE_API_KEY',
] as const;

export type SecretName = (typeof SECRET_NAMES)[number];

/** Addresses of proxies, which may hold a password: what asks nobody needs none. */
const PROXIES = /^(?:https?|all)_proxy$/i;

/** An environment without secrets: for a process that may not use them. */
export function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret = new Set<string>(SECRET_NAMES);
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !secret.has(name.toUpperCase()) && !PROXIES.test(name)),
  );
}
