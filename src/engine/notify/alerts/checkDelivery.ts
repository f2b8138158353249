// What m7 check tells of alerts without sending one: where they go, and what waits because it could not be sent.
import type { CheckProblem, Settings } from '../../model';
import { redaction } from '../../workspace';
import { channelsOf } from './deliverAlerts';
import { readOutbox } from './outbox';
import { encryptionOf } from './smtp';

const ENCRYPTION = {
  tls: 'TLS',
  starttls: 'STARTTLS',
  offered: 'STARTTLS if offered',
  none: 'not encrypted',
} as const;

/** Nothing is sent or written. */
export async function checkAlerts(settings: Settings): Promise<{
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly problems: readonly CheckProblem[];
}> {
  const { mail, alerts } = settings;
  const ways = channelsOf(settings, 'enabled').map(({ channel, to }) =>
    channel === 'mail'
      ? `mail to ${to === '' ? 'nobody' : to} by ${mail.server ?? '?'}:${mail.port} (${ENCRYPTION[encryptionOf(mail)]})`
      : `webhook at ${to} (${alerts.webhookFormat})`,
  );
  const value = ways.length === 0 ? 'off' : `${ways.join(', ')}; on ${alerts.on.join(', ')}`;
  const waiting = await readOutbox(settings);
  const [newest] = waiting;
  return {
    facts: [{ name: 'alerts', value }],
    problems:
      newest === undefined
        ? []
        : [
            {
              severity: 'warning',
              message: redaction(settings)(
                `${waiting.length === 1 ? 'An alert waits' : `${waiting.length} alerts wait`} in the outbox since ${waiting.at(-1)?.created ?? ''}.${newest.trouble === undefined ? '' : ` ${newest.trouble}`}`,
              ),
              remedy: 'Run m7 check --mail: it tries again and shows the problem.',
            },
          ],
  };
}
