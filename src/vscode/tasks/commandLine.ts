// A task's definition as the words of the command line; plain, so that it is tested without an editor.

export const TASK_COMMANDS = ['run', 'validate', 'maintenance', 'check'] as const;
type TaskCommand = (typeof TASK_COMMANDS)[number];

/** What tasks.json says; unknown or wrong values are the command line's to refuse. */
export interface TaskRequest {
  readonly command: TaskCommand;
  readonly date?: string;
  readonly stage?: string;
  readonly table?: string;
  readonly brand?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** Reads a task definition; undefined where it names no command of ours. */
export function taskRequestOf(definition: Readonly<Record<string, unknown>>): TaskRequest | undefined {
  const command = TASK_COMMANDS.find((one) => one === definition['command']);
  if (command === undefined) return undefined;
  const text = (key: string): string | undefined => {
    const value = definition[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const found = Object.entries({
    date: text('date'),
    stage: text('stage'),
    table: text('table'),
    brand: text('brand'),
    force: definition['force'] === true || undefined,
    dryRun: definition['dryRun'] === true || undefined,
  }).filter(([, value]) => value !== undefined);
  return { command, ...(Object.fromEntries(found) as Omit<TaskRequest, 'command'>) };
}

/** The words after `m7`, each option only where the command knows it. */
export function taskWords(request: TaskRequest, workspace: string): readonly string[] {
  const { command, date, stage, table, brand, force, dryRun } = request;
  const option = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name}=${value}`];
  const flag = (name: string, on: boolean | undefined): readonly string[] =>
    on === true ? [`--${name}`] : [];
  const own: Readonly<Record<TaskCommand, readonly string[]>> = {
    run: [
      ...option('date', date),
      ...option('stage', stage),
      ...option('table', table),
      ...option('brand', brand),
      ...flag('force', force),
      ...flag('dry-run', dryRun),
    ],
    validate: [...option('date', date), ...option('table', table), ...flag('force', force)],
    maintenance: flag('dry-run', dryRun),
    check: [],
  };
  return [command, ...own[command], `--workspace=${workspace}`];
}
