// Brings lineage events to a file or a catalogue, behind the run's back: bounded in time, memory and attempts.
import { lineageFile, lineageLogFile, undeliveredLineageFile } from '../../lake';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { NetworkFailure, noteInBounds, post, TIME_LIMITS, type Redact } from '../../base';
import { PipelineError, type Settings } from '../../model';
import { requireBoundHost } from '../../workspace';
import type { LineageEvent } from './facets';

export interface LineageOutbox {
  /** Takes what makes events; it is asked for them soon, not now. */
  push(make: () => readonly LineageEvent[]): void;
  /** Delivers what is left, in bounded time. @param runId names the files. */
  close(): Promise<void>;
}

/** Limits, with others in tests. */
export interface LineageLimits {
  readonly requestMs: number;
  /** For what is left when the run has ended. */
  readonly endMs: number;
  /** Events that may wait. */
  readonly queue: number;
  /** Events in a row that could not be delivered, after which the catalogue is left alone for this run. */
  readonly failures: number;
}
const LIMITS: LineageLimits = {
  requestMs: TIME_LIMITS.lineageMs,
  endMs: TIME_LIMITS.lineageEndMs,
  queue: 20_000,
  failures: 2,
};

/** @param runId asked when the first event is there. */
export function openDelivery(
  settings: Settings,
  redact: Redact,
  runId: () => string,
  limits: LineageLimits = LIMITS,
): LineageOutbox {
  const queue: (() => readonly LineageEvent[])[] = [];
  const stop = new AbortController();
  const counts = { sent: 0, undelivered: 0, dropped: 0 };
  let inRow = 0;
  let problem: DeliveryProblem | undefined;
  let pumping: Promise<void> | undefined;

  const keep = (event: LineageEvent): void => {
    counts.undelivered += 1;
    try {
      append(undeliveredLineageFile(settings, runId()), event);
    } catch (error) {
      problem ??= problemIn(error);
    }
  };
  const deliver = async (event: LineageEvent): Promise<void> => {
    const told = redact(event);
    try {
      if (settings.lineage.to === 'file') append(lineageFile(settings, runId()), told);
      else {
        if (inRow >= limits.failures || stop.signal.aborted) {
          keep(told);
          return;
        }
        await postEvent(settings, told, limits.requestMs, stop.signal);
        inRow = 0;
      }
      counts.sent += 1;
    } catch (error) {
      inRow += 1;
      problem ??= stop.signal.aborted ? TOO_SLOW : problemIn(error);
      if (settings.lineage.to === 'file') counts.undelivered += 1;
      else keep(told);
    }
  };
  const pump = async (): Promise<void> => {
    // Not within the event that pushed: the run goes on first.
    await new Promise((resolve) => setImmediate(resolve));
    for (let make = queue.shift(); make !== undefined; make = queue.shift()) {
      let events: readonly LineageEvent[] = [];
      try {
        events = make();
      } catch (error) {
        counts.dropped += 1;
        problem ??= problemIn(error);
      }
      for (const event of events) await deliver(event);
    }
    pumping = undefined;
  };
  return {
    push: (make) => {
      if (queue.length >= limits.queue) {
        counts.dropped += 1;
        problem ??= { message: `More than ${limits.queue} events waited.` };
        return;
      }
      queue.push(make);
      pumping ??= pump();
    },
    close: async () => {
      const timer = setTimeout(() => stop.abort(), limits.endMs);
      // Once it is aborted, what is left goes to the file at once.
      while (pumping !== undefined) await pumping;
      clearTimeout(timer);
      if (problem === undefined) return;
      const usual =
        settings.lineage.to === 'http'
          ? 'Check OPENLINEAGE_URL and OPENLINEAGE_API_KEY. Undelivered events are in openlineage/undelivered.'
          : 'Make the logs folder writable.';
      noteInBounds(
        lineageLogFile(settings),
        redact({ time: new Date().toISOString(), run_id: runId(), ...counts, remedy: usual, ...problem }),
      );
    },
  };
}

function append(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${JSON.stringify(value)}\n`);
}

/** @throws Error with what the catalogue said, in one line. */
async function postEvent(
  settings: Settings,
  event: LineageEvent,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  const { url: base, apiKey } = settings.lineage;
  if (base === undefined) throw new Error('OPENLINEAGE_URL is not set.');
  requireBoundHost(settings, 'lineage');
  const url = endpointOf(base);
  const headers = {
    'content-type': 'application/json',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  const peer = `The catalogue at ${new URL(url).host}`;
  // A redirect could carry the key to another host: none is followed.
  const { status, statusText } = await post(
    { url, headers, body: JSON.stringify(event) },
    { peer, setting: 'OPENLINEAGE_URL', milliseconds, signal },
  );
  if (status < 200 || status >= 300) throw new Error(`${url} answered ${status} ${statusText}`.trim());
}

/** The address events are posted to: the whole one where it was given. */
export function endpointOf(url: string): string {
  const base = url.replace(/(?<!\/)\/+$/, '');
  return base.endsWith('/api/v1/lineage') ? base : `${base}/api/v1/lineage`;
}

/** What went wrong first; where nothing else is to be done than usual, without remedy. */
interface DeliveryProblem {
  readonly message: string;
  readonly remedy?: string;
}

const TOO_SLOW: DeliveryProblem = {
  message: 'The catalogue was too slow for the events left at the end of the run.',
};

function problemIn(error: unknown): DeliveryProblem {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message } = error;
  return error instanceof NetworkFailure || error instanceof PipelineError
    ? { message, remedy: `${error.remedy} Undelivered events are in openlineage/undelivered.` }
    : { message };
}
