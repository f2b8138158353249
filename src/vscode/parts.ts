// What every part of the extension is given, and the convention by which parts are joined: a part is one
// function `register<Name>(parts: Parts): vscode.Disposable`, called once by extension.ts.
import type * as vscode from 'vscode';
import type { DateKey, RunEvent, Selection } from '../engine';
import type { RunEnd } from '../shared/serverApi';
import type { Engine } from './engine/client';
import type { Log } from './shown/log';

/** What its owner ends. Structural, where vscode.Disposable is a class. */
export interface Owned {
  dispose(): void;
}

export interface Parts {
  readonly context: vscode.ExtensionContext;
  /** The engine of the current workspace folder; it starts with the first call. */
  readonly engine: Engine;
  /** The engine of any folder: for what may be about another one than the current. */
  readonly engineOf: (folder: vscode.Uri) => Engine;
  readonly log: Log;
  readonly workspace: Workspace;
  /**
   * Something on disk or a run has changed: what was read of dates, layers, reports or config is to be read
   * again. Debounced; runs from a terminal are seen too.
   */
  readonly onDidChangeState: vscode.Event<void>;
  readonly runs: Runs;
  /**
   * The one place where an error is reported to the user: message, remedy, and buttons that open the file at its
   * line or the log. Cancellation is not reported. Never rejects; need not be awaited.
   */
  readonly reportError: (error: unknown) => Promise<void>;
}

/** The folder that commands and views work on. */
export interface Workspace {
  /** The chosen folder, whether or not it is a workspace of M7 yet; undefined where none is open. */
  readonly uri: vscode.Uri | undefined;
  /** Does it hold config/table_schemas.json or config/validation_rules.json? */
  readonly isReady: boolean;
  /** Asks the disk at once: for callers that have just changed it, and do not wait for a watcher. */
  look(): void;
  /** Another folder, or `isReady` has changed. */
  readonly onDidChange: vscode.Event<void>;
}

export interface RunRequest {
  /** For people: "Run 20241115". */
  readonly title: string;
  readonly selection: Selection;
}

/** The current run of this window. */
export interface CurrentRun {
  readonly title: string;
  readonly selection: Selection;
  /** The step that was started last, for people. */
  readonly step: string;
  /** 0 to 100, of steps. */
  readonly percent: number;
}

export interface Runs {
  readonly current: CurrentRun | undefined;
  /** The last run of this window that has ended; undefined before one has. */
  readonly last: { readonly title: string; readonly end: RunEnd } | undefined;
  readonly onDidChange: vscode.Event<void>;
  /** Each event of the current run, as it comes. */
  readonly onEvent: vscode.Event<RunEvent>;
  /**
   * Runs with a progress notification and reports how it ended. Needs a trusted workspace: says so without one.
   * @returns undefined where it did not run, was cancelled or could not end; it has been reported.
   */
  start(request: RunRequest): Promise<RunEnd | undefined>;
  cancel(): void;
}

/**
 * Commands of menus get what was clicked, those of the palette nothing, those called from code a plain value.
 * The date that is meant by any of these: "20241115", a tree node or an object with `date`.
 */
export function dateOf(argument: unknown): DateKey | undefined {
  const date =
    typeof argument === 'object' && argument !== null && 'date' in argument ? argument.date : argument;
  return typeof date === 'string' && /^\d{8}$/.test(date) ? date : undefined;
}

/** As dateOf: the table that is meant by a tree node or object with `table`. */
export function tableOf(argument: unknown): string | undefined {
  const table =
    typeof argument === 'object' && argument !== null && 'table' in argument ? argument.table : undefined;
  return typeof table === 'string' ? table : undefined;
}

/** As dateOf: the file that is meant by a Uri, or by a tree node or object with `uri`. */
export function uriOf(argument: unknown): vscode.Uri | undefined {
  const uri =
    typeof argument === 'object' && argument !== null && 'uri' in argument ? argument.uri : argument;
  return isUri(uri) ? uri : undefined;
}

function isUri(value: unknown): value is vscode.Uri {
  return typeof value === 'object' && value !== null && 'fsPath' in value && 'scheme' in value;
}
