// After a run: what is news goes into the outbox, the outbox goes out. Within bounded time, and never an exception.
import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { TIME_LIMITS } from '../../base';
import {
  type OpenWorkspace,
  type WorkspaceOptions,
  loadConfig,
  loadSettings,
  redaction,
} from '../../workspace';
import {
  type Config,
  type DateKey,
  PipelineError,
  type PlainError,
  type RunResult,
  type Settings,
  plainError,
  defined,
} from '../../model';
import { readLedger, relativePath, alertFolder } from '../../lake';
import { type DateDocument, maskingOf, readDateDocument } from '../../report';
import { withOpenFailures } from '../../stages';
import { forgetBegun, type Heard } from './startedDates';
import { buildAlert } from './build';
import type { AlertContent } from './content';
import { channelsOf, deliver } from './deliverAlerts';
import { alone } from './alertFolder';
import { logAlert } from './alertLog';
import { putIntoOutbox, type OutboxEntry } from './outbox';
import { retryOutbox } from './outboxDelivery';
import { readAlertState, writeAlertState } from './state';
import { hasNews, reportedOf, issuesOf, type ReportedIssues } from './dateIssues';

/** Tells what a run found, if there is news. */
export async function alertRun(
  workspace: OpenWorkspace,
  heard: Heard,
  result: RunResult | undefined,
  error: unknown,
): Promise<void> {
  const { settings, config } = workspace;
  const stopped = result === undefined ? stopping(error) : unwritten(heard, result);
  if (result === undefined && stopped === undefined) return;
  await tell(settings, config, {
    runId: heard.runId,
    stopped,
    ran: result !== undefined,
    documents: (told) => documentsOf(workspace, heard, result, told),
    done: () => (result === undefined ? undefined : forgetBegun(heard.begun)),
  });
}

/**
 * Alerts that a run could not start: its workspace could not be opened. Does nothing where the settings cannot
 * be read (they say whom to tell), where no alerts are wanted, or for an error that is not a problem.
 */
export async function alertStopped(options: WorkspaceOptions, error: unknown): Promise<void> {
  try {
    const stopped = stopping(error);
    if (stopped === undefined) return;
    const settings = await loadSettings({
      workspace: options.directory,
      ...defined({
        environment: options.environment,
        overrides: options.overrides,
        trusted: options.trusted,
      }),
    });
    if (channelsOf(settings, 'enabled').length === 0) return;
    const config = await loadConfig(settings).catch(() => undefined);
    await tell(settings, config, {
      ...{ runId: '', stopped, ran: false },
      documents: () => Promise.resolve([]),
      done: () => undefined,
    });
  } catch {
    // The caller reports the error itself.
  }
}

/** Another run in progress, a cancellation and a usage error are not problems. */
function stopping(error: unknown): PlainError | undefined {
  if (error === undefined) return undefined;
  if (error instanceof PipelineError && ['LOCKED', 'CANCELLED', 'USAGE'].includes(error.code))
    return undefined;
  return plainError(error);
}

/** A run whose steps are well, and which failed all the same: its history could not be written. */
function unwritten({ errors }: Heard, result: RunResult): PlainError | undefined {
  const [message] = errors;
  if (result.status !== 'failed' || message === undefined) return undefined;
  if (result.rejectedFiles.length > 0 || result.steps.some((s) => s.status === 'failed')) return undefined;
  return { code: 'DISK_FULL', message, remedy: 'See the log of the run.' };
}

interface Telling {
  readonly runId: string;
  readonly stopped: PlainError | undefined;
  /** Did it run to its end? Then what stopped runs before is over. */
  readonly ran: boolean;
  /** The dates to look at, given those with issues that were reported. */
  documents(told: Readonly<Record<DateKey, ReportedIssues>>): Promise<readonly DateDocument[]>;
  /** What is news is durable. */
  done(): void;
}

async function tell(settings: Settings, config: Config | undefined, telling: Telling): Promise<void> {
  const channels = channelsOf(settings, 'enabled').map(({ channel }) => channel);
  const unsaved: OutboxEntry[] = [];
  await alone(alertFolder(settings), async () => {
    const news = await takeNews(settings, config, telling);
    for (const channel of channels) {
      if (news === undefined) break;
      const entry = {
        ...{ version: 1 as const, channel, attempts: 0, created: news.content.time },
        ...news,
      };
      await putIntoOutbox(settings, entry).catch(() => void unsaved.push(entry));
    }
    await news?.keep().catch(() => undefined);
    telling.done();
  }).catch(() => undefined);
  await Promise.all([
    retryOutbox(settings, { only: channels, milliseconds: TIME_LIMITS.alertMs, runId: telling.runId }),
    ...unsaved.map((entry) => sendUnsaved(settings, entry, telling.runId)),
  ]);
}

/** Where the disk is full there is no outbox: the alert has this one chance. */
async function sendUnsaved(settings: Settings, entry: OutboxEntry, runId: string): Promise<void> {
  const delivery = await deliver(settings, entry.channel, entry, TIME_LIMITS.alertMs);
  logAlert(settings, {
    ...{ time: new Date().toISOString(), run_id: runId, alert: entry.id, channel: entry.channel },
    ...{ subject: entry.content.subject, attempt: 1 },
    status: delivery.status === 'sent' ? 'sent' : 'dropped',
    message: redaction(settings)(delivery.status === 'sent' ? delivery.detail : delivery.message),
  });
}

interface News {
  readonly id: string;
  readonly content: AlertContent;
  /** Remembers that it was told. */
  keep(): Promise<void>;
}

async function takeNews(
  settings: Settings,
  config: Config | undefined,
  telling: Telling,
): Promise<News | undefined> {
  const { on } = settings.alerts;
  const state = readAlertState(settings);
  const told: Record<DateKey, ReportedIssues> = { ...state.dates };
  const fresh: DateDocument[] = [];
  const recovered: string[] = [];
  for (const document of await telling.documents(state.dates)) {
    const { date } = document;
    const before = told[date];
    const troubles = issuesOf(document).filter(({ cause }) => on.includes(cause));
    if (hasNews(troubles, before ?? {})) fresh.push(document);
    // A date whose reports were removed with age has no issues and has not recovered.
    if (troubles.length === 0 && before !== undefined && document.summary !== undefined) recovered.push(date);
    told[date] = reportedOf(troubles);
  }
  const kept = Object.fromEntries(Object.entries(told).filter(([, of]) => Object.keys(of).length > 0));
  const stopping = telling.stopped;
  const reason =
    stopping === undefined
      ? telling.ran
        ? undefined
        : state.stopped
      : `${stopping.code} ${stopping.file ?? ''}`.trim();
  const stoppedAnew = stopping !== undefined && on.includes('failed') && reason !== state.stopped;
  if (telling.ran && stopping === undefined && state.stopped !== undefined) recovered.unshift('run');
  const keep = (): Promise<void> =>
    writeAlertState(settings, {
      version: 1,
      dates: kept,
      ...defined({ stopped: reason }),
    });
  const well = on.includes('recovered') ? recovered : [];
  if (fresh.length === 0 && well.length === 0 && !stoppedAnew) {
    if (JSON.stringify([kept, reason]) !== JSON.stringify([state.dates, state.stopped]))
      await keep().catch(() => undefined);
    return undefined;
  }
  const content = buildAlert({
    runId: telling.runId,
    workspace: settings.workspace,
    time: new Date(),
    dates: fresh,
    recovered: well,
    ...(stopping !== undefined && stoppedAnew ? { stopped: stopping } : {}),
    redact: redaction(settings),
    masking: maskingOf(config),
    relative: (path) => (isAbsolute(path) ? relativePath(settings.workspace, path) : path),
  });
  return { id: idOf(content, kept), content, keep };
}

/** The same news has the same id: told twice after a crash, it stands in the outbox once. */
function idOf({ run_id, subject, recovered }: AlertContent, told: unknown): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([subject, recovered, told]))
    .digest('hex')
    .slice(0, 16);
  return `${run_id === '' ? 'stopped' : run_id}-${hash}`;
}

/** The dates that were worked on, and those of the run that a failed step was reported of: it may be over. */
async function documentsOf(
  workspace: OpenWorkspace,
  heard: Heard,
  result: RunResult | undefined,
  told: Readonly<Record<DateKey, ReportedIssues>>,
): Promise<readonly DateDocument[]> {
  if (result === undefined) return [];
  const planned = new Set(result.steps.map((s) => s.date));
  const withSteps = Object.entries(told).flatMap(([date, troubles]) =>
    planned.has(date) && Object.keys(troubles).some((subject) => subject.startsWith('step/')) ? [date] : [],
  );
  const { lake } = workspace;
  const { entries } = readLedger(lake.stateDir);
  const documents: DateDocument[] = [];
  for (const date of [...new Set([...heard.dates, ...withSteps])].sort())
    documents.push(withOpenFailures(await readDateDocument(lake, date, entries), workspace));
  return documents;
}
