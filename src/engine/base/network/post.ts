// Posts a text to a web address and reads the beginning of the answer: through the proxy, in bounded time and memory.
import { proxyFor } from './proxy';
import type { PostOptions, WebAnswer, WebPost } from './webPost';

/**
 * Posts, and keeps no connection.
 * @throws NetworkFailure; PipelineError SETTINGS_INVALID of a proxy that is none.
 */
export async function post(given: WebPost, options: PostOptions): Promise<WebAnswer> {
  const url = new URL(given.url);
  const proxy = proxyFor(url);
  // Read while the agents load: they would write requests to standard error, with the login of the proxy.
  delete process.env['DEBUG'];
  // Node's HTTP and the agents cost time at the start of a process: those who connect load them.
  const { Conversation } = await import('./conversation');
  const phase = proxy === undefined ? 'connect' : 'proxy';
  return new Conversation(given, { ...options, url, proxy, phase }, options).answer;
}
