// Posts an alert to a web address: in bounded time, tried once more where the other side is busy, its key never told.
import type { AlertSettings } from '../../model';
import { undelivered, type AlertMessage, type Delivery } from './delivery';
import { jsonBody, slackBody, teamsBody } from './webhookBody';

/** One post gets so long, its second try included. */
const DEADLINE_MS = 10_000;
/** A server that asks for more patience is asked again with the next run. */
const MOST_PATIENCE_MS = 4_000;
const OWN_PATIENCE_MS = 1_000;

interface WebhookResponse {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly location: string | null;
  readonly text: string;
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
  const end = performance.now() + Math.min(milliseconds, DEADLINE_MS);
  const deadline = AbortSignal.timeout(Math.min(milliseconds, DEADLINE_MS));
  const both = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  try {
    let answer = await post(webhookUrl, body, both);
    if (answer.status === 429 || answer.status >= 500) {
      const patience = patienceOf(answer.retryAfter);
      if (performance.now() + patience < end) {
        await pause(patience, both);
        answer = await post(webhookUrl, body, both);
      }
    }
    return verdict(answer, host);
  } catch (error) {
    return troubleOf(error, host, signal?.aborted === true);
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

/** Redirects stay on the host they come from: the content is for the one that was set. */
async function post(address: string, body: string, signal: AbortSignal, hops = 2): Promise<WebhookResponse> {
  const response = await fetch(address, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'm7-pipeline' },
    body,
    signal,
  });
  const answer = {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    location: response.headers.get('location'),
    text: await beginning(response),
  };
  const next = answer.location === null ? undefined : new URL(answer.location, address);
  const again = answer.status === 307 || answer.status === 308;
  return again && hops > 0 && next?.origin === new URL(address).origin
    ? post(next.href, body, signal, hops - 1)
    : answer;
}

/** The first words of an answer, which may have no end. */
async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const chunk = await reader.read();
  await reader.cancel().catch(() => undefined);
  return chunk.done ? '' : Buffer.from(chunk.value).toString('utf8', 0, 300);
}

/** Retry-After in seconds or as a date; what is beyond bounds is not waited for. */
function patienceOf(retryAfter: string | null): number {
  if (retryAfter === null) return OWN_PATIENCE_MS;
  const asked = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  if (!Number.isFinite(asked)) return OWN_PATIENCE_MS;
  return asked > MOST_PATIENCE_MS ? Infinity : Math.max(0, asked);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}

function verdict({ status, text }: WebhookResponse, host: string): Delivery {
  if (status >= 200 && status < 300) return { status: 'sent', detail: `to ${host}` };
  const said = text.replace(/\p{Cc}+/gu, ' ').trim();
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

/** What fetch throws says little itself: the cause behind it has the code. */
function troubleOf(error: unknown, host: string, stopped: boolean): Delivery {
  if (stopped) return undelivered('Sending was stopped.', 'It is tried again with the next run.');
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return undelivered(
      `The webhook at ${host} did not answer in time.`,
      'Check the network of this machine; it is tried again with the next run.',
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return undelivered(
      `There is no host called ${host}, or names cannot be resolved here.`,
      'Check ALERT_WEBHOOK_URL, and the network of this machine.',
      'ALERT_WEBHOOK_URL',
    );
  return undelivered(
    `The webhook at ${host} could not be reached${code === '' ? '' : ` (${code})`}.`,
    /CERT|SSL|SIGNED/.test(code)
      ? 'Set NODE_EXTRA_CA_CERTS to the PEM file of the authority that signed its certificate.'
      : 'Check ALERT_WEBHOOK_URL, and the network of this machine.',
    'ALERT_WEBHOOK_URL',
  );
}
