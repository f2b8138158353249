// Posts an alert to a web address: in bounded time, tried once more where the other side is busy, its key never told.
import { NetworkFailure, post, TIME_LIMITS } from '../../base';
import { PipelineError, type AlertSettings } from '../../model';
import { undelivered, type AlertMessage, type Delivery } from './delivery';
import { jsonBody, slackBody, teamsBody } from './webhookBody';

/** A server that asks for more patience is asked again with the next run. */
const MOST_PATIENCE_MS = 4_000;
const OWN_PATIENCE_MS = 1_000;

interface WebhookResponse {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly beginning: string;
}

/** Never throws. */
export async function postAlert(
  alerts: AlertSettings,
  message: AlertMessage,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<Delivery> {
  const { webhookUrl } = alerts;
  if (webhookUrl === undefined)
    return undelivered('No webhook is set.', 'Set ALERT_WEBHOOK_URL.', 'ALERT_WEBHOOK_URL');
  const { host } = new URL(webhookUrl);
  const body = JSON.stringify(bodyOf(alerts, message));
  const end = performance.now() + Math.min(milliseconds, TIME_LIMITS.webhookMs);
  try {
    let answer = await postThere(webhookUrl, { body, end, signal });
    if (answer.status === 429 || answer.status >= 500) {
      const patience = patienceOf(answer.retryAfter);
      if (performance.now() + patience < end) {
        await pause(patience, signal);
        answer = await postThere(webhookUrl, { body, end, signal });
      }
    }
    return verdict(answer, host);
  } catch (error) {
    if (error instanceof NetworkFailure)
      return undelivered(error.message, error.remedy, error.ofAddress ? 'ALERT_WEBHOOK_URL' : undefined);
    if (error instanceof PipelineError) return undelivered(error.message, error.remedy);
    throw error;
  }
}

function bodyOf(alerts: AlertSettings, { id, content }: AlertMessage): unknown {
  switch (alerts.webhookFormat) {
    case 'json':
      return jsonBody(id, content);
    case 'slack':
      return slackBody(content);
    case 'teams':
      return teamsBody(content);
    default:
      return alerts.webhookFormat satisfies never;
  }
}

/** A post, which may take until `end`. */
interface BoundedPost {
  readonly body: string;
  /** By performance.now(). */
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/** Redirects stay on the host they come from: the content is for the one that was set. */
async function postThere(url: string, bounded: BoundedPost, hops = 2): Promise<WebhookResponse> {
  const { body, end, signal } = bounded;
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const answer = await post(
    { url, headers, body },
    {
      peer: `The webhook at ${new URL(url).host}`,
      setting: 'ALERT_WEBHOOK_URL',
      milliseconds: Math.max(0, end - performance.now()),
      signal,
    },
  );
  const { status, location = '' } = answer;
  const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
  const again = (status === 307 || status === 308) && location !== '';
  return again && hops > 0 && next?.origin === new URL(url).origin
    ? postThere(next.href, bounded, hops - 1)
    : answer;
}

/** Retry-After in seconds or as a date; what is beyond bounds is not waited for. */
function patienceOf(retryAfter: string | undefined): number {
  if (retryAfter === undefined) return OWN_PATIENCE_MS;
  const asked = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  if (!Number.isFinite(asked)) return OWN_PATIENCE_MS;
  return asked > MOST_PATIENCE_MS ? Infinity : Math.max(0, asked);
}

/** It ends early when the sending is stopped: what is posted then says so. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
  });
}

function verdict({ status, beginning }: WebhookResponse, host: string): Delivery {
  if (status >= 200 && status < 300) return { status: 'sent', detail: `to ${host}` };
  const said = beginning.replace(/\p{Cc}+/gu, ' ').trim();
  const words = said === '' ? '' : ` It said: ${said.slice(0, 200)}`;
  const fail = (message: string, remedy: string): Delivery =>
    undelivered(message, remedy, 'ALERT_WEBHOOK_URL');
  if (status >= 300 && status < 400)
    return fail(
      `The webhook at ${host} redirects, and alerts do not follow redirects.`,
      'Set ALERT_WEBHOOK_URL to the address it redirects to, if you trust it.',
    );
  if ([401, 403, 404, 410].includes(status))
    return fail(
      `The webhook at ${host} no longer exists (${status}).${words}`,
      'Make a new webhook and set ALERT_WEBHOOK_URL to its address.',
    );
  if (status === 429 || status >= 500)
    return undelivered(
      `The webhook at ${host} is overloaded or out of order (${status}).${words}`,
      'It is tried again with the next run.',
    );
  return undelivered(
    `The webhook at ${host} did not take the alert (${status}).${words}`,
    'Check that ALERT_WEBHOOK_FORMAT is what the address expects: json, slack or teams.',
    'ALERT_WEBHOOK_FORMAT',
  );
}
