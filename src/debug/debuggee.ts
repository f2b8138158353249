// The run that is debugged: pulls the engine's generator, holds it at places, and starts it again to go back.
import {
  chooseWork,
  debugScope,
  GO_ON,
  openQuestions,
  openScratch,
  openWorkspace,
  PipelineError,
  plainError,
  planRun,
  run,
  STAGES,
  type Answer,
  type Place,
  type DebugScope,
  type OpenWorkspace,
  type PlainError,
  type Questions,
  type RunEvent,
  type RunStatus,
  type Scratch,
  type Selection,
  type Stage,
} from '../engine';
import type { Breakpoints } from './breakpoints';
import { troubleAt, type ActiveFilter, type Trouble } from './filters';
import { focusOf, stoppingAt, type Say } from './hits';
import type { Launch } from './launch';
import { positionsOf, type Position } from './positions';

/** Why a run stands still. */
export interface Reason {
  readonly kind: 'entry' | 'step' | 'pause' | 'breakpoint' | 'exception' | 'restart';
  readonly breakpoints?: readonly number[];
  readonly trouble?: Trouble;
}

/** A run that stands still. */
export interface Standing {
  readonly place: Place;
  readonly position: Position;
  readonly reason: Reason;
  readonly questions: Questions;
  readonly workspace: OpenWorkspace;
}

export type Command = 'continue' | 'next' | 'in' | 'out' | 'back';

/** Who is told what happens. */
export interface Watcher {
  stopped(standing: Standing): void;
  event(event: RunEvent, workspace: OpenWorkspace): void;
  readonly say: Say;
  ended(status: RunStatus, error: PlainError | undefined): void;
}

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

interface Task {
  readonly selection: Selection;
  /** Nothing stops before this step. */
  readonly until?: { readonly stage: Stage; readonly table: string };
}

type Mode =
  | { readonly kind: 'run' }
  | { readonly kind: 'next' }
  /** To the end of this step. */
  | { readonly kind: 'out'; readonly step: Place['step'] }
  | { readonly kind: 'until'; readonly stage: Stage; readonly table: string };

/** What ends standing at a position. */
type Release =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'again'; readonly workspace: OpenWorkspace; readonly wholeStage: boolean }
  | { readonly kind: 'leave' };

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
    const debuggee = hold({ launch, scope, breakpoints, watcher, filters, scratch, workspace, tasks });
    opened(debuggee);
    await debuggee.begun;
  } catch (error) {
    scratch?.close();
    throw error;
  }
}

function hold(given: {
  readonly launch: Launch;
  readonly scope: DebugScope;
  readonly breakpoints: Breakpoints;
  readonly watcher: Watcher;
  readonly filters: () => readonly ActiveFilter[];
  readonly scratch: Scratch | undefined;
  readonly workspace: OpenWorkspace;
  readonly tasks: readonly Task[];
}): Debuggee & { readonly begun: Promise<void> } {
  const { launch, scope, breakpoints, watcher, scratch } = given;
  const reopen = (): Promise<OpenWorkspace> =>
    scratch?.reopen() ?? openWorkspace({ directory: launch.workspace });
  const queue: Task[] = [...given.tasks];
  let workspace = given.workspace;
  /** The config was loaded anew within a run that began with another one. */
  let renewed = false;
  let task: Task | undefined;
  /** Steps of the task that have ended. */
  let done = new Set<string>();
  /** How each step ended when it was run last. */
  const outcomes = new Map<string, string>();
  let abort = new AbortController();
  let mode: Mode = { kind: 'run' };
  let pausing = false;
  let entering = launch.stopOnEntry;
  let leaving = false;
  /** The rule to stop at once its table has been evaluated anew. */
  let sought: string | undefined;
  /** Rules at which a failure was shown: their step's own failure need not be shown again. */
  let shown = new Set<string>();
  let standing: Standing | undefined;
  let release: ((release: Release) => void) | undefined;

  /** Ends the run that goes on; the tasks of the queue follow it. */
  function unwind(): never {
    abort.abort();
    throw left();
  }

  async function at(place: Place): Promise<Answer> {
    if (leaving) unwind();
    if (place.kind === 'step') {
      shown = new Set();
      if (renewed) {
        // What has not been run yet is run by the config as it is now.
        queue.unshift(...(await rest(undefined)));
        unwind();
      }
    }
    if (place.kind === 'end') {
      done.add(idOf(place.step));
      outcomes.set(idOf(place.step), place.outcome.status);
    }
    const questions = openQuestions(place, workspace);
    try {
      return await walk(place, questions);
    } finally {
      standing = undefined;
      await questions.close();
    }
  }

  async function walk(place: Place, questions: Questions): Promise<Answer> {
    const positions = positionsOf(place);
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
      reason ??= await reasonAt(place, position, questions);
      const left = reason === undefined ? 'onward' : await visit(place, position, reason, questions, i > 0);
      reason = undefined;
      if (typeof left === 'object') return left;
      if (left === 'onward') i += 1;
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
  ): Promise<'onward' | 'backward' | Answer> {
    let position = start;
    let reason = first;
    for (;;) {
      const released = await stand({ place, position, reason, questions, workspace });
      if (released.kind === 'leave') unwind();
      if (released.kind === 'again') return await again(place, position, released);
      const row = rowOf(position);
      reason = { kind: 'step' };
      switch (released.command) {
        case 'continue':
          mode = { kind: 'run' };
          return 'onward';
        case 'next':
        case 'in': {
          const wanted = row === undefined ? 0 : row + 1;
          const enter = row !== undefined || released.command === 'in';
          if (!enter || wanted >= (await failingRows(position, questions))) {
            mode = { kind: 'next' };
            return 'onward';
          }
          position = atRow(position, wanted);
          break;
        }
        case 'out':
          if (row === undefined) {
            mode = { kind: 'out', step: place.step };
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
    await redo(target, table);
  }

  async function redo(target: Stage, table: string): Promise<never> {
    const from = STAGES.indexOf(target);
    const last =
      scope.stages.length === 0 ? STAGES.length - 1 : Math.max(...scope.stages.map((s) => STAGES.indexOf(s)));
    const stages = STAGES.slice(from, Math.max(from, last) + 1);
    queue.unshift(
      {
        selection: {
          dates: [scope.date],
          validateOnly: true,
          stages,
          tables: [table],
          brands: scope.brands,
          force: true,
        },
        until: { stage: target, table },
      },
      ...(await rest(table)),
    );
    unwind();
  }

  /** What the current task has not done yet, but for a table. */
  async function rest(without: string | undefined): Promise<readonly Task[]> {
    if (task === undefined) return [];
    const { selection } = task;
    const plan = await planRun(workspace, selection);
    const open = plan.steps.filter(
      (step) => step.action === 'run' && step.table !== without && !done.has(idOf(step)),
    );
    return STAGES.flatMap((stage) => {
      const tables = [...new Set(open.filter((step) => step.stage === stage).map((step) => step.table))];
      return tables.length === 0 ? [] : [{ selection: { ...selection, stages: [stage], tables } }];
    });
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
    return redo(place.step.stage, place.step.table);
  }

  async function reasonAt(
    place: Place,
    position: Position,
    questions: Questions,
  ): Promise<Reason | undefined> {
    if (leaving) unwind();
    if (launch.noDebug) return undefined;
    if (mode.kind === 'until') {
      const there =
        place.kind === 'step' && place.step.stage === mode.stage && place.step.table === mode.table;
      if (!there) return undefined;
      mode = { kind: 'run' };
      return { kind: 'step' };
    }
    if (entering) {
      entering = false;
      return { kind: 'entry' };
    }
    const hit = await stoppingAt(place, position, {
      ...{ breakpoints, questions, signal: abort.signal },
      say: watcher.say,
    });
    const trouble = troubleAt(place, position, given.filters());
    if (trouble !== undefined && position.kind === 'rule') shown.add(position.rule.id);
    if (hit.length > 0) return { kind: 'breakpoint', breakpoints: hit };
    const seen =
      place.kind === 'end' &&
      place.outcome.status === 'failed' &&
      place.outcome.error.code === 'VALIDATION_FAILED' &&
      shown.size > 0;
    if (trouble !== undefined && !seen) return { kind: 'exception', trouble };
    if (pausing) {
      pausing = false;
      return { kind: 'pause' };
    }
    const ends = mode.kind === 'out' && place.kind === 'end' && idOf(place.step) === idOf(mode.step);
    return mode.kind === 'next' || ends ? { kind: 'step' } : undefined;
  }

  function stand(at: Standing): Promise<Release> {
    if (leaving) return Promise.resolve({ kind: 'leave' });
    standing = at;
    const released = new Promise<Release>((settle) => {
      release = settle;
    });
    watcher.stopped(at);
    return released;
  }

  function free(by: Release): void {
    const settle = release;
    release = undefined;
    standing = undefined;
    settle?.(by);
  }

  let begin: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const begun = new Promise<void>((settle, refuse) => {
    begin = settle;
    fail = refuse;
  });

  let begunOnce = false;

  async function drive(): Promise<{ readonly status: RunStatus; readonly error: PlainError | undefined }> {
    let status: RunStatus = 'ok';
    // Leaving empties the queue.
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      task = next;
      abort = new AbortController();
      done = new Set();
      mode = next.until === undefined ? mode : { kind: 'until', ...next.until };
      // What was run already may have been followed by an edit of the config.
      if (begunOnce) workspace = await reopen();
      begunOnce = true;
      renewed = false;
      const opened = workspace;
      const work = run(opened, next.selection, { signal: abort.signal, inspector: { at } });
      for (;;) {
        const step = await work.next();
        if (step.done === true) {
          // A run that was ended to go back has not failed; a step that failed may have been mended since.
          if (step.value.status === 'failed' && ![...outcomes.values()].includes('failed')) status = 'failed';
          break;
        }
        begin();
        const event = step.value;
        if (leaving || !abort.signal.aborted) watcher.event(event, opened);
      }
    }
    if ([...outcomes.values()].includes('failed')) status = 'failed';
    return { status: leaving ? 'cancelled' : status, error: undefined };
  }

  const over = drive()
    .catch((error: unknown): Awaited<ReturnType<typeof drive>> => {
      fail(error);
      return { status: leaving ? 'cancelled' : 'failed', error: plainError(error) };
    })
    .then((end) => {
      scratch?.close();
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
    pause: () => {
      pausing = true;
    },
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
      queue.length = 0;
      abort.abort();
      free({ kind: 'leave' });
      await over;
    },
  };
}

const idOf = ({ stage, table, brand }: Pick<Place['step'], 'stage' | 'table' | 'brand'>): string =>
  [stage, table, brand ?? ''].join('\n');

const rowOf = (position: Position): number | undefined =>
  position.kind === 'rule' || position.kind === 'column' ? position.row : undefined;

/** A position at one of its failing rows, or at none. */
function atRow(position: Position, row: number | undefined): Position {
  if (position.kind !== 'rule' && position.kind !== 'column') return position;
  return { ...position, row };
}

async function failingRows(position: Position, questions: Questions): Promise<number> {
  if (position.kind !== 'rule' && position.kind !== 'column') return 0;
  return (await questions.failing(focusOf(atRow(position, undefined))))?.rows ?? 0;
}
