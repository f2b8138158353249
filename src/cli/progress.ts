// A run as it goes: a bar on a terminal, plain lines elsewhere; what goes wrong is told in either.
import { MultiBar } from 'cli-progress';
import {
  fit,
  formatCount,
  formatSeconds,
  plural,
  printable,
  stepId,
  type LogEvent,
  type RunEvent,
  type RunStarted,
  type StepFinished,
  type StepName,
} from '../engine';
import type { Session } from './session';

/** Draws events on stderr. */
export interface Progress {
  show(event: RunEvent): void;
  /** Takes the bar away; safe to call twice. */
  close(): void;
}

export function openProgress(session: Session): Progress {
  if (session.quiet) return errorsOnly(session);
  // With both streams on one terminal the bar would overwrite the JSON.
  const crowded = session.json && session.out.terminal;
  return session.log.terminal && !crowded && !session.verbose ? bar(session) : lines(session);
}

/** Failed steps are told at the end; what went wrong outside of steps is told here. */
function errorsOnly(session: Session): Progress {
  return {
    show: (event) => {
      const text = event.event === 'log' && event.level === 'error' ? lineOf(event, session) : undefined;
      if (text !== undefined) session.log.line(text);
    },
    close: () => undefined,
  };
}

function lines(session: Session): Progress {
  return {
    show: (event) => {
      const text = lineOf(event, session);
      if (text !== undefined) session.log.line(text);
    },
    close: () => undefined,
  };
}

function bar(session: Session): Progress {
  const { log } = session;
  const width = Math.max(10, Math.min(30, log.style.width - 60));
  const bars = new MultiBar(
    {
      format: `{bar} {percentage}%  {done}/{of} steps  {now}`,
      barsize: width,
      hideCursor: false,
      clearOnComplete: true,
      stopOnComplete: false,
      linewrap: true,
    },
    { format: '', barCompleteChar: '\u2588', barIncompleteChar: '\u2591' },
  );
  let steps: ReturnType<MultiBar['create']> | undefined;
  let started = false;
  let total = 0;
  let done = 0;
  const running = new Map<string, { readonly step: StepName; percent: number }>();
  const draw = (): void => {
    const part = [...running.values()].reduce((sum, one) => sum + one.percent / 100, 0);
    const [first] = running.values();
    const more = running.size > 1 ? ` and ${running.size - 1} more` : '';
    const now = first === undefined ? '' : `${stepText(first.step)}${more}`;
    steps?.update(Math.min(total, done + part), {
      done,
      of: total,
      now: fit(now, Math.max(10, log.style.width - width - 22)),
    });
  };
  return {
    show: (event) => {
      if (event.event === 'run_started') {
        started = true;
        total = event.to_run;
        if (total > 0) steps = bars.create(total, 0, { done: 0, of: total, now: '' });
      } else if (event.event === 'step_started') running.set(stepId(event), { step: event, percent: 0 });
      else if (event.event === 'step_progress') {
        const known = running.get(stepId(event));
        if (known !== undefined) known.percent = event.percent ?? known.percent;
      } else if (event.event === 'step_finished' && running.delete(stepId(event))) done += 1;
      // Before there is a bar everything is told: a run may wait for files first.
      const told = !started || worthTelling(event) ? lineOf(event, session) : undefined;
      if (told !== undefined) {
        if (steps === undefined) log.line(told);
        else bars.log(`${told}\n`);
      }
      draw();
    },
    close: () => {
      bars.stop();
    },
  };
}

/** Beside a bar only what went wrong is told while it goes. */
function worthTelling(event: RunEvent): boolean {
  if (event.event === 'log') return event.level === 'warning' || event.level === 'error';
  return event.event === 'step_finished' && event.status === 'failed';
}

/** One line for an event, or none for what is not worth one. */
export function lineOf(event: RunEvent, session: Session): string | undefined {
  const { colours } = session.log.style;
  const time = colours.dim(localTime(event.time));
  switch (event.event) {
    case 'run_started':
      return `${time}  ${startedText(event)}`;
    case 'step_started':
      return session.verbose ? `${time}  ${stepText(event)}: ${printable(event.reason)}` : undefined;
    case 'step_progress':
      return session.verbose && event.message !== undefined
        ? `${time}  ${stepText(event)}: ${printable(event.message)}`
        : undefined;
    case 'step_finished':
      return finishedText(event, time, session);
    case 'log':
      return logText(event, time, session);
    case 'run_finished':
      return `${time}  run ${event.status} after ${formatSeconds(event.seconds)}`;
  }
}

function startedText(event: RunStarted): string {
  const dates =
    event.dates.length > 3
      ? `${event.dates.length} dates from ${event.dates[0] ?? ''}`
      : event.dates.join(', ');
  const work =
    event.to_run === 0
      ? 'nothing to do'
      : `${formatCount(event.to_run)} of ${formatCount(event.steps)} steps to run`;
  return `run ${event.run_id}${dates === '' ? '' : ` of ${dates}`}: ${work}`;
}

function finishedText(event: StepFinished, time: string, session: Session): string | undefined {
  const { colours } = session.log.style;
  switch (event.status) {
    case 'done': {
      const lost = [
        event.rows_rejected > 0 ? `${formatCount(event.rows_rejected)} rejected` : '',
        event.duplicates > 0 ? plural(event.duplicates, 'duplicate') : '',
      ].filter((part) => part !== '');
      const rows = `${formatCount(event.rows_in)} → ${formatCount(event.rows_out)} rows`;
      return `${time}  ${colours.good('done')}  ${stepText(event)}  ${rows}${lost.length === 0 ? '' : `, ${lost.join(', ')}`}  ${colours.dim(formatSeconds(event.seconds))}`;
    }
    case 'failed':
      return `${time}  ${colours.bad('FAIL')}  ${stepText(event)}  ${printable(event.error?.message ?? event.reason ?? '')}`;
    case 'cancelled':
      return session.verbose ? `${time}  stop  ${stepText(event)}` : undefined;
    case 'skipped':
      return session.verbose
        ? `${time}  skip  ${stepText(event)}  ${printable(event.reason ?? '')}`
        : undefined;
  }
}

function logText(event: LogEvent, time: string, session: Session): string | undefined {
  if (event.level === 'debug' && !session.verbose) return undefined;
  const { colours } = session.log.style;
  const step = event.step === undefined ? '' : `${stepText(event.step)}  `;
  // The stack of a defect has lines of its own.
  const message = session.verbose
    ? event.message.split('\n').map(printable).join('\n')
    : printable(event.message);
  switch (event.level) {
    case 'error':
      return `${time}  ${colours.bad('error')}  ${step}${message}`;
    case 'warning':
      return `${time}  ${colours.warn('warning')}  ${step}${message}`;
    case 'info':
    case 'debug':
      return `${time}  ${step}${message}`;
  }
}

/** The clock of whoever is looking: "06:30:00". */
function localTime(time: string): string {
  return new Date(time).toTimeString().slice(0, 8);
}

/** "raw-to-silver 20241115 Skylink Playback". */
export function stepText(step: StepName): string {
  return printable(
    [step.stage, step.date, step.brand, step.table].filter((part) => part !== undefined).join(' '),
  );
}
