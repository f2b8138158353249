// Breakpoints that a session brings along and takes away again: those of "debug this rule".
import * as vscode from 'vscode';
import type { Owned, Parts } from '../parts';
import { TYPE } from './debugRequest';

/** What a configuration bears so that its session is known when it begins; the adapter takes no notice of it. */
type Mark = Readonly<Record<typeof MARK, string>>;

export interface SessionBreakpoints extends Owned {
  /**
   * Starts a session with a breakpoint at a place, for as long as it lasts; one that stands there already is
   * left alone. @param start resolves to whether there is a session.
   */
  during(place: vscode.Location | undefined, start: (mark: Mark) => Thenable<boolean>): Promise<void>;
}

const MARK = '__m7session';

/** What a window that was closed in the middle of a session has left. */
const LEFT = 'm7.sessionBreakpoints';

interface StoredBreakpoint {
  readonly uri: string;
  readonly line: number;
}

export function openSessionBreakpoints({ context }: Pick<Parts, 'context'>): SessionBreakpoints {
  const own = new Map<string, vscode.SourceBreakpoint>();
  const known = new Map<string, string>();
  let next = 1;

  const keep = (): Thenable<void> =>
    context.workspaceState.update(
      LEFT,
      [...own.values()].map((one): StoredBreakpoint => ({
        uri: one.location.uri.toString(),
        line: lineOf(one),
      })),
    );
  const remove = (mark: string): void => {
    const point = own.get(mark);
    if (point === undefined) return;
    own.delete(mark);
    vscode.debug.removeBreakpoints([point]);
    void keep();
  };
  const listeners = [
    vscode.debug.onDidStartDebugSession((session) => {
      const mark: unknown = session.type === TYPE ? session.configuration[MARK] : undefined;
      if (typeof mark === 'string' && own.has(mark)) known.set(session.id, mark);
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      const mark = known.get(session.id);
      known.delete(session.id);
      if (mark !== undefined) remove(mark);
    }),
    sweep(context.workspaceState.get<readonly StoredBreakpoint[]>(LEFT, [])),
  ];

  return {
    during: async (place, start) => {
      const mark = `${String(process.pid)}-${String(next++)}`;
      if (place !== undefined && !isCovered(place)) {
        const point = new vscode.SourceBreakpoint(place);
        own.set(mark, point);
        vscode.debug.addBreakpoints([point]);
        await keep();
      }
      try {
        if (!(await start({ [MARK]: mark }))) remove(mark);
      } catch (error) {
        remove(mark);
        throw error;
      }
    },
    dispose: () => {
      vscode.Disposable.from(...listeners).dispose();
      for (const mark of [...own.keys()]) remove(mark);
    },
  };
}

const lineOf = ({ location }: vscode.SourceBreakpoint): number => location.range.start.line;

const pointsAt = (uri: string, line: number): readonly vscode.SourceBreakpoint[] =>
  vscode.debug.breakpoints.filter(
    (one): one is vscode.SourceBreakpoint =>
      one instanceof vscode.SourceBreakpoint && one.location.uri.toString() === uri && lineOf(one) === line,
  );

/** Does a breakpoint stand there that is on? One with a condition counts: it says when the user wants to stop. */
const isCovered = ({ uri, range }: vscode.Location): boolean =>
  pointsAt(uri.toString(), range.start.line).some((one) => one.enabled);

/** Removes what is left over, once the editor has told which breakpoints there are. */
function sweep(left: readonly StoredBreakpoint[]): vscode.Disposable {
  if (left.length === 0) return vscode.Disposable.from();
  const remove = (): void =>
    vscode.debug.removeBreakpoints(left.flatMap(({ uri, line }) => [...pointsAt(uri, line)]));
  const listener = vscode.debug.onDidChangeBreakpoints(() => {
    listener.dispose();
    remove();
  });
  remove();
  return listener;
}
