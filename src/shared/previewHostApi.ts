// What a preview's page asks of the extension, and what the extension notifies it of.
import type { Method, WireError } from './channel';
import type { ExportFormat, Handle, PreviewApi, PreviewOpened, RowOrigin, View } from './previewApi';

/** What opening the file came to. */
export type OpenOutcome =
  | { readonly kind: 'opened'; readonly opened: PreviewOpened }
  | { readonly kind: 'failed'; readonly error: WireError };

/** Where a preview is to start, instead of at the top of the file as it is. */
export interface PreviewStart {
  readonly view?: View;
  /** Position in that view, from 0. */
  readonly position?: number;
  readonly column?: string;
}

/** Everything a page needs for its first picture. */
export interface PreviewSnapshot {
  readonly path: string;
  /** Name of the file. */
  readonly name: string;
  readonly outcome: OpenOutcome;
  readonly start?: PreviewStart;
  /** Translations of the page's texts by the English text; empty in English. */
  readonly words: Readonly<Record<string, string>>;
}

/** The engine's methods the page may call as they are; the extension opens, exports and closes for it. */
type Forwarded = Omit<PreviewApi, 'preview.open' | 'preview.close' | 'preview.export'>;

export interface PreviewHostApi extends Forwarded {
  /** The page's first call: whatever an earlier page of the same editor asked for is dropped. */
  readonly 'host.ready': Method<Record<string, never>, PreviewSnapshot>;
  /** Opens the file again: after the engine has ended, or the file has changed. */
  readonly 'host.reopen': Method<Record<string, never>, OpenOutcome>;
  /** Lets a query go that the page no longer shows. */
  readonly 'host.close': Method<{ readonly handle: Handle }, null>;
  readonly 'host.copy': Method<{ readonly text: string }, null>;
  /** Asks for a file and writes the view to it; null where the user thought better of it. Progress: percent. */
  readonly 'host.export': Method<
    {
      readonly handle: Handle;
      readonly view: View;
      readonly columns?: readonly string[];
      readonly format: ExportFormat;
      readonly exact?: boolean;
    },
    { readonly target: string; readonly rows: number; readonly neutralized: number } | null,
    number
  >;
  /** Shows the landing original at its line. */
  readonly 'host.openOrigin': Method<RowOrigin, null>;
  /** Shows what became of the line or record. */
  readonly 'host.follow': Method<RowOrigin, null>;
  readonly 'host.openAsText': Method<Record<string, never>, null>;
  readonly 'host.showLog': Method<Record<string, never>, null>;
}

/** Commands of the editor that end in the page. */
export type PageCommand =
  'search' | 'goToRow' | 'toggleSql' | 'togglePanel' | 'reload' | 'copy' | 'goToSource';

export interface PreviewPageApi {
  readonly 'page.do': Method<{ readonly command: PageCommand }, null>;
  /** Goes there; an absent view leaves the present one. */
  readonly 'page.start': Method<PreviewStart, null>;
  /** The file has changed on disk. */
  readonly 'page.changed': Method<Record<string, never>, null>;
  /** The engine process has ended; handles are void. */
  readonly 'page.engineGone': Method<{ readonly reason: string }, null>;
}
