// The course of a session: its run begins once the editor is ready, begins anew when asked to, and ends.
import { plainError, type PlainError, type RunStatus } from '../engine';
import type { Breakpoints } from './breakpoints';
import { checkLaunch, startDebuggee, type Debuggee } from './debuggee';
import type { ActiveFilter } from './filters';
import type { Launch } from './launch';
import type { Watcher } from './standing';

export interface Course {
  /** The run of now, as long as it can be asked. */
  readonly debuggee: Debuggee | undefined;
  /** What was launched last, whether or not it began. */
  readonly launch: Launch | undefined;
  /** Nothing is begun any more. */
  readonly leaving: boolean;
  /** The editor has told all it has to tell: a launch need not wait any longer. */
  configured(): void;
  /** @throws PipelineError for whatever makes it impossible. */
  begin(launch: Launch): Promise<void>;
  /**
   * Begins anew, by other arguments where there are some.
   * @throws PipelineError for whatever makes it impossible: where that is seen before, the run stays as it is.
   */
  again(launch: Launch | undefined): Promise<void>;
  /** Gives whether something hangs in native code, which ends with the process alone. */
  end(): Promise<boolean>;
}

/** Who is told; `ended` only of what nothing follows. */
export interface CourseWatcher extends Omit<Watcher, 'ended'> {
  opened(launch: Launch, debuggee: Debuggee): void;
  /** A run is over: what was shown of it cannot be opened any more. */
  left(): void;
  ended(status: RunStatus, error: PlainError | undefined): void;
}

/** What hangs is not waited for any longer, in milliseconds. */
const PATIENCE = 4_000;

export function openCourse(
  watcher: CourseWatcher,
  breakpoints: Breakpoints,
  filters: () => readonly ActiveFilter[],
): Course {
  let launch: Launch | undefined;
  let debuggee: Debuggee | undefined;
  let starting: Promise<unknown> | undefined;
  let leaving = false;
  let restarting = false;
  let ready: () => void = () => undefined;
  const configured = new Promise<void>((settle) => {
    ready = settle;
  });

  async function start(wanted: Launch): Promise<void> {
    launch = wanted;
    await configured;
    if (leaving) return;
    const ended: Watcher['ended'] = (status, error) => {
      watcher.left();
      if (!restarting) watcher.ended(status, error);
    };
    const begun = startDebuggee(wanted, breakpoints, { ...watcher, ended }, filters, (opened) => {
      debuggee = opened;
      watcher.opened(wanted, opened);
    });
    starting = begun.catch(() => undefined);
    try {
      await begun;
    } catch (error) {
      debuggee = undefined;
      throw error;
    }
  }

  async function quit(): Promise<void> {
    await debuggee?.leave();
    await starting;
    // One that was about to begin.
    await debuggee?.leave();
  }

  return {
    get debuggee() {
      return debuggee;
    },
    get launch() {
      return launch;
    },
    get leaving() {
      return leaving;
    },
    configured: () => ready(),
    begin: start,
    again: async (given) => {
      const wanted = given ?? launch;
      if (wanted === undefined) return;
      await checkLaunch(wanted);
      const stood = debuggee !== undefined;
      restarting = true;
      try {
        await quit();
        restarting = false;
        await start(wanted);
      } catch (error) {
        // The one before is gone: a session without a run would wait for nothing.
        if (stood) watcher.ended('failed', plainError(error));
        throw error;
      } finally {
        restarting = false;
      }
    },
    end: async () => {
      leaving = true;
      ready();
      const late = new Promise<boolean>((settle) => setTimeout(() => settle(true), PATIENCE).unref());
      return Promise.race([quit().then(() => false), late]);
    },
  };
}
