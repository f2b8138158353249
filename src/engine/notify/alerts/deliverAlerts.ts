// Sends one message by one channel. What goes wrong is an answer, never an exception: alerts must not disturb a run.
import { PipelineError, type Settings } from '../../model';
import { parseAddresses, requireBoundHost } from '../../workspace';
import { undelivered, type AlertMessage, type Channel, type Delivery } from './delivery';

export interface ChannelInUse {
  readonly channel: Channel;
  /** Who it reaches, for people: addresses, or the webhook's host. */
  readonly to: string;
}

/**
 * The channels that alerts take.
 * @param which "enabled": those that runs use; "set": those that could be used, for a test.
 */
export function channelsOf(settings: Settings, which: 'enabled' | 'set'): readonly ChannelInUse[] {
  const { mail, alerts } = settings;
  const byMail = which === 'enabled' ? mail.enabled : mail.enabled || mail.server !== undefined;
  return [
    ...(byMail ? [{ channel: 'mail' as const, to: recipientsOf(settings) }] : []),
    ...(alerts.webhookUrl === undefined
      ? []
      : [{ channel: 'webhook' as const, to: new URL(alerts.webhookUrl).host }]),
  ];
}

function recipientsOf({ mail }: Settings): string {
  return parseAddresses(mail.adminEmail)
    .addresses.map(({ address }) => address)
    .join(', ');
}

/** @param milliseconds after which it is given up. */
export async function deliver(
  settings: Settings,
  channel: Channel,
  message: AlertMessage,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<Delivery> {
  try {
    switch (channel) {
      case 'mail': {
        requireBoundHost(settings, 'mail');
        const [{ sendMail }, { renderMailText }, { renderMailHtml }] = await Promise.all([
          import('./smtp'),
          import('./mailText'),
          import('./mailHtml'),
        ]);
        const { content, id } = message;
        const mail = {
          ...{ id, subject: content.subject, time: content.time },
          ...{ text: renderMailText(content), html: renderMailHtml(content) },
        };
        return await sendMail(settings.mail, mail, milliseconds, signal);
      }
      case 'webhook': {
        const { postAlert } = await import('./webhook');
        return await postAlert(settings.alerts, message, milliseconds, signal);
      }
      default:
        return channel satisfies never;
    }
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'HOST_CHANGED')
      return undelivered(error.message, error.remedy, 'SMTP_SERVER');
    const reason = error instanceof Error ? error.message : String(error);
    return undelivered(`The alert could not be made: ${reason}`, 'Report this bug of M7 Pipeline.');
  }
}
