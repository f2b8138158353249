// The run that is debugged: pulls the engine's generator, pauses it at positions, and starts it again to go back.
import {
  CONTINUE,
  filesRejectedBy,
  openQuestions,
  openWorkspace,
  PipelineError,
  plainError,
  run,
  STAGES,
  type OpenWorkspace,
  type PausePoint,
  type PlainError,
  type Questions,
  type Resumption,
  type RunEvent,
  type RunStatus,
  type ScratchWorkspace,
} from '../engine';
import type { Launch } from './launch';
import { openPausedTime } from './pausedTime';
import { atRow, focusOf, positionsOf, type Position } from './positions';
import { moveOf } from './stepping';
import { openStopPolicy, type StopCriteria, type StopPolicy } from './stopPolicy';
import type { RunListener, StepCommand, StopReason, StopState } from './stopState';
import type { Task, TaskQueue } from './taskQueue';

/** What ends a pause. */
type Release =
  | { readonly kind: 'command'; readonly command: StepCommand }
  | { readonly kind: 'again'; readonly workspace: OpenWorkspace; readonly wholeStage: boolean }
  | { readonly kind: 'terminate' };

/** Where it continues from a position. */
type Continuation = 'onward' | 'backward' | Resumption;

interface RunEnd {
  readonly status: RunStatus;
  readonly error: PlainError | undefined;
}

const ended = (): PipelineError =>
  new PipelineError('CANCELLED', 'The run was ended by the debugger.', 'Start it again.');

/** What a debug run begins with. */
export interface DebugRunStart {
  readonly launch: Launch;
  readonly workspace: OpenWorkspace;
  /** The copy it runs on; undefined: on the workspace itself. Closed at its end. */
  readonly scratch: ScratchWorkspace | undefined;
  readonly tasks: TaskQueue;
  readonly criteria: StopCriteria;
  readonly listener: RunListener;
}

export class DebugRun {
  readonly configDir: string;
  /** Resolves with its first event; rejects where it cannot begin. */
  readonly begun: Promise<void>;
  readonly #launch: Launch;
  readonly #scratch: ScratchWorkspace | undefined;
  readonly #tasks: TaskQueue;
  readonly #listener: RunListener;
  readonly #policy: StopPolicy;
  readonly #pausedTime = openPausedTime();
  readonly #over: Promise<RunEnd>;
  /** The config of now: it is opened again after an edit. */
  #workspace: OpenWorkspace;
  /** The config was reloaded within a run that began with another one. */
  #reloaded = false;
  /** Ends the engine's run of now; the tasks that are left follow it. */
  #abort = new AbortController();
  #terminating = false;
  /** The rule to stop at once its table has been evaluated again. */
  #ruleToStopAt: string | undefined;
  /** Files that the step's slot had lost as a whole when it began. */
  #rejectedFilesBefore: ReadonlySet<string> = new Set();
  #stopState: StopState | undefined;
  #release: ((release: Release) => void) | undefined;

  constructor({ launch, workspace, scratch, tasks, criteria, listener }: DebugRunStart) {
    this.#launch = launch;
    this.#workspace = workspace;
    this.#scratch = scratch;
    this.#tasks = tasks;
    this.#listener = listener;
    this.#policy = openStopPolicy(criteria, { never: launch.noDebug, stopOnEntry: launch.stopOnEntry });
    this.configDir = workspace.settings.configDir;
    let begin: () => void = () => undefined;
    let fail: (error: unknown) => void = () => undefined;
    this.begun = new Promise<void>((settle, refuse) => {
      begin = settle;
      fail = refuse;
    });
    this.#over = this.#toTheEnd(begin, fail);
    // A launch that failed is reported as its answer.
    void this.begun.then(
      () => this.#over.then(({ status, error }) => listener.ended(status, error)),
      () => undefined,
    );
  }

  /** Where it is paused; undefined while it works. */
  get stopState(): StopState | undefined {
    return this.#stopState;
  }

  /** The workspace's own file of one that the run reads; see ScratchWorkspace. */
  original(path: string, landingFile?: string): string {
    return this.#scratch?.original(path, landingFile) ?? path;
  }

  resume(command: StepCommand): void {
    this.#free({ kind: 'command', command });
  }

  pause(): void {
    this.#policy.pause();
  }

  /**
   * Reloads the config; what it gives repeats the rules, or the stage, at which the run is paused.
   * @throws PipelineError: then nothing has changed.
   */
  async repeat(wholeStage: boolean): Promise<() => void> {
    const paused = this.#stopState;
    if (paused === undefined) throw new PipelineError('USAGE', 'The run is not paused.', 'Pause it first.');
    if (this.#launch.publish)
      throw new PipelineError(
        'UNSUPPORTED',
        'A run with "publish" keeps the config it started with.',
        'Start it without "publish" to try other rules.',
      );
    const workspace = await this.#reopen();
    return () => {
      if (this.#stopState === paused) this.#free({ kind: 'again', workspace, wholeStage });
    };
  }

  /** Ends the run where it is. */
  async terminate(): Promise<void> {
    this.#terminating = true;
    this.#tasks.clear();
    this.#abort.abort();
    this.#free({ kind: 'terminate' });
    await this.#over;
  }

  // ---- tasks, one after the other ------------------------------------------------------------------

  async #toTheEnd(begin: () => void, fail: (error: unknown) => void): Promise<RunEnd> {
    let end: RunEnd;
    try {
      end = { status: await this.#runTasks(begin), error: undefined };
    } catch (error) {
      fail(error);
      end = { status: this.#terminating ? 'cancelled' : 'failed', error: plainError(error) };
    }
    this.#scratch?.close();
    // One that was ended before its first event has begun all the same.
    begin();
    return end;
  }

  async #runTasks(begin: () => void): Promise<RunStatus> {
    const tasks = this.#tasks;
    let failed = false;
    let first = true;
    // Terminating clears the queue.
    for (let task = tasks.next(); task !== undefined; task = tasks.next()) {
      const status = await this.#runTask(task, first, begin);
      first = false;
      // A run that was ended to go back has not failed; a step that failed may have been fixed since.
      if (status === 'failed' && !tasks.failed) failed = true;
    }
    if (this.#terminating) return 'cancelled';
    return failed || tasks.failed ? 'failed' : 'ok';
  }

  async #runTask(task: Task, first: boolean, begin: () => void): Promise<RunStatus> {
    this.#abort = new AbortController();
    if (task.until !== undefined) this.#policy.mode = { kind: 'until', ...task.until };
    // What was run already may have been followed by an edit of the config.
    if (!first) this.#workspace = await this.#reopen();
    this.#reloaded = false;
    const { signal } = this.#abort;
    const workspace = this.#workspace;
    const inspector = { at: (point: PausePoint): Promise<Resumption> => this.#at(point) };
    const running = run(workspace, task.selection, { signal, inspector });
    for (;;) {
      const step = await running.next();
      if (step.done === true) return step.value.status;
      begin();
      if (this.#terminating || !signal.aborted) this.#report(step.value, task, workspace);
    }
  }

  /** Reports an event; of what is run once more it was reported already how much there is to do. */
  #report(event: RunEvent, task: Task, workspace: OpenWorkspace): void {
    if (event.event === 'run_started' && task.again === true) return;
    const worked =
      event.event === 'step_finished'
        ? { ...event, seconds: this.#pausedTime.worked(event, event.seconds) }
        : event;
    this.#listener.event(worked, workspace);
  }

  #reopen(): Promise<OpenWorkspace> {
    return this.#scratch?.reopen() ?? openWorkspace({ directory: this.#launch.workspace });
  }

  /** Ends the engine's run; the tasks that are left follow it. */
  #unwind(): never {
    this.#abort.abort();
    throw ended();
  }

  // ---- positions of a pause point ------------------------------------------------------------------

  async #at(point: PausePoint): Promise<Resumption> {
    if (this.#terminating) this.#unwind();
    const { lake } = this.#workspace;
    if (point.kind === 'step') {
      this.#pausedTime.begin(point.step);
      this.#rejectedFilesBefore = new Set(filesRejectedBy(lake, point.step).map((file) => file.kept));
      this.#policy.begin();
      if (this.#reloaded) {
        // What has not been run yet is run by the config as it is now.
        await this.#tasks.rest(this.#workspace);
        this.#unwind();
      }
    }
    if (point.kind === 'end') this.#tasks.ended(point);
    const filesOut =
      point.kind === 'end'
        ? filesRejectedBy(lake, point.step).filter((file) => !this.#rejectedFilesBefore.has(file.kept))
        : [];
    const questions = openQuestions(point, this.#workspace, filesOut);
    try {
      return await this.#walk(point, positionsOf(point, filesOut), questions);
    } finally {
      this.#stopState = undefined;
      await questions.close();
    }
  }

  async #walk(point: PausePoint, positions: readonly Position[], questions: Questions): Promise<Resumption> {
    let i = 0;
    let reason: StopReason | undefined;
    if (point.kind === 'rules' && this.#ruleToStopAt !== undefined) {
      const id = this.#ruleToStopAt;
      i = Math.max(
        0,
        positions.findIndex((one) => one.kind === 'rule' && one.rule.id === id),
      );
      this.#ruleToStopAt = undefined;
      reason = { kind: 'restart' };
    }
    for (let position = positions[i]; position !== undefined; position = positions[i]) {
      if (this.#terminating) this.#unwind();
      const at = { point, position, questions, workspace: this.#workspace };
      reason ??= await this.#policy.reasonAt(at, this.#abort.signal);
      const next = reason === undefined ? 'onward' : await this.#visit({ ...at, reason }, i > 0);
      reason = undefined;
      if (typeof next === 'object') return next;
      if (next === 'onward') i += 1;
      else {
        i -= 1;
        reason = { kind: 'step' };
      }
    }
    return CONTINUE;
  }

  /**
   * Pauses at a position, or at the failing rows of it, until the run continues or goes back to another one.
   * @param before there is a position before it.
   */
  async #visit(first: StopState, before: boolean): Promise<Continuation> {
    const { point, questions } = first;
    let stop = first;
    for (;;) {
      const resumed = this.#pausedTime.pause(point.step);
      const released = await this.#pausedAt(stop);
      resumed();
      if (released.kind === 'terminate') this.#unwind();
      // One that cannot be dropped goes with the step.
      void questions.forget().catch(() => undefined);
      if (released.kind === 'again') return await this.#again(stop, released);
      const move = await moveOf(released.command, stop.position, point.step, () => failingRows(stop));
      stop = { ...stop, reason: { kind: 'step' } };
      switch (move.kind) {
        case 'onward':
          this.#policy.mode = move.mode;
          return 'onward';
        case 'row':
          stop = { ...stop, position: move.position };
          break;
        case 'backward':
          if (before) return 'backward';
          await this.#goBack(point);
          break;
        default:
          move satisfies never;
      }
    }
  }

  #pausedAt(stop: StopState): Promise<Release> {
    if (this.#terminating) return Promise.resolve({ kind: 'terminate' });
    this.#stopState = stop;
    const released = new Promise<Release>((settle) => {
      this.#release = settle;
    });
    this.#listener.stopped(stop);
    return released;
  }

  #free(release: Release): void {
    const settle = this.#release;
    this.#release = undefined;
    this.#stopState = undefined;
    settle?.(release);
  }

  // ---- back, and once more -------------------------------------------------------------------------

  /** Starts again at the stage before, or at the same one where it has been done or nothing is before it. */
  async #goBack(point: PausePoint): Promise<void> {
    const { stage, table } = point.step;
    const index = STAGES.indexOf(stage);
    const target = STAGES[point.kind === 'end' ? index : index - 1];
    if (this.#launch.publish) {
      this.#listener.say('A run with "publish" cannot go back to an earlier stage.');
      return;
    }
    if (target === undefined) {
      this.#listener.say('landing-to-raw is the first stage: there is no earlier one to go back to.');
      return;
    }
    try {
      await this.#reopen();
    } catch (error) {
      const { message, remedy } = plainError(error);
      this.#listener.say(`Cannot go back while the config has an error: ${message} ${remedy}`);
      return;
    }
    await this.#tasks.redo(this.#workspace, target, table);
    this.#unwind();
  }

  async #again(
    { point, position }: StopState,
    { workspace, wholeStage }: Extract<Release, { readonly kind: 'again' }>,
  ): Promise<Resumption> {
    if (point.kind === 'rules' && !wholeStage) {
      this.#workspace = workspace;
      this.#reloaded = true;
      this.#ruleToStopAt = position.kind === 'rule' ? position.rule.id : '';
      return { kind: 'again', config: workspace.config };
    }
    await this.#tasks.redo(this.#workspace, point.step.stage, point.step.table);
    this.#unwind();
  }
}

async function failingRows({ position, questions }: StopState): Promise<number> {
  return (await questions.failing(focusOf(atRow(position, undefined))))?.rows ?? 0;
}
