// The debug session: translates requests of the protocol to the run that is debugged, and what happens there to events.
import {
  BreakpointEvent,
  CapabilitiesEvent,
  DebugSession,
  Event,
  ExitedEvent,
  InitializedEvent,
  OutputEvent,
  StoppedEvent,
  TerminatedEvent,
  Thread,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { basename } from 'node:path';
import { isCancelled, plainError, recordOrigin, type Cell, type RunEvent } from '../engine';
import { openBreakpoints } from './breakpoints';
import { complete, evaluate, nowhere } from './console';
import { startDebuggee, type Command, type Debuggee, type Standing, type Watcher } from './debuggee';
import { activeFilters, anyTrouble, FILTER_WORDS, type ActiveFilter } from './filters';
import { framesOf, levelOf, type NamedRow, type RowOrigin } from './frames';
import { focusOf } from './hits';
import { readLaunch, type Launch } from './launch';
import { linesOf, stepInWords, type Line } from './output';
import { scopesOf } from './scopes';
import { openVariables } from './variables';

/** There is one thread: a run that is looked into takes one step after the other. */
const THREAD = 1;

const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsBreakpointLocationsRequest: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsStepBack: true,
  supportsRestartFrame: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: false,
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', ':', ' '],
  supportsCancelRequest: true,
  exceptionBreakpointFilters: [...FILTER_WORDS],
};

export class M7Session extends DebugSession {
  readonly #breakpoints = openBreakpoints();
  readonly #variables = openVariables((row, signal) => this.#originText(row, signal));
  readonly #cancels = new Map<number, AbortController>();
  readonly #configured = new Set<() => void>();
  #isConfigured = false;
  #filters: readonly ActiveFilter[] = activeFilters({
    filters: FILTER_WORDS.filter((one) => one.default === true).map((one) => one.filter),
  });
  #progress: { readonly id: string; readonly step: string } | undefined;
  #progresses = 0;
  #reportsProgress = false;
  #launch: Launch | undefined;
  #debuggee: Debuggee | undefined;
  #starting: Promise<unknown> | undefined;
  #leaving = false;

  // ---- beginning and end ---------------------------------------------------------------------------

  protected override initializeRequest(
    response: DebugProtocol.InitializeResponse,
    args: DebugProtocol.InitializeRequestArguments,
  ): void {
    this.#reportsProgress = args.supportsProgressReporting === true;
    response.body = CAPABILITIES;
    this.sendResponse(response);
    this.sendEvent(new InitializedEvent());
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.#isConfigured = true;
    for (const settle of this.#configured) settle();
    this.sendResponse(response);
  }

  protected override launchRequest(response: DebugProtocol.LaunchResponse, args: unknown): void {
    this.#answer(response, async () => {
      this.#launch = readLaunch(args);
      await this.#start(this.#launch);
    });
  }

  async #start(launch: Launch): Promise<void> {
    if (!this.#isConfigured) await new Promise<void>((settle) => this.#configured.add(settle));
    if (this.#leaving) return;
    const session = { current: true };
    const starting = startDebuggee(
      launch,
      this.#breakpoints,
      this.#watcher(session),
      () => this.#filters,
      (begun) => {
        this.#debuggee = begun;
        for (const breakpoint of this.#breakpoints.rebind(begun.configDir))
          this.sendEvent(new BreakpointEvent('changed', breakpoint));
        if (launch.publish) this.sendEvent(new CapabilitiesEvent({ supportsRestartFrame: false }));
      },
    );
    this.#starting = starting.catch(() => undefined);
    await starting;
  }

  #watcher(session: { current: boolean }): Watcher {
    return {
      stopped: (standing) => this.#stopped(standing),
      event: (event) => this.#event(event),
      say: (text, where) =>
        this.#print({ category: 'console', text, ...(where === undefined ? {} : { where }) }),
      ended: (status, error) => {
        if (!session.current) return;
        session.current = false;
        this.#variables.clear();
        if (this.#restarting) return;
        if (error !== undefined && error.code !== 'CANCELLED')
          this.#print({ category: 'stderr', text: `${error.message} ${error.remedy}` });
        const copy = this.#launch?.publish === true ? '' : ' Nothing was changed: it ran on a copy.';
        const words = {
          ok: 'The run ended well.',
          failed: 'The run failed.',
          cancelled: 'The run was ended.',
        };
        this.#print({ category: 'console', text: words[status] + copy });
        this.sendEvent(new ExitedEvent(status === 'ok' ? 0 : status === 'failed' ? 1 : 130));
        this.sendEvent(new TerminatedEvent());
      },
    };
  }

  #restarting = false;

  protected override restartRequest(
    response: DebugProtocol.RestartResponse,
    args: DebugProtocol.RestartArguments | undefined,
  ): void {
    this.#answer(response, async () => {
      const launch = args?.arguments === undefined ? this.#launch : readLaunch(args.arguments);
      if (launch === undefined) return;
      this.#restarting = true;
      try {
        await this.#debuggee?.leave();
      } finally {
        this.#restarting = false;
      }
      this.#launch = launch;
      await this.#start(launch);
    });
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    this.sendResponse(response);
    void this.#debuggee?.leave();
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    void this.#end().then(() => {
      this.sendResponse(response);
      // Its last words are written before it goes.
      setTimeout(() => process.exit(0), 20);
    });
  }

  /** The client is gone, or the process is told to end. */
  override shutdown(): void {
    void this.#end().then(() => process.exit(0));
  }

  async #end(): Promise<void> {
    this.#leaving = true;
    for (const settle of this.#configured) settle();
    for (const cancel of this.#cancels.values()) cancel.abort();
    const work = (async () => {
      await this.#debuggee?.leave();
      await this.#starting;
      await this.#debuggee?.leave();
    })();
    // What hangs in native code is left: it ends with the process.
    await Promise.race([work, new Promise((settle) => setTimeout(settle, 4_000).unref())]);
  }

  // ---- breakpoints ---------------------------------------------------------------------------------

  protected override setBreakPointsRequest(
    response: DebugProtocol.SetBreakpointsResponse,
    args: DebugProtocol.SetBreakpointsArguments,
  ): void {
    const asked = args.breakpoints ?? [];
    response.body = { breakpoints: [...this.#breakpoints.set(args.source.path ?? '', asked)] };
    this.sendResponse(response);
  }

  protected override breakpointLocationsRequest(
    response: DebugProtocol.BreakpointLocationsResponse,
    args: DebugProtocol.BreakpointLocationsArguments,
  ): void {
    const lines = this.#breakpoints.locations(args.source.path ?? '', args.line, args.endLine ?? args.line);
    response.body = { breakpoints: lines.map((line) => ({ line })) };
    this.sendResponse(response);
  }

  protected override setExceptionBreakPointsRequest(
    response: DebugProtocol.SetExceptionBreakpointsResponse,
    args: DebugProtocol.SetExceptionBreakpointsArguments,
  ): void {
    this.#filters = activeFilters(args);
    this.sendResponse(response);
  }

  protected override exceptionInfoRequest(response: DebugProtocol.ExceptionInfoResponse): void {
    const now = this.#debuggee?.standing;
    const trouble =
      now === undefined ? undefined : (now.reason.trouble ?? anyTrouble(now.place, now.position));
    response.body = {
      exceptionId: trouble?.id ?? 'nothing',
      description: [trouble?.message, trouble?.remedy].filter(Boolean).join(' '),
      breakMode: 'always',
    };
    this.sendResponse(response);
  }

  // ---- going on ------------------------------------------------------------------------------------

  #go(response: DebugProtocol.Response, command: Command): void {
    // What is still asked of where it stood is of no use any more.
    for (const cancel of this.#cancels.values()) cancel.abort();
    this.#variables.clear();
    this.sendResponse(response);
    this.#debuggee?.resume(command);
  }

  protected override continueRequest(response: DebugProtocol.ContinueResponse): void {
    response.body = { allThreadsContinued: true };
    this.#go(response, 'continue');
  }
  protected override nextRequest(response: DebugProtocol.NextResponse): void {
    this.#go(response, 'next');
  }
  protected override stepInRequest(response: DebugProtocol.StepInResponse): void {
    this.#go(response, 'in');
  }
  protected override stepOutRequest(response: DebugProtocol.StepOutResponse): void {
    this.#go(response, 'out');
  }
  protected override stepBackRequest(response: DebugProtocol.StepBackResponse): void {
    this.#go(response, 'back');
  }
  protected override reverseContinueRequest(response: DebugProtocol.ReverseContinueResponse): void {
    this.#go(response, 'back');
  }
  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    this.#debuggee?.pause();
    this.sendResponse(response);
  }

  protected override restartFrameRequest(
    response: DebugProtocol.RestartFrameResponse,
    args: DebugProtocol.RestartFrameArguments,
  ): void {
    this.#answer(response, async () => {
      const release = await this.#debuggee?.repeat(levelOf(args.frameId) === 'stage');
      for (const breakpoint of this.#breakpoints.rebind())
        this.sendEvent(new BreakpointEvent('changed', breakpoint));
      this.#variables.clear();
      return release;
    });
  }

  // ---- looking -------------------------------------------------------------------------------------

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    response.body = { threads: [new Thread(THREAD, 'run')] };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(
    response: DebugProtocol.StackTraceResponse,
    args: DebugProtocol.StackTraceArguments,
  ): void {
    this.#answer(response, async () => {
      const now = this.#debuggee?.standing;
      const frames = now === undefined ? [] : framesOf(now, await this.#originInFocus(now, undefined));
      const start = args.startFrame ?? 0;
      const end = args.levels === undefined || args.levels === 0 ? frames.length : start + args.levels;
      response.body = { stackFrames: frames.slice(start, end), totalFrames: frames.length };
    });
  }

  protected override scopesRequest(
    response: DebugProtocol.ScopesResponse,
    args: DebugProtocol.ScopesArguments,
  ): void {
    this.#answer(response, async (signal) => {
      const now = this.#debuggee?.standing;
      const level = levelOf(args.frameId);
      response.body = {
        scopes:
          now === undefined || level === undefined
            ? []
            : [...(await scopesOf(now, level, this.#variables, signal))],
      };
    });
  }

  protected override variablesRequest(
    response: DebugProtocol.VariablesResponse,
    args: DebugProtocol.VariablesArguments,
  ): void {
    this.#answer(response, async (signal) => {
      const { variablesReference, start = 0, count } = args;
      const found = await this.#variables.read(
        variablesReference,
        start,
        count === 0 ? undefined : count,
        signal,
      );
      response.body = { variables: [...found] };
    });
  }

  protected override evaluateRequest(
    response: DebugProtocol.EvaluateResponse,
    args: DebugProtocol.EvaluateArguments,
  ): void {
    this.#answer(
      response,
      async (signal) => {
        const now = this.#debuggee?.standing;
        const level = args.frameId === undefined ? undefined : levelOf(args.frameId);
        response.body =
          now === undefined
            ? nowhere()
            : await evaluate(
                now,
                {
                  ...{ expression: args.expression, context: args.context, level, signal },
                  origin: async () => {
                    const origin = await this.#originInFocus(now, signal);
                    return origin === undefined ? undefined : inWords(origin);
                  },
                },
                this.#variables,
              );
      },
      false,
    );
  }

  protected override completionsRequest(
    response: DebugProtocol.CompletionsResponse,
    args: DebugProtocol.CompletionsArguments,
  ): void {
    this.#answer(response, async (signal) => {
      const now = this.#debuggee?.standing;
      const line = args.text.split('\n')[(args.line ?? 1) - 1] ?? args.text;
      response.body = {
        targets: now === undefined ? [] : [...(await complete(now, line.slice(0, args.column - 1), signal))],
      };
    });
  }

  protected override cancelRequest(
    response: DebugProtocol.CancelResponse,
    args: DebugProtocol.CancelArguments,
  ): void {
    if (args.requestId !== undefined) this.#cancels.get(args.requestId)?.abort();
    this.sendResponse(response);
  }

  // ---- what happens --------------------------------------------------------------------------------

  #stopped({ reason, place, position }: Standing): void {
    this.#endProgress();
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(reason.kind, THREAD);
    const { trouble, breakpoints } = reason;
    const found = trouble ?? anyTrouble(place, position);
    event.body = {
      reason: reason.kind,
      threadId: THREAD,
      allThreadsStopped: true,
      ...(trouble === undefined ? {} : { description: `Stopped: ${trouble.message}` }),
      ...(found === undefined ? {} : { text: found.message }),
      ...(breakpoints === undefined ? {} : { hitBreakpointIds: [...breakpoints] }),
    };
    this.sendEvent(event);
  }

  #event(event: RunEvent): void {
    for (const line of linesOf(event)) this.#print(line);
    if (event.event === 'step_finished') this.#endProgress();
    if (event.event !== 'step_progress' || !this.#reportsProgress || this.#debuggee?.standing !== undefined)
      return;
    const step = stepInWords(event);
    if (this.#progress?.step !== step) {
      this.#endProgress();
      this.#progress = { id: `step${this.#progresses++}`, step };
      this.sendEvent(
        new Event('progressStart', { progressId: this.#progress.id, title: step, cancellable: false }),
      );
    }
    this.sendEvent(
      new Event('progressUpdate', {
        progressId: this.#progress.id,
        ...(event.percent === undefined ? {} : { percentage: Math.round(event.percent) }),
      }),
    );
  }

  #endProgress(): void {
    if (this.#progress === undefined) return;
    this.sendEvent(new Event('progressEnd', { progressId: this.#progress.id }));
    this.#progress = undefined;
  }

  #print({ text, category, where }: Line): void {
    const event: DebugProtocol.OutputEvent = new OutputEvent(`${text}\n`, category);
    if (where !== undefined) {
      event.body.source = { name: basename(where.file), path: where.file };
      if (where.line !== undefined) event.body.line = where.line;
    }
    this.sendEvent(event);
  }

  // ---- rows and their lines ------------------------------------------------------------------------

  async #originInFocus(now: Standing, signal: AbortSignal | undefined): Promise<RowOrigin | undefined> {
    const { position, questions } = now;
    if ((position.kind !== 'rule' && position.kind !== 'column') || position.row === undefined)
      return undefined;
    const failing = await questions.failing(focusOf({ ...position, row: undefined }), signal);
    const [cells] = (await failing?.page(position.row, 1, signal)) ?? [];
    if (failing === undefined || cells === undefined) return undefined;
    return this.#origin(
      Object.fromEntries(failing.columns.map(({ name }, i) => [name, cells[i] ?? null])),
      signal,
    );
  }

  async #originText(
    row: Readonly<Record<string, Cell>>,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const origin = await this.#origin(row, signal);
    return origin === undefined ? undefined : inWords(origin);
  }

  /** Where a row that bears its lineage came from; undefined where it bears none, or its file is gone. */
  async #origin(row: NamedRow, signal: AbortSignal | undefined): Promise<RowOrigin | undefined> {
    const now = this.#debuggee?.standing;
    const { _brand: brand, _source_file: file, _source_row: number } = row;
    if (now === undefined || typeof file !== 'string' || typeof number !== 'number') return undefined;
    const { step } = now.place;
    const values = Object.entries(row).flatMap(([name, cell]) => (name.startsWith('_') ? [] : [cell]));
    try {
      const origin = await recordOrigin(
        now.workspace.lake,
        {
          date: step.date,
          table: step.table,
          file,
          row: number,
          values,
          ...(typeof brand === 'string' ? { brand } : {}),
        },
        signal,
      );
      const path = origin.original === null ? undefined : this.#debuggee?.original(origin.original, file);
      return { file, line: origin.line, text: origin.text, path: origin.packed ? undefined : path };
    } catch (error) {
      if (isCancelled(error)) throw error;
      return { file, line: null, text: null, path: undefined };
    }
  }

  /** Answers a request by work that may fail or be cancelled. @param show errors as a message of the editor. */
  #answer(
    response: DebugProtocol.Response,
    work: (signal: AbortSignal) => Promise<unknown>,
    show = response.command === 'launch' ||
      response.command === 'restartFrame' ||
      response.command === 'restart',
  ): void {
    const cancel = new AbortController();
    this.#cancels.set(response.request_seq, cancel);
    void work(cancel.signal)
      .then((after) => {
        this.sendResponse(response);
        if (typeof after === 'function') (after as () => void)();
      })
      .catch((error: unknown) => {
        if (isCancelled(error)) {
          response.success = false;
          response.message = 'cancelled';
          this.sendResponse(response);
          return;
        }
        const { message, remedy, file, line } = plainError(error);
        const where =
          file === undefined || response.command === 'evaluate'
            ? ''
            : ` (${basename(file)}${line === undefined ? '' : `:${line}`})`;
        this.sendErrorResponse(response, {
          id: 1,
          format: `${escaped(message)}${escaped(where)} ${escaped(remedy)}`,
          showUser: show,
        });
      })
      .finally(() => this.#cancels.delete(response.request_seq));
  }
}

/** Braces in a message would be taken for variables of it. */
const escaped = (text: string): string => text.replaceAll('{', '(').replaceAll('}', ')');

function inWords({ file, line, text }: RowOrigin): string {
  return `${file}${line === null ? ' (its line can no longer be told)' : `:${line}`}${text === null ? '' : `  ${text}`}`;
}
