// A message that anybody may ask for, to see whether alerts arrive: by mail and to the webhook, whatever ALERT_ON says.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { TIME_LIMITS } from '../../base';
import { defined, type Settings } from '../../model';
import { type WorkspaceOptions, loadSettings, redaction } from '../../workspace';
import type { AlertContent } from './content';
import type { Channel, Delivery } from './delivery';
import { channelsOf, deliver } from './deliverAlerts';
import { retryOutbox } from './outboxDelivery';

/** How one way to send went. */
export type TestDelivery = Delivery & {
  readonly channel: Channel;
  /** Who it was meant for, for people; of a webhook its host alone: the rest is a secret. */
  readonly to: string;
  readonly seconds: number;
  /** Where the setting stands that is to be looked at: a file of the workspace, absolute, and its line. */
  readonly file?: string;
  readonly line?: number;
};

export interface TestAlertResult {
  /** One per channel that is set; none: neither SMTP_SERVER nor ALERT_WEBHOOK_URL is set. */
  readonly deliveries: readonly TestDelivery[];
  /** Do runs send alerts by mail? A test is sent whether or not they do. */
  readonly mail_enabled: boolean;
  /** Alerts of earlier runs that could not be sent then: how many went out now, and how many still wait. */
  readonly outbox: { readonly sent: number; readonly waiting: number };
}

/**
 * Sends a test message by every channel that is set, and tries again what earlier runs could not send.
 * @throws PipelineError SETTINGS_INVALID; a problem with sending is in the result.
 */
export async function sendTestAlert(
  options: WorkspaceOptions & { readonly signal?: AbortSignal },
): Promise<TestAlertResult> {
  const settings = await loadSettings({
    workspace: options.directory,
    ...defined({ environment: options.environment, overrides: options.overrides, trusted: options.trusted }),
  });
  const redact = redaction(settings);
  const message = { id: `test-${randomBytes(9).toString('hex')}`, content: redact(testContent(settings)) };
  const deliveries = await Promise.all(
    channelsOf(settings, 'set').map(async ({ channel, to }): Promise<TestDelivery> => {
      const begun = performance.now();
      const delivery = redact(
        await deliver(settings, channel, message, TIME_LIMITS.testAlertMs, options.signal),
      );
      const seconds = Math.round(performance.now() - begun) / 1000;
      const origin =
        delivery.status === 'failed' && delivery.setting !== undefined
          ? settings.origins[delivery.setting]
          : undefined;
      return { ...delivery, channel, to, seconds, ...(origin === 'environment' ? {} : origin) };
    }),
  );
  const works = deliveries.flatMap((d) => (d.status === 'sent' ? [d.channel] : []));
  return {
    deliveries,
    mail_enabled: settings.mail.enabled,
    outbox: await retryOutbox(settings, {
      only: works,
      milliseconds: TIME_LIMITS.testAlertMs,
      runId: 'test',
      signal: options.signal,
    }),
  };
}

function testContent(settings: Settings): AlertContent {
  return {
    kind: 'test',
    subject: '[M7] Test message',
    headline: 'This is a test: alerts of M7 Pipeline arrive here.',
    run_id: '',
    host: hostname(),
    workspace: settings.workspace,
    time: new Date().toISOString(),
    dates: [],
    more_dates: [],
    recovered: [],
    commands: ['m7 check'],
  };
}
