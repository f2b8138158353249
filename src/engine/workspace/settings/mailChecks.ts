// Settings of alerts held against each other: what would keep an alert from arriving is told before a run needs it.
import { statSync } from 'node:fs';
import type { SettingsProblem } from '../../base';
import type { Settings } from '../../model';
import { parseAddresses, senderOf } from './addresses';
import type { SettingName } from './settingsCatalogue';

/** Only warnings: a run needs no mail. */
export function alertProblems(settings: Settings): SettingsProblem[] {
  const { mail, alerts, origins } = settings;
  const problem = (name: SettingName, message: string, remedy: string): SettingsProblem => {
    const origin = origins[name];
    return {
      ...{ severity: 'warning', code: 'SETTINGS_INVALID', message, remedy },
      ...(origin === undefined || origin === 'environment' ? {} : origin),
    };
  };
  const needs = (because: SettingName, name: SettingName): SettingsProblem =>
    problem(
      because,
      `${because} needs ${name}, which is not set.`,
      `Set ${name} in .env or in the environment.`,
    );
  const found: SettingsProblem[] = [];
  if (mail.enabled && mail.server === undefined) found.push(needs('ENABLE_EMAIL_ALERTS', 'SMTP_SERVER'));
  if (mail.enabled && mail.adminEmail === undefined) found.push(needs('ENABLE_EMAIL_ALERTS', 'ADMIN_EMAIL'));
  if (mail.user !== undefined && mail.password === undefined) found.push(needs('SMTP_USER', 'SMTP_PASSWORD'));
  if (mail.password !== undefined && mail.user === undefined) found.push(needs('SMTP_PASSWORD', 'SMTP_USER'));
  for (const [name, text] of [
    ['ADMIN_EMAIL', mail.adminEmail],
    ['ALERT_FROM', mail.from],
  ] as const)
    for (const entry of parseAddresses(text).wrong)
      found.push(
        problem(
          name,
          `${name} holds ${JSON.stringify(entry.slice(0, 80))}, which is no mail address.`,
          `Write ${name} as name@example.org or "Name <name@example.org>", several separated by commas.`,
        ),
      );
  if (mail.enabled && mail.adminEmail !== undefined && senderOf(mail) === undefined)
    found.push(needs('ENABLE_EMAIL_ALERTS', 'ALERT_FROM'));
  if (mail.password !== undefined && mail.security === 'none')
    found.push(
      problem(
        'SMTP_SECURITY',
        'The password of the mail server goes over the network unencrypted.',
        'Set SMTP_SECURITY to auto, unless the server is on this machine.',
      ),
    );
  if (mail.security === 'starttls' && mail.port === 465)
    found.push(
      problem(
        'SMTP_SECURITY',
        'Port 465 speaks TLS from the start, not STARTTLS.',
        'Set SMTP_SECURITY to auto or tls.',
      ),
    );
  if (mail.security === 'tls' && mail.port === 587)
    found.push(
      problem(
        'SMTP_SECURITY',
        'Port 587 speaks STARTTLS, not TLS from the start.',
        'Set SMTP_SECURITY to auto or starttls, or SMTP_PORT to 465.',
      ),
    );
  if (mail.caFile !== undefined && statSync(mail.caFile, { throwIfNoEntry: false })?.isFile() !== true)
    found.push(
      problem(
        'SMTP_CA_FILE',
        `There is no file ${mail.caFile}.`,
        'Set SMTP_CA_FILE to a PEM file of certificates.',
      ),
    );
  if (origins['ALERT_WEBHOOK_FORMAT'] !== undefined && alerts.webhookUrl === undefined)
    found.push(needs('ALERT_WEBHOOK_FORMAT', 'ALERT_WEBHOOK_URL'));
  if (alerts.on.length === 0 && (mail.enabled || alerts.webhookUrl !== undefined))
    found.push(
      problem(
        'ALERT_ON',
        'ALERT_ON is empty: nothing is worth an alert.',
        'Name some of failed, warned, missing, recovered.',
      ),
    );
  return [...found, ...shortSecrets(settings, problem)];
}

/** A secret of few letters is a part of many words: it is kept out of logs only where it stands as a value. */
const SHORT = 4;

function shortSecrets(
  { snowflake, mail }: Settings,
  problem: (name: SettingName, message: string, remedy: string) => SettingsProblem,
): SettingsProblem[] {
  const given = [
    ['SNOWFLAKE_PASSWORD', snowflake.password],
    ['SNOWFLAKE_PRIVATE_KEY_PASSPHRASE', snowflake.privateKeyPassphrase],
    ['SNOWFLAKE_TOKEN', snowflake.token],
    ['SMTP_PASSWORD', mail.password],
  ] as const;
  return given.flatMap(([name, secret]) =>
    secret === undefined || secret.length >= SHORT
      ? []
      : [
          problem(
            name,
            `${name} has fewer than ${SHORT} characters: it can be guessed, and cannot reliably be hidden in logs.`,
            'Choose a longer one.',
          ),
        ],
  );
}
