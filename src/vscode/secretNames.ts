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
