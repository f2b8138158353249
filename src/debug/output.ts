// What the console shows of a run: each step that worked, how long it took, how many rows, and why it failed.
import { defined, type Config, type RunEvent, type RunStatus, type StepName, findTable } from '../engine';

export interface Line {
  readonly text: string;
  /** Not `console`, though the protocol means it for the debugger's own words: VS Code draws it as a warning. */
  readonly category: 'stdout' | 'important' | 'stderr';
  readonly where?: { readonly file: string; readonly line?: number };
}

/** Prints a line for the person who debugs. */
export type Say = (text: string, where?: Line['where']) => void;

export const stepInWords = ({ stage, table, brand }: StepName): string =>
  `${stage} ${table}${brand === undefined ? '' : ` (${brand})`}`;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/**
 * Lines for an event, each with the table of the config that it is about; steps without work are not shown.
 * @param publishes layers, ledger and warehouse are changed by the run; else what is validated is not loaded.
 */
export function linesOf(
  event: RunEvent,
  config: Pick<Config, 'tables'>,
  publishes: boolean,
): readonly Line[] {
  switch (event.event) {
    case 'run_started':
      return [
        {
          category: 'stdout',
          text: `Date ${event.dates.join(', ')}: ${event.to_run} of ${count(event.steps, 'step')} to run.`,
        },
      ];
    case 'step_finished': {
      const step = stepInWords(event);
      const seconds = `${event.seconds.toFixed(1)} s`;
      switch (event.status) {
        case 'done': {
          const duplicates = event.duplicates === 0 ? '' : `, ${count(event.duplicates, 'duplicate')}`;
          const out = event.stage === 'gold-to-snowflake' && !publishes ? 'validated' : 'out';
          const where = findTable(config, event.table)?.location;
          return [
            {
              category: 'stdout',
              text: `${step}: ${count(event.rows_in, 'row')} in, ${event.rows_out} ${out}, ${event.rows_rejected} rejected${duplicates} (${seconds})`,
              ...defined({ where }),
            },
          ];
        }
        case 'failed': {
          const { message = '', remedy = '', file, line } = event.error ?? {};
          return [
            {
              category: 'stderr',
              text: `${step}: failed after ${seconds}. ${message} ${remedy}`,
              ...(file === undefined ? {} : { where: { file, ...defined({ line }) } }),
            },
          ];
        }
        case 'skipped':
          return event.reason === 'up to date'
            ? []
            : [{ category: 'stdout', text: `${step}: skipped, ${event.reason ?? ''}` }];
        case 'cancelled':
          return [];
        default:
          return event satisfies never;
      }
    }
    case 'log':
      if (event.level === 'debug') return [];
      return [{ category: event.level === 'info' ? 'stdout' : 'stderr', text: event.message }];
    case 'run_finished':
    case 'step_started':
    case 'step_progress':
      return [];
    default:
      return event satisfies never;
  }
}

/** How a session ended. @param publishes layers, ledger and warehouse were changed by it. */
export function endInWords(status: RunStatus, publishes: boolean): string {
  const words = { ok: 'The run succeeded.', failed: 'The run failed.', cancelled: 'The run was cancelled.' };
  return words[status] + (publishes ? '' : ' Nothing was changed: it ran on a copy.');
}
