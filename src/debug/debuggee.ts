// The run that is debugged: pulls the engine's generator, holds it at places, and starts it again to go back.
import {
  chooseWork,
  debugScope,
  filesKeptOut,
  GO_ON,
  openQuestions,
  openScratch,
  openWorkspace,
  PipelineError,
  plainError,
  run,
  STAGES,
  type Answer,
  type Place,
  type OpenWorkspace,
  type PlainError,
  type Questions,
  type RunEvent,
  type RunStatus,
  type Scratch,
} from '../engine';
import type { Breakpoints } from './breakpoints';
import type { ActiveFilter } from './filters';
import { focusOf } from './hits';
import type { Launch } from './launch';
import { openPauses } from './pauses';
import { atRow, positionsOf, rowOf, type Position } from './positions';
import type { Command, Reason, Standing, Watcher } from './standing';
import { openStops } from './stops';
import { openWork, type Task, type Work } from './work';

export interface Debuggee {
  readonly standing: Standing | undefined;
  /** The workspace's own file of one that the run reads; see Scratch. */
  original(path: string, landingFile?: string): string;
  readonly configDir: string;
  resume(command: Command): void;
  pause(): void;
  /**
   * Loads the config anew; what it gives repeats what is stood at.
   * @throws PipelineError: then nothing has changed.
   */
  repeat(wholeStage: boolean): Promise<() => void>;
  /** Ends the run where it is. */
  leave(): Promise<void>;
}

/** What ends standing at a position. */
type Release =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'again'; readonly workspace: OpenWorkspace; readonly wholeStage: boolean }
  | { readonly kind: 'leave' };

/** Where it goes on from a position. */
type Onward = 'onward' | 'backward' | Answer;

const left = (): PipelineError => new PipelineError('CANCELLED', 'The run was left.', 'Start it again.');

/**
 * Begins the run of a launch; resolves when it has begun, and everything that follows is told to the watcher.
 * @param filters asked at every position. @param opened called before it begins.
 * @throws PipelineError for whatever makes it impossible.
 */
export async function startDebuggee(
  launch: Launch,
  breakpoints: Breakpoints,
  watcher: Watcher,
  filters: () => readonly ActiveFilter[],
  opened: (debuggee: Debuggee) => void,
): Promise<void> {
  const options = { directory: launch.workspace };
  const first = await openWorkspace(options);
  const scope = debugScope(first.config, launch.request);
  const scratch = launch.publish ? undefined : await openScratch(options, scope.date);
  try {
    const workspace = scratch?.workspace ?? first;
    const tasks = (await chooseWork(workspace, scope, launch.publish)).map((selection) => ({ selection }));
    const work = openWork(scope, tasks);
    const debuggee = hold({ launch, breakpoints, watcher, filters, scratch, workspace, work });
    opened(debuggee);
    await debuggee.begun;
  } catch (error) {
    scratch?.close();
    throw error;
  }
}

/** @throws PipelineError where a launch cannot begin by what the files say now. */
export async function checkLaunch({ workspace, request, publish }: Launch): Promise<void> {
  const opened = await openWorkspace({ directory: workspace });
  await chooseWork(opened, debugScope(opened.config, request), publish);
}

function hold(given: {
  readonly launch: Launch;
  readonly breakpoints: Breakpoints;
  readonly watcher: Watcher;
  readonly filters: () => readonly ActiveFilter[];
  readonly scratch: Scratch | undefined;
  readonly workspace: OpenWorkspace;
  readonly work: Work;
}): Debuggee & { readonly begun: Promise<void> } {
  const { launch, breakpoints, filters, watcher, scratch, work } = given;
  const reopen = (): Promise<OpenWorkspace> =>
    scratch?.reopen() ?? openWorkspace({ directory: launch.workspace });
  const stops = openStops({
    ...{ never: launch.noDebug, stopOnEntry: launch.stopOnEntry, breakpoints, filters, say: watcher.say },
    decide: (asked, work) => watcher.decide({ ...asked, workspace }, work),
  });
  const pauses = openPauses();
  let workspace = given.workspace;
  /** The config was loaded anew within a run that began with another one. */
  let renewed = false;
  let abort = new AbortController();
  let leaving = false;
  /** The rule to stop at once its table has been evaluated anew. */
  let sought: string | undefined;
  /** Files that were kept out of the step's slot when it began. */
  let keptBefore: ReadonlySet<string> = new Set();
  let standing: Standing | undefined;
  let release: ((release: Release) => void) | undefined;

  /** Ends the run that goes on; the tasks that are left follow it. */
  function unwind(): never {
    abort.abort();
    throw left();
  }

  async function at(place: Place): Promise<Answer> {
    if (leaving) unwind();
    if (place.kind === 'step') {
      pauses.begin(place.step);
      keptBefore = new Set(filesKeptOut(workspace.lake, place.step).map((file) => file.kept));
      stops.begin();
      if (renewed) {
        // What has not been run yet is run by the config as it is now.
        await work.again(workspace);
        unwind();
      }
    }
    if (place.kind === 'end') work.ended(place);
    const filesOut =
      place.kind === 'end'
        ? filesKeptOut(workspace.lake, place.step).filter((file) => !keptBefore.has(file.kept))
        : [];
    const questions = openQuestions(place, workspace, filesOut);
    try {
      return await walk(place, positionsOf(place, filesOut), questions);
    } finally {
      standing = undefined;
      await questions.close();
    }
  }

  async function walk(place: Place, positions: readonly Position[], questions: Questions): Promise<Answer> {
    let i = 0;
    let reason: Reason | undefined;
    if (place.kind === 'rules' && sought !== undefined) {
      i = Math.max(
        0,
        positions.findIndex((one) => one.kind === 'rule' && one.rule.id === sought),
      );
      sought = undefined;
      reason = { kind: 'restart' };
    }
    for (let position = positions[i]; position !== undefined; position = positions[i]) {
      if (leaving) unwind();
      reason ??= await stops.reasonAt(place, position, questions, abort.signal);
      const gone = reason === undefined ? 'onward' : await visit(place, position, reason, questions, i > 0);
      reason = undefined;
      if (typeof gone === 'object') return gone;
      if (gone === 'onward') i += 1;
      else {
        i -= 1;
        reason = { kind: 'step' };
      }
    }
    return GO_ON;
  }

  /** Stands at a position, or at the failing rows of it, until it goes on or back to another one. */
  async function visit(
    place: Place,
    start: Position,
    first: Reason,
    questions: Questions,
    before: boolean,
  ): Promise<Onward> {
    let position = start;
    let reason = first;
    for (;;) {
      const goesOn = pauses.stand(place.step);
      const released = await stand({ place, position, reason, questions, workspace });
      goesOn();
      if (released.kind === 'leave') unwind();
      // One that cannot be dropped goes with the step.
      void questions.forget().catch(() => undefined);
      if (released.kind === 'again') return await again(place, position, released);
      const row = rowOf(position);
      reason = { kind: 'step' };
      switch (released.command) {
        case 'continue':
          stops.mode = { kind: 'run' };
          return 'onward';
        case 'next':
        case 'in': {
          const wanted = row === undefined ? 0 : row + 1;
          const enter = row !== undefined || released.command === 'in';
          if (!enter || wanted >= (await failingRows(position, questions))) {
            stops.mode = { kind: 'next' };
            return 'onward';
          }
          position = atRow(position, wanted);
          break;
        }
        case 'out':
          if (row === undefined) {
            stops.mode = { kind: 'out', step: place.step };
            return 'onward';
          }
          position = atRow(position, undefined);
          break;
        case 'back':
          if (row !== undefined) position = atRow(position, row === 0 ? undefined : row - 1);
          else if (before) return 'backward';
          else await goBack(place);
          break;
        default:
          released.command satisfies never;
      }
    }
  }

  /** Starts again at the stage before, or at the same one where it has been done or nothing is before it. */
  async function goBack(place: Place): Promise<void> {
    const { stage, table } = place.step;
    const index = STAGES.indexOf(stage);
    const target = STAGES[place.kind === 'end' ? index : index - 1];
    if (launch.publish || target === undefined) {
      watcher.say(
        launch.publish
          ? 'This run counts: it cannot go back to an earlier stage.'
          : 'There is no stage before landing-to-raw.',
      );
      return;
    }
    try {
      await reopen();
    } catch (error) {
      const { message, remedy } = plainError(error);
      watcher.say(`It cannot go back by a config that is not right: ${message} ${remedy}`);
      return;
    }
    await work.redo(workspace, target, table);
    unwind();
  }

  async function again(
    place: Place,
    position: Position,
    by: Release & { readonly kind: 'again' },
  ): Promise<Answer> {
    if (place.kind === 'rules' && !by.wholeStage) {
      workspace = by.workspace;
      renewed = true;
      sought = position.kind === 'rule' ? position.rule.id : '';
      return { kind: 'again', config: by.workspace.config };
    }
    await work.redo(workspace, place.step.stage, place.step.table);
    unwind();
  }

  function stand(where: Standing): Promise<Release> {
    if (leaving) return Promise.resolve({ kind: 'leave' });
    standing = where;
    const released = new Promise<Release>((settle) => {
      release = settle;
    });
    watcher.stopped(where);
    return released;
  }

  function free(by: Release): void {
    const settle = release;
    release = undefined;
    standing = undefined;
    settle?.(by);
  }

  /** Tells an event; of what is run once more it was told already how much there is to do. */
  function tell(event: RunEvent, task: Task, opened: OpenWorkspace): void {
    if (event.event === 'run_started' && task.again === true) return;
    const told =
      event.event === 'step_finished' ? { ...event, seconds: pauses.worked(event, event.seconds) } : event;
    watcher.event(told, opened);
  }

  let begin: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const begun = new Promise<void>((settle, refuse) => {
    begin = settle;
    fail = refuse;
  });

  async function drive(): Promise<{ readonly status: RunStatus; readonly error: PlainError | undefined }> {
    let status: RunStatus = 'ok';
    let first = true;
    // Leaving clears the work.
    for (let task = work.next(); task !== undefined; task = work.next()) {
      abort = new AbortController();
      if (task.until !== undefined) stops.mode = { kind: 'until', ...task.until };
      // What was run already may have been followed by an edit of the config.
      if (!first) workspace = await reopen();
      first = false;
      renewed = false;
      const opened = workspace;
      const running = run(opened, task.selection, { signal: abort.signal, inspector: { at } });
      for (;;) {
        const step = await running.next();
        if (step.done === true) {
          // A run that was ended to go back has not failed; a step that failed may have been mended since.
          if (step.value.status === 'failed' && !work.failed) status = 'failed';
          break;
        }
        begin();
        const event = step.value;
        if (leaving || !abort.signal.aborted) tell(event, task, opened);
      }
    }
    if (work.failed) status = 'failed';
    return { status: leaving ? 'cancelled' : status, error: undefined };
  }

  const over = drive()
    .catch((error: unknown): Awaited<ReturnType<typeof drive>> => {
      fail(error);
      return { status: leaving ? 'cancelled' : 'failed', error: plainError(error) };
    })
    .then((end) => {
      scratch?.close();
      // One that was left before its first event has begun all the same.
      begin();
      return end;
    });
  // A launch that failed tells it by itself.
  void begun.then(
    () => over.then(({ status, error }) => watcher.ended(status, error)),
    () => undefined,
  );

  return {
    begun,
    get standing() {
      return standing;
    },
    configDir: given.workspace.settings.configDir,
    original: (path, landingFile) => scratch?.original(path, landingFile) ?? path,
    resume: (command) => free({ kind: 'command', command }),
    pause: () => stops.pause(),
    repeat: async (wholeStage) => {
      const now = standing;
      if (now === undefined)
        throw new PipelineError('USAGE', 'The run does not stand still.', 'Pause it first.');
      if (launch.publish)
        throw new PipelineError(
          'UNSUPPORTED',
          'This run counts: it goes on by the config it began with.',
          'Start it without "publish" to try other rules.',
        );
      const opened = await reopen();
      return () => {
        if (standing === now) free({ kind: 'again', workspace: opened, wholeStage });
      };
    },
    leave: async () => {
      leaving = true;
      work.clear();
      abort.abort();
      free({ kind: 'leave' });
      await over;
    },
  };
}

async function failingRows(position: Position, questions: Questions): Promise<number> {
  return (await questions.failing(focusOf(atRow(position, undefined))))?.rows ?? 0;
}
