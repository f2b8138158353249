// What a debug session still has to run: tasks one after the other, started again from where it goes back to.
import {
  planRun,
  STAGES,
  type DebugScope,
  type OpenWorkspace,
  type PausePoint,
  type Selection,
  type Stage,
  type StepName,
} from '../engine';

export interface Task {
  readonly selection: Selection;
  /** Nothing stops before this step. */
  readonly until?: { readonly stage: Stage; readonly table: string };
  /** It is the rest of one before it, or repeats it. */
  readonly again?: true;
}

export interface TaskQueue {
  /** Takes the next task, which is the current one from then on; undefined: all is done. */
  next(): Task | undefined;
  /** A step of the current task has ended. */
  ended(point: Extract<PausePoint, { readonly kind: 'end' }>): void;
  /** Has a step failed when it was run last? */
  readonly failed: boolean;
  /** Puts what the current task has not done yet before everything else. */
  rest(workspace: OpenWorkspace): Promise<void>;
  /** The same, but a table begins at a stage once more, whether or not that is due. */
  redo(workspace: OpenWorkspace, stage: Stage, table: string): Promise<void>;
  /** Nothing more is to be done. */
  clear(): void;
}

/** @param tasks in the order in which they are run. */
export function openTaskQueue(scope: DebugScope, tasks: readonly Task[]): TaskQueue {
  const queue: Task[] = [...tasks];
  let task: Task | undefined;
  /** Steps of the task that have ended. */
  let done = new Set<string>();
  /** How each step ended when it was run last. */
  const outcomes = new Map<string, string>();

  /** What the current task has not done yet, but for a table. */
  async function unfinished(workspace: OpenWorkspace, without: string | undefined): Promise<readonly Task[]> {
    if (task === undefined) return [];
    const { selection } = task;
    const plan = await planRun(workspace, selection);
    const open = plan.steps.filter(
      (step) => step.action === 'run' && step.table !== without && !done.has(stepId(step)),
    );
    return STAGES.flatMap((stage) => {
      const tables = [...new Set(open.filter((step) => step.stage === stage).map((step) => step.table))];
      return tables.length === 0
        ? []
        : [{ selection: { ...selection, stages: [stage], tables }, again: true }];
    });
  }

  return {
    next: () => {
      task = queue.shift();
      done = new Set();
      return task;
    },
    ended: ({ step, outcome }) => {
      done.add(stepId(step));
      outcomes.set(stepId(step), outcome.status);
    },
    get failed() {
      return [...outcomes.values()].includes('failed');
    },
    rest: async (workspace) => {
      queue.unshift(...(await unfinished(workspace, undefined)));
    },
    redo: async (workspace, stage, table) => {
      const from = STAGES.indexOf(stage);
      const last =
        scope.stages.length === 0
          ? STAGES.length - 1
          : Math.max(...scope.stages.map((s) => STAGES.indexOf(s)));
      const selection: Selection = {
        dates: [scope.date],
        validateOnly: true,
        stages: STAGES.slice(from, Math.max(from, last) + 1),
        tables: [table],
        brands: scope.brands,
        force: true,
      };
      queue.unshift(
        { selection, until: { stage, table }, again: true },
        ...(await unfinished(workspace, table)),
      );
    },
    clear: () => {
      queue.length = 0;
    },
  };
}

/** A step of a date as a key. */
export const stepId = ({ stage, table, brand }: StepName): string => [stage, table, brand ?? ''].join('\n');
