// The only importer of nodemailer: one mail over one SMTP connection, in bounded time, its problems in plain words.
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { TIME_LIMITS } from '../../base';
import type { MailSettings } from '../../model';
import { parseAddresses, senderOf } from '../../workspace';
import { undelivered, type Delivery } from './delivery';
import { smtpFailure, type SmtpPhase } from './smtpFailure';

/** A mail before it is packed. */
export interface Mail {
  /** Without host; the same at every attempt, so that a mail sent twice is shown once. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** ISO 8601. */
  readonly time: string;
}

/** How the way is encrypted: from the start, by STARTTLS that must be offered, by STARTTLS if offered, not at all. */
export function encryptionOf(mail: MailSettings): 'tls' | 'starttls' | 'offered' | 'none' {
  switch (mail.security) {
    case 'auto':
      return mail.port === 465 ? 'tls' : mail.password === undefined ? 'offered' : 'starttls';
    case 'starttls':
    case 'tls':
    case 'none':
      return mail.security;
    default:
      return mail.security satisfies never;
  }
}

/**
 * Sends one mail to all of ADMIN_EMAIL. Never throws; ends within `milliseconds`, or at once when the signal says so.
 */
export async function sendMail(
  mail: MailSettings,
  message: Mail,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<Delivery> {
  const { addresses } = parseAddresses(mail.adminEmail);
  const sender = senderOf(mail);
  if (mail.server === undefined)
    return undelivered('No mail server is set.', 'Set SMTP_SERVER in .env.', 'SMTP_SERVER');
  if (addresses.length === 0 || sender === undefined)
    return undelivered(
      'No recipient is set.',
      'Set ADMIN_EMAIL in .env, such as ops@example.org.',
      'ADMIN_EMAIL',
    );
  let ca: string | undefined;
  try {
    ca = mail.caFile === undefined ? undefined : await readFile(mail.caFile, 'utf8');
  } catch {
    return undelivered(
      `The certificates in ${String(mail.caFile)} cannot be read.`,
      'Set SMTP_CA_FILE to a PEM file that this user may read.',
      'SMTP_CA_FILE',
    );
  }
  const packed = await pack(message, sender, addresses);
  const recipients = addresses.map(({ address }) => address);
  return converse(mail, ca, { from: sender.address, to: recipients, packed }, { milliseconds, signal });
}

async function pack(
  message: Mail,
  from: { readonly name: string; readonly address: string },
  to: readonly { readonly name: string; readonly address: string }[],
): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const { id, subject, text, html, time } = message;
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  const composed = new MailComposer({
    ...{ from, to: [...to], subject, text, html, date: new Date(time) },
    messageId: `<${id}@${domain}>`,
    // Out-of-office replies must not answer a program.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composed.compile().build();
}

/** Trust of the system's authorities, and of those given besides. */
async function authorities(ca: string | undefined): Promise<{ ca?: string[] }> {
  if (ca === undefined) return {};
  const { rootCertificates } = await import('node:tls');
  return { ca: [...rootCertificates, ca] };
}

/** A mail as it goes over the wire. */
interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  /** The message as bytes of MIME. */
  readonly packed: Buffer;
}

async function converse(
  mail: MailSettings,
  ca: string | undefined,
  { from, to, packed }: Envelope,
  { milliseconds, signal }: { readonly milliseconds: number; readonly signal: AbortSignal | undefined },
): Promise<Delivery> {
  const { default: SMTPConnection } = await import('nodemailer/lib/smtp-connection');
  const encryption = encryptionOf(mail);
  const connection = new SMTPConnection({
    host: mail.server,
    port: mail.port,
    secure: encryption === 'tls',
    requireTLS: encryption === 'starttls',
    ignoreTLS: encryption === 'none',
    name: nameForGreeting(),
    connectionTimeout: Math.min(milliseconds, TIME_LIMITS.connectMs),
    greetingTimeout: milliseconds,
    socketTimeout: milliseconds,
    dnsTimeout: Math.min(milliseconds, TIME_LIMITS.connectMs),
    socketCloseTimeout: 0,
    tls: { minVersion: 'TLSv1.2', ...(await authorities(ca)) },
  });
  let phase: SmtpPhase = 'connect';
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  try {
    const talk = async (): Promise<Delivery> => {
      await step((done) => connection.connect(done));
      phase = 'login';
      if (mail.user !== undefined && mail.password !== undefined) {
        const credentials = { user: mail.user, pass: mail.password };
        await step((done) => connection.login({ credentials, ...credentials }, done));
      }
      phase = 'send';
      return await new Promise<Delivery>((resolve, reject) => {
        connection.send({ from, to: [...to] }, packed, (error, sent) => {
          if (error !== null) reject(error);
          else resolve(sentTo(mail, sent.accepted, sent.rejected));
        });
      });
    };
    const ended = new Promise<Delivery>((resolve, reject) => {
      connection.on('error', reject);
      timer = setTimeout(() => resolve(smtpFailure('timeout', phase, mail)), milliseconds);
      stop = () => resolve(smtpFailure('stopped', phase, mail));
      if (signal?.aborted === true) stop();
      else signal?.addEventListener('abort', stop);
    });
    const delivery = await Promise.race([talk(), ended]);
    // The server's goodbye is of no interest: the message is taken, or it is not.
    if (delivery.status === 'sent') connection.quit();
    return delivery;
  } catch (error) {
    return smtpFailure(error, phase, mail);
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) signal?.removeEventListener('abort', stop);
    connection.removeAllListeners('error');
    connection.on('error', () => undefined);
    connection.close();
  }
}

function step(begin: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    begin((error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}

/** Some of several recipients may have been refused: the others have the mail. */
function sentTo(mail: MailSettings, accepted: readonly unknown[], rejected: readonly unknown[]): Delivery {
  const by = `by ${mail.server ?? ''}:${mail.port}`;
  return {
    status: 'sent',
    detail:
      rejected.length === 0
        ? `to ${accepted.join(', ')} ${by}`
        : `to ${accepted.join(', ')} ${by}; the server refused ${rejected.join(', ')}`,
  };
}

/** A name that a strict server takes: the host's where it is one, else the address of this machine. */
function nameForGreeting(): string {
  const name = hostname();
  return /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(name) ? name : '[127.0.0.1]';
}
