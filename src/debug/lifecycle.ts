// The lifecycle of a session: its run begins once the editor is ready, is restarted on demand, and ends.
import { plainError } from '../engine';
import type { DebugRun } from './debugRun';
import type { Launch } from './launch';
import { checkLaunch, startDebugRun } from './startDebugRun';
import type { StopCriteria } from './stopPolicy';
import type { RunListener } from './stopState';

export interface Lifecycle {
  /** The run of now, as long as it can be asked. */
  readonly debuggee: DebugRun | undefined;
  /** What was launched last, whether or not it began. */
  readonly launch: Launch | undefined;
  /** Nothing is begun any more. */
  readonly ending: boolean;
  /** The editor has sent all its breakpoints: a launch need not wait any longer. */
  configured(): void;
  /** @throws PipelineError for whatever makes it impossible. */
  begin(launch: Launch): Promise<void>;
  /**
   * Begins again, by other arguments where there are some.
   * @throws PipelineError for whatever makes it impossible: where that is seen before, the run stays as it is.
   */
  restart(launch: Launch | undefined): Promise<void>;
  /** Gives whether something hangs in native code, which ends with the process alone. */
  end(): Promise<boolean>;
}

/** Hears of all runs of a session; `ended` only where nothing follows. */
export interface LifecycleListener extends RunListener {
  opened(launch: Launch, run: DebugRun): void;
  /** A run is over: what was shown of it cannot be opened any more. */
  over(): void;
}

/** What hangs is not waited for any longer, in milliseconds. */
const PATIENCE = 4_000;

export function openLifecycle(listener: LifecycleListener, criteria: StopCriteria): Lifecycle {
  let launch: Launch | undefined;
  let debuggee: DebugRun | undefined;
  let starting: Promise<unknown> | undefined;
  let ending = false;
  let restarting = false;
  let ready: () => void = () => undefined;
  const configured = new Promise<void>((settle) => {
    ready = settle;
  });

  async function begin(next: Launch): Promise<void> {
    launch = next;
    await configured;
    if (ending) return;
    const begun = startDebugRun(next, criteria, {
      ...listener,
      opened: (run) => {
        debuggee = run;
        listener.opened(next, run);
      },
      ended: (status, error) => {
        listener.over();
        if (!restarting) listener.ended(status, error);
      },
    });
    starting = begun.catch(() => undefined);
    try {
      await begun;
    } catch (error) {
      debuggee = undefined;
      throw error;
    }
  }

  async function terminate(): Promise<void> {
    await debuggee?.terminate();
    await starting;
    // One that was about to begin.
    await debuggee?.terminate();
  }

  return {
    get debuggee() {
      return debuggee;
    },
    get launch() {
      return launch;
    },
    get ending() {
      return ending;
    },
    configured: () => ready(),
    begin,
    restart: async (given) => {
      const next = given ?? launch;
      if (next === undefined) return;
      await checkLaunch(next);
      const before = debuggee;
      restarting = true;
      try {
        await terminate();
        restarting = false;
        await begin(next);
      } catch (error) {
        // The one before is gone: a session without a run would wait for nothing.
        if (before !== undefined) listener.ended('failed', plainError(error));
        throw error;
      } finally {
        restarting = false;
      }
    },
    end: async () => {
      ending = true;
      ready();
      const late = new Promise<boolean>((settle) => setTimeout(() => settle(true), PATIENCE).unref());
      return Promise.race([terminate().then(() => false), late]);
    },
  };
}
