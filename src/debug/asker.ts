// Queries at a stop, of the editor or of a breakpoint: shown while they take long, and cancelled on demand.
import type { Progress } from './progress';
import type { Requests } from './requests';
import type { RunPosition } from './stopState';

/** What a query needs to be shown and bounded. */
interface BoundedQuery {
  /** What is asked, for people. */
  readonly title: string;
  readonly at: Pick<RunPosition, 'questions'>;
  readonly signal: AbortSignal;
}

export interface Asker {
  /** Answers a request of the editor. @throws PipelineError OUT_OF_MEMORY, and what the work throws. */
  request<T>(
    query: BoundedQuery & { readonly id: number },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
  /** Asks what nobody requested: the condition or log message of a breakpoint. Throws as `request`. */
  own<T>(query: BoundedQuery, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export function openAsker(requests: Requests, progress: Progress): Asker {
  const request: Asker['request'] = async ({ id, title, at, signal }, work) => {
    const end = progress.request(id, title, () => at.questions.progress());
    try {
      return await work(signal);
    } finally {
      end();
    }
  };
  return {
    request,
    own: (query, work) => requests.own(query.signal, (id, signal) => request({ ...query, id, signal }, work)),
  };
}
