// The troubles of a mail server in plain words: what happened, at which moment, and which setting to look at.
import type { MailSettings } from '../../model';
import type { SettingName } from '../../workspace';
import { undelivered, type Delivery } from './delivery';

/** What was being done when it failed. */
export type SmtpPhase = 'connect' | 'login' | 'send';

const CERTIFICATE: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
]);

/** @param error what the mail library threw, "timeout" when our own time was up, "stopped" when we were asked to stop. */
export function smtpFailure(error: unknown, phase: SmtpPhase, mail: MailSettings): Delivery {
  const server = `${mail.server ?? ''}:${mail.port}`;
  const fail = (message: string, remedy: string, setting?: SettingName): Delivery =>
    undelivered(message, remedy, setting);
  if (error === 'stopped') return fail('Sending was stopped.', 'It is tried again with the next run.');
  const { code, cause, said, status, text } = read(error);
  if (error === 'timeout' || code === 'ETIMEDOUT')
    return fail(
      `The mail server ${server} ${WAITING[phase]} in time.`,
      phase === 'connect'
        ? 'Check SMTP_SERVER and SMTP_PORT (587 or 465), SMTP_SECURITY (tls for port 465), and whether a firewall lets this machine through.'
        : 'Try again. If the error persists, ask the administrator of the mail server.',
      phase === 'connect' ? 'SMTP_SERVER' : undefined,
    );
  if (/ENOTFOUND|EAI_AGAIN|EAI_NONAME|EDNS|ENODATA/.test(`${code} ${cause}`))
    return fail(
      `There is no mail server called ${mail.server ?? ''}, or names cannot be resolved here.`,
      'Check SMTP_SERVER in .env, and the network of this machine.',
      'SMTP_SERVER',
    );
  if (/ECONNREFUSED/.test(`${cause} ${text}`))
    return fail(
      `${server} refuses connections: no mail server listens there.`,
      'Check SMTP_SERVER and SMTP_PORT (587 or 465) in .env.',
      'SMTP_PORT',
    );
  if (CERTIFICATE.has(cause))
    return fail(
      `The certificate of ${server} is not signed by an authority that this machine trusts (${cause}).`,
      'Set SMTP_CA_FILE to the PEM file of the authority that signed it.',
      'SMTP_CA_FILE',
    );
  if (cause === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return fail(
      `The certificate of ${server} belongs to another name.`,
      'Set SMTP_SERVER to the name that the certificate has.',
      'SMTP_SERVER',
    );
  if (cause === 'CERT_HAS_EXPIRED' || cause === 'CERT_NOT_YET_VALID')
    return fail(
      `The certificate of ${server} has expired or is not valid yet.`,
      'Ask the administrator of the mail server to renew it; check the clock of this machine.',
    );
  if (/ERR_SSL|\bEPROTO\b|wrong version number/i.test(`${cause} ${text}`) && code !== 'EAUTH')
    return fail(
      `${server} does not speak TLS from the start.`,
      'Set SMTP_SECURITY=starttls, or SMTP_PORT to the port for TLS (465).',
      'SMTP_SECURITY',
    );
  if (code === 'ETLS' || /STARTTLS/.test(text))
    return fail(
      `${server} does not offer STARTTLS, and a password must not go unencrypted.${quoted(said)}`,
      'Use the port of the mail server that is encrypted (587 or 465); SMTP_SECURITY=none sends without encryption.',
      'SMTP_SECURITY',
    );
  if (phase === 'login') {
    if (status >= 400 && status < 500)
      return fail(
        `${server} could not check the login now.${quoted(said)}`,
        'Try again. If the error persists, ask the administrator of the mail server.',
      );
    // 500 to 504: it does not know the command at all.
    return status === 0 || (status >= 500 && status <= 504)
      ? fail(
          `${server} offers no supported login method.${quoted(said === '' ? text : said)}`,
          'Remove SMTP_USER and SMTP_PASSWORD where the server needs none, or use its port for submission (587 or 465).',
          'SMTP_USER',
        )
      : fail(
          `${server} refused the login of SMTP_USER.${quoted(said)}`,
          'Check SMTP_USER and SMTP_PASSWORD; many services want a password made for programs.',
          'SMTP_PASSWORD',
        );
  }
  if (code === 'EENVELOPE') {
    const command = commandOf(error);
    if (command.startsWith('MAIL'))
      return fail(
        `${server} refused the sender.${quoted(said)}`,
        'Set ALERT_FROM to an address that this server may send for; it may want a login, too (SMTP_USER, SMTP_PASSWORD).',
        'ALERT_FROM',
      );
    return fail(
      `${server} refused every recipient.${quoted(said)}`,
      'Check ADMIN_EMAIL; a server that passes mail on may want a login (SMTP_USER, SMTP_PASSWORD).',
      'ADMIN_EMAIL',
    );
  }
  if (code === 'EMESSAGE')
    return fail(
      `${server} did not take the message.${quoted(said)}`,
      'Ask the administrator of the mail server why; ALERT_FROM may have to be an address of its own domain.',
    );
  return fail(
    `The mail server ${server} closed the connection${phase === 'connect' ? ' at once' : ''}.${quoted(said === '' ? text : said)}`,
    'Check SMTP_SERVER, SMTP_PORT and SMTP_SECURITY in .env, then try again.',
    'SMTP_SERVER',
  );
}

const WAITING: Readonly<Record<SmtpPhase, string>> = {
  connect: 'did not answer',
  login: 'did not answer the login',
  send: 'did not confirm the message',
};

interface SmtpReply {
  /** The mail library's own code. */
  readonly code: string;
  /** The operating system's or TLS's code behind it. */
  readonly cause: string;
  /** What the server said. */
  readonly said: string;
  /** The number it began with, 0 without one. */
  readonly status: number;
  readonly text: string;
}

function read(error: unknown): SmtpReply {
  const field = (of: unknown, name: string): unknown =>
    typeof of === 'object' && of !== null ? (of as Readonly<Record<string, unknown>>)[name] : undefined;
  const word = (of: unknown, name: string): string => {
    const value = field(of, name);
    return typeof value === 'string' ? value : '';
  };
  const status = field(error, 'responseCode');
  const code = word(error, 'code');
  return {
    code,
    cause: [word(error, 'originalCode'), code].find((one) => one !== '') ?? '',
    said: word(error, 'response'),
    status: typeof status === 'number' ? status : 0,
    text: error instanceof Error ? error.message : String(error),
  };
}

function commandOf(error: unknown): string {
  return error instanceof Error && 'command' in error && typeof error.command === 'string'
    ? error.command
    : '';
}

/** What a server says is of any length and content. */
function quoted(said: string): string {
  const line = said.replace(/\p{Cc}+/gu, ' ').trim();
  if (line === '') return '';
  return ` It said: ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`;
}
