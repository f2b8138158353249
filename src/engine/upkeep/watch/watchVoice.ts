// What a watch reports: events of its runs, and its own log events, each state once.
import { redaction, type OpenWorkspace } from '../../workspace';
import type { LogEvent, RunEvent, RunResult, Selection, Settings } from '../../model';
import { noteInLog } from './watchLog';

/** What a watch reports: events of its runs and its own `log` events, and the end of each run. */
export type WatchNews =
  | {
      readonly kind: 'event';
      readonly event: RunEvent;
      /** By the watch itself, not by a run. */ readonly own: boolean;
    }
  | {
      readonly kind: 'ended';
      readonly workspace: OpenWorkspace;
      readonly selection: Selection;
      readonly result: RunResult;
    };

/** A state is reported when it begins and when it changes, not at every look. */
export class WatchVoice {
  readonly #watchId: string;
  readonly #clock: () => Date;
  /** The state of each topic that was reported last. */
  readonly #reported = new Map<string, string>();

  constructor(watchId: string, clock: () => Date) {
    this.#watchId = watchId;
    this.#clock = clock;
  }

  /** A log event of the watch, which goes to its log file as well. */
  say(settings: Settings, level: LogEvent['level'], message: string): WatchNews {
    const event = redaction(settings)<LogEvent>({
      event: 'log',
      time: this.#clock().toISOString(),
      run_id: this.#watchId,
      level,
      message,
    });
    noteInLog(settings, event);
    return { kind: 'event', event, own: true };
  }

  /** The same, unless the topic is in this state already. */
  *once(
    settings: Settings,
    topic: string,
    { level, message, state = message }: { level: LogEvent['level']; message: string; state?: string },
  ): Generator<WatchNews> {
    if (this.#reported.get(topic) === state) return;
    this.#reported.set(topic, state);
    yield this.say(settings, level, message);
  }

  /** Reports the end of a state, where one was reported. */
  *over(settings: Settings, topic: string, message: string): Generator<WatchNews> {
    if (this.#reported.delete(topic)) yield this.say(settings, 'info', message);
  }

  /** The next state of a topic is reported, whatever it is. */
  forget(topic: string): void {
    this.#reported.delete(topic);
  }
}
