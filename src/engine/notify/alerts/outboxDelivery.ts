// Sends what waits in the outbox, each channel until it fails once, all within one bound of time.
import { defined, type Settings } from '../../model';
import { redaction } from '../../workspace';
import { channelsOf, deliver } from './deliverAlerts';
import type { Channel } from './delivery';
import { logAlert } from './alertLog';
import { isStale, readOutbox, settleEntry, takeEntry, type OutboxEntry } from './outbox';

export interface Retry {
  /** Only these channels. */
  readonly only: readonly Channel[];
  /** For all of it. */
  readonly milliseconds: number;
  /** Whom the log names as the sender. */
  readonly runId: string;
  readonly signal?: AbortSignal | undefined;
}

/** Below so much time left no further conversation is begun. */
const LEAST_MS = 500;

/** Never throws. */
export async function retryOutbox(
  settings: Settings,
  { only, milliseconds, runId, signal }: Retry,
): Promise<{ readonly sent: number; readonly waiting: number }> {
  const end = performance.now() + milliseconds;
  const redact = redaction(settings);
  const tell = (
    entry: OutboxEntry,
    status: 'sent' | 'waiting' | 'dropped',
    message: string,
    remedy?: string,
  ): void =>
    logAlert(
      settings,
      redact({
        time: new Date().toISOString(),
        run_id: runId,
        alert: entry.id,
        channel: entry.channel,
        subject: entry.content.subject,
        status,
        attempt: entry.attempts + 1,
        message,
        ...defined({ remedy }),
      }),
    );
  const known = new Set(channelsOf(settings, 'set').map(({ channel }) => channel));
  const fresh: OutboxEntry[] = [];
  for (const [place, entry] of (await readOutbox(settings)).entries()) {
    if (isStale(entry, place, Date.now()) || !known.has(entry.channel)) {
      if (!(await takeEntry(settings, entry))) continue;
      await settleEntry(settings, entry);
      tell(entry, 'dropped', entry.trouble ?? 'It was too old, or the outbox was full.');
    } else fresh.push(entry);
  }
  const sentBy = await Promise.all(
    only.map(async (channel) => {
      let sent = 0;
      for (const entry of fresh.filter((one) => one.channel === channel)) {
        const left = end - performance.now();
        if (left < LEAST_MS || signal?.aborted === true) break;
        if (!(await takeEntry(settings, entry))) continue;
        const delivery = redact(await deliver(settings, channel, entry, left, signal));
        if (delivery.status === 'sent') {
          await settleEntry(settings, entry);
          tell(entry, 'sent', delivery.detail);
          sent += 1;
          continue;
        }
        await settleEntry(settings, entry, delivery.message);
        tell(entry, 'waiting', delivery.message, delivery.remedy);
        break;
      }
      return sent;
    }),
  );
  const sent = sentBy.reduce((sum, one) => sum + one, 0);
  return { sent, waiting: (await readOutbox(settings)).length };
}
