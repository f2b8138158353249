// What was reported and is still wrong, so that the same issue is reported once, and its end once.
import { readRegularText } from '../../base';
import { alertFolder, requireKnownFormat } from '../../lake';
import type { DateKey, Settings } from '../../model';
import { writeDurably } from './alertFolder';
import type { ReportedIssues } from './dateIssues';

export interface AlertState {
  readonly version: 1;
  /** Dates with troubles that were told. */
  readonly dates: Readonly<Record<DateKey, ReportedIssues>>;
  /** What kept the last run from running; absent: it ran. */
  readonly stopped?: string;
}

const NOTHING: AlertState = { version: 1, dates: {} };
/** Older dates are forgotten: nobody waits for their recovery any more. */
const MOST_DATES = 400;

/** A state that cannot be read counts as empty: issues are then reported once more. */
export function readAlertState(settings: Settings): AlertState {
  const path = alertFolder(settings).state;
  let value: unknown;
  try {
    value = JSON.parse(readRegularText(path));
  } catch {
    return NOTHING;
  }
  requireKnownFormat('alerts', path, value);
  return isState(value) ? value : NOTHING;
}

function isState(value: unknown): value is AlertState {
  const { version, dates } = (value ?? {}) as { readonly version?: unknown; readonly dates?: unknown };
  return version === 1 && typeof dates === 'object' && dates !== null;
}

export async function writeAlertState(settings: Settings, state: AlertState): Promise<void> {
  const folder = alertFolder(settings);
  const dates = Object.fromEntries(Object.entries(state.dates).sort().slice(-MOST_DATES));
  await writeDurably(folder, folder.state, `${JSON.stringify({ ...state, dates })}\n`);
}
