// The events of a run as lines of the log; plain text, as the log is read by those who help.
import type { RunEvent, StepFinished, StepName } from '../engine';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** "raw-to-silver 20241115 Skylink Playback". */
export function stepName(step: StepName): string {
  return [step.stage, step.date, step.brand, step.table].filter((part) => part !== undefined).join(' ');
}

/** The line of an event; undefined for what is not worth one. */
export function logLine(event: RunEvent): LogLine | undefined {
  switch (event.event) {
    case 'run_started':
      return {
        level: 'info',
        text: `Run ${event.run_id} of ${event.dates.join(', ') || 'no date'}: ${event.to_run} of ${event.steps} steps to run.`,
      };
    case 'step_started':
      return { level: 'debug', text: `${stepName(event)}: ${event.reason}` };
    case 'step_progress':
      return undefined;
    case 'step_finished':
      return finishedLine(event);
    case 'log': {
      const step = event.step === undefined ? '' : `${stepName(event.step)}: `;
      return { level: event.level === 'warning' ? 'warn' : event.level, text: `${step}${event.message}` };
    }
    case 'run_finished': {
      const { done, skipped, failed, cancelled } = event.steps;
      return {
        level: event.status === 'failed' ? 'error' : 'info',
        text: `Run ${event.run_id} ${event.status} after ${event.seconds.toFixed(1)} s: ${done} steps done, ${skipped} skipped, ${failed} failed, ${cancelled} cancelled.`,
      };
    }
    default:
      return event satisfies never;
  }
}

function finishedLine(event: StepFinished): LogLine {
  const name = stepName(event);
  switch (event.status) {
    case 'done': {
      const lost = [
        ...(event.rows_rejected > 0 ? [`${event.rows_rejected} rejected`] : []),
        ...(event.duplicates > 0 ? [`${event.duplicates} duplicates`] : []),
      ];
      return {
        level: 'info',
        text: `${name}: ${[`${event.rows_in} → ${event.rows_out} rows`, ...lost].join(', ')}, ${event.seconds.toFixed(2)} s`,
      };
    }
    case 'failed': {
      const { error } = event;
      const place = error?.file === undefined ? '' : ` at ${error.file}:${String(error.line ?? 1)}`;
      return {
        level: 'error',
        text: `${name} FAILED${place}: ${error?.message ?? event.reason ?? ''} ${error?.remedy ?? ''}`.trimEnd(),
      };
    }
    case 'skipped':
      return { level: 'debug', text: `${name}: skipped, ${event.reason ?? 'up to date'}` };
    case 'cancelled':
      return { level: 'info', text: `${name}: cancelled` };
    default:
      return event.status satisfies never;
  }
}
