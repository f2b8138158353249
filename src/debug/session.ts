// The debug session: translates requests of the protocol to the run that is debugged, and what happens there to events.
import {
  BreakpointEvent,
  CapabilitiesEvent,
  Event,
  ExitedEvent,
  InitializedEvent,
  TerminatedEvent,
  Thread,
} from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  defined,
  endWithin,
  GRACE_MS,
  isCancelled,
  lastLine,
  type Config,
  type PlainError,
  type RunEvent,
  type RunStatus,
} from '../engine';
import { openAsker } from './asker';
import { openBreakpointHits } from './breakpointHits';
import { openBreakpoints } from './breakpoints';
import { CAPABILITIES } from './capabilities';
import { complete } from './completions';
import { DebugConsole, notPaused } from './console';
import { exceptionBody, outputEvent, stoppedEvent, THREAD } from './events';
import { activeFilters, FILTER_WORDS, type ActiveFilter } from './filters';
import { framesOf, levelOf } from './frames';
import { exitAdapter } from './exit';
import { readLaunch } from './launch';
import { openLifecycle } from './lifecycle';
import { openOrigins } from './origins';
import { endInWords, linesOf, stepInWords, type Line, type Say } from './output';
import { noRows, openPreviews, PREVIEW } from './previews';
import { openProgress } from './progress';
import { openRequests } from './requests';
import { scopesOf } from './scopes';
import { ShownSession } from './shownSession';
import type { StepCommand, StopState } from './stopState';
import { openVariables } from './variables';

export class M7Session extends ShownSession {
  readonly #progress = openProgress((event) => this.sendEvent(event));
  readonly #requests = openRequests(
    (response) => this.sendResponse(response),
    (response, message) => this.sendErrorResponse(response, message),
  );
  readonly #asker = openAsker(this.#requests, this.#progress);
  readonly #say: Say = (text, where) => this.#print({ category: 'stdout', text, ...defined({ where }) });
  readonly #breakpoints = openBreakpoints();
  #filters: readonly ActiveFilter[] = activeFilters({
    filters: FILTER_WORDS.filter((one) => one.default === true).map((one) => one.filter),
  });
  readonly #lifecycle = openLifecycle(
    {
      opened: ({ publish }, { configDir }) => {
        this.#rebind(configDir);
        if (publish) this.sendEvent(new CapabilitiesEvent({ supportsRestartFrame: false }));
      },
      stopped: (stop) => this.#stopped(stop),
      event: (event, { config }) => this.#event(event, config),
      say: this.#say,
      over: () => this.#forget(),
      ended: (status, error) => this.#ended(status, error),
    },
    {
      hits: openBreakpointHits(this.#breakpoints, this.#asker, this.#say),
      filters: () => this.#filters,
    },
  );
  readonly #origins = openOrigins(() => this.#lifecycle.debuggee);
  readonly #variables = openVariables((row, signal) => this.#origins.text(row, signal));
  readonly #previews = openPreviews();
  #failed = false;
  readonly #console = new DebugConsole({
    ...{ asker: this.#asker, variables: this.#variables, previews: this.#previews, origins: this.#origins },
    open: (path, title) => this.sendEvent(new Event(PREVIEW, { path, title })),
  });

  // ---- beginning and end ---------------------------------------------------------------------------

  protected override initializeRequest(
    response: DebugProtocol.InitializeResponse,
    args: DebugProtocol.InitializeRequestArguments,
  ): void {
    this.#progress.shown = args.supportsProgressReporting === true;
    response.body = CAPABILITIES;
    this.sendResponse(response);
    this.sendEvent(new InitializedEvent());
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.#lifecycle.configured();
    this.sendResponse(response);
  }

  protected override launchRequest(response: DebugProtocol.LaunchResponse, args: unknown): void {
    this.#requests.answer(response, async () => this.#lifecycle.begin(readLaunch(args)), true);
  }

  protected override restartRequest(
    response: DebugProtocol.RestartResponse,
    args: DebugProtocol.RestartArguments | undefined,
  ): void {
    this.#requests.answer(
      response,
      async () =>
        this.#lifecycle.restart(args?.arguments === undefined ? undefined : readLaunch(args.arguments)),
      true,
    );
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    this.sendResponse(response);
    void this.#lifecycle.debuggee?.terminate();
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    void this.#end().then((hangs) => {
      this.sendResponse(response);
      exitAdapter(0, hangs);
    });
  }

  /** The client is gone, or the process gets a signal to end. */
  override shutdown(): void {
    endWithin(GRACE_MS, () => process.exit(0));
    void this.#end().then((hangs) => exitAdapter(this.#failed ? 1 : 0, hangs));
  }

  /** Gives whether something hangs in native code, which ends with the process alone. */
  async #end(): Promise<boolean> {
    this.#requests.cancelAll();
    const hangs = await this.#lifecycle.end();
    this.#previews.close();
    return hangs;
  }

  #ended(status: RunStatus, error: PlainError | undefined): void {
    if (error !== undefined && error.code !== 'CANCELLED')
      this.#print({ category: 'stderr', text: `${error.message} ${error.remedy}` });
    this.#print({ category: 'stdout', text: endInWords(status, this.#publishes) });
    this.sendEvent(new ExitedEvent(status === 'ok' ? 0 : status === 'failed' ? 1 : 130));
    this.sendEvent(new TerminatedEvent());
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

  /** The config was reloaded: breakpoints may have moved. */
  #rebind(configDir?: string): void {
    for (const breakpoint of this.#breakpoints.rebind(configDir))
      this.sendEvent(new BreakpointEvent('changed', breakpoint));
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
    response.body = exceptionBody(this.#lifecycle.debuggee?.stopState);
    this.sendResponse(response);
  }

  // ---- stepping ------------------------------------------------------------------------------------

  /** What was shown of the last stop cannot be opened any more. */
  #forget(): void {
    this.#variables.clear();
    this.#previews.last = undefined;
  }

  #go(response: DebugProtocol.Response, command: StepCommand): void {
    // What is still asked of the last stop is of no use any more.
    this.#requests.cancelAll();
    this.#forget();
    this.sendResponse(response);
    this.#lifecycle.debuggee?.resume(command);
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
    this.#lifecycle.debuggee?.pause();
    if (this.#lifecycle.debuggee?.stopState === undefined)
      this.#print({
        category: 'stdout',
        text: 'Pausing at the next rule, column or step.',
      });
    this.sendResponse(response);
  }

  protected override restartFrameRequest(
    response: DebugProtocol.RestartFrameResponse,
    args: DebugProtocol.RestartFrameArguments,
  ): void {
    this.#requests.answer(
      response,
      async (_signal, after) => {
        const release = await this.#lifecycle.debuggee?.repeat(levelOf(args.frameId) === 'stage');
        if (release !== undefined) after(release);
        this.#rebind();
        this.#variables.clear();
      },
      true,
    );
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
    this.#requests.answer(response, async () => {
      const stop = this.#lifecycle.debuggee?.stopState;
      const frames = stop === undefined ? [] : framesOf(stop, await this.#origins.inFocus(stop));
      const start = args.startFrame ?? 0;
      const end = args.levels === undefined || args.levels === 0 ? frames.length : start + args.levels;
      response.body = { stackFrames: frames.slice(start, end), totalFrames: frames.length };
    });
  }

  protected override scopesRequest(
    response: DebugProtocol.ScopesResponse,
    args: DebugProtocol.ScopesArguments,
  ): void {
    this.#requests.answer(response, async (signal) => {
      const stop = this.#lifecycle.debuggee?.stopState;
      const level = levelOf(args.frameId);
      response.body = {
        scopes:
          stop === undefined || level === undefined
            ? []
            : [...(await scopesOf(stop, level, this.#variables, signal))],
      };
    });
  }

  protected override variablesRequest(
    response: DebugProtocol.VariablesResponse,
    args: DebugProtocol.VariablesArguments,
  ): void {
    this.#requests.answer(response, async (signal) => {
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
    if (args.context === 'clipboard') this.answerExactly(response);
    this.#requests.answer(response, async (signal) => {
      const stop = this.#lifecycle.debuggee?.stopState;
      if (stop === undefined) {
        response.body = notPaused();
        return;
      }
      const level = args.frameId === undefined ? undefined : levelOf(args.frameId);
      const expression = { id: response.request_seq, text: args.expression, context: args.context, level };
      response.body = await this.#console.evaluate(stop, expression, signal);
    });
  }

  /** Writes the rows behind a number of variables to a file, and gives its path. */
  protected override customRequest(command: string, response: DebugProtocol.Response, args: unknown): void {
    if (command !== PREVIEW) {
      super.customRequest(command, response, args);
      return;
    }
    this.#requests.answer(response, async (signal) => {
      const stop = this.#lifecycle.debuggee?.stopState;
      const table = this.#variables.table(numberOf(args, 'variablesReference') ?? 0);
      if (stop === undefined || table === undefined) throw noRows();
      const query = { id: response.request_seq, title: table.title, at: stop, signal };
      const path = await this.#asker.request(query, (one) => this.#previews.write(table, stop, one));
      response.body = { path, title: table.title };
    });
  }

  /**
   * Says why the session cannot go on, and ends it.
   * @param hangs native code is at work that will not stop: the lock is left to whoever comes next.
   */
  fail(why: string, hangs = false): void {
    if (this.#failed) return;
    this.#failed = true;
    const text = `The debug session was ended: ${why}`;
    lastLine(text);
    this.#print({ category: 'important', text });
    this.sendEvent(new TerminatedEvent());
    if (!hangs) {
      this.shutdown();
      return;
    }
    this.#previews.close();
    exitAdapter(1, true);
  }

  protected override completionsRequest(
    response: DebugProtocol.CompletionsResponse,
    args: DebugProtocol.CompletionsArguments,
  ): void {
    this.#requests.answer(response, async (signal) => {
      const stop = this.#lifecycle.debuggee?.stopState;
      const line = args.text.split('\n')[(args.line ?? 1) - 1] ?? args.text;
      const before = line.slice(0, args.column - 1);
      // One that is not wanted any more is no error: the editor would log it as one.
      const found = stop === undefined ? [] : await complete(stop, before, signal).catch(unlessCancelled);
      response.body = { targets: [...found] };
    });
  }

  protected override cancelRequest(
    response: DebugProtocol.CancelResponse,
    args: DebugProtocol.CancelArguments,
  ): void {
    const requestId = args.requestId ?? this.#progress.requestOf(args.progressId);
    if (requestId !== undefined) this.#requests.cancel(requestId);
    this.sendResponse(response);
  }

  // ---- what happens --------------------------------------------------------------------------------

  /** Are layers, ledger and warehouse changed by the run? */
  get #publishes(): boolean {
    return this.#lifecycle.launch?.publish === true;
  }

  #stopped(stop: StopState): void {
    this.#progress.stepEnds();
    this.sendEvent(stoppedEvent(stop));
  }

  #event(event: RunEvent, config: Config): void {
    for (const line of linesOf(event, config, this.#publishes)) this.#print(line);
    if (event.event === 'step_finished') this.#progress.stepEnds();
    if (event.event === 'step_progress' && this.#lifecycle.debuggee?.stopState === undefined)
      this.#progress.step(stepInWords(event), event.percent);
  }

  #print(line: Line): void {
    this.sendEvent(outputEvent(line));
  }
}

function numberOf(args: unknown, name: string): number | undefined {
  const value: unknown = typeof args === 'object' && args !== null ? Reflect.get(args, name) : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** Nothing where the work was cancelled. @throws what else went wrong. */
function unlessCancelled(error: unknown): readonly never[] {
  if (isCancelled(error)) return [];
  throw error;
}
