// The page's line to the extension, and the file and queries opened through it.
import { ChannelError, isCancelledCall, type Channel, type WireError } from '../../shared/channel';
import type { Handle, PreviewOpened } from '../../shared/previewApi';
import type { PreviewHostApi } from '../../shared/previewHostApi';

export type Host = Channel<PreviewHostApi>;

/** Something that can be opened again when the engine has ended or the file has changed. */
export interface PreviewSource {
  readonly kind: 'file' | 'query';
  /** As it was opened last. */
  readonly opened: PreviewOpened;
  /** The statement of a query. */
  readonly sql: string | undefined;
  /** Its handle; opened again first where it is stale. */
  readonly handle: () => Promise<Handle>;
  /** The handle is void. */
  readonly expire: () => void;
  readonly close: () => void;
}

/** @param reopened Called when it was opened again. */
export function fileSource(
  host: Host,
  opened: PreviewOpened,
  reopened: (opened: PreviewOpened) => void,
): PreviewSource {
  return openSource({
    kind: 'file',
    sql: undefined,
    opened,
    reopen: async () => {
      const outcome = await host.call('host.reopen', {});
      if (outcome.kind === 'failed') throw new ChannelError(outcome.error);
      return outcome.opened;
    },
    reopened,
    close: () => undefined,
  });
}

export interface QueryOptions {
  readonly host: Host;
  readonly file: PreviewSource;
  readonly sql: string;
  /** Called when it was opened again. */
  readonly reopened: (opened: PreviewOpened) => void;
}

/** Opens a query over a file. */
export async function querySource(
  { host, file, sql, reopened }: QueryOptions,
  signal: AbortSignal,
): Promise<PreviewSource> {
  const open = async (stop?: AbortSignal): Promise<PreviewOpened> =>
    host.call('preview.query', { handle: await file.handle(), sql }, { signal: stop });
  return openSource({
    kind: 'query',
    sql,
    opened: await open(signal),
    reopen: () => open(),
    reopened,
    close: (handle) => void host.call('host.close', { handle }).catch(() => undefined),
  });
}

interface SourceOptions {
  readonly kind: PreviewSource['kind'];
  readonly sql: string | undefined;
  readonly opened: PreviewOpened;
  readonly reopen: () => Promise<PreviewOpened>;
  readonly reopened: (opened: PreviewOpened) => void;
  readonly close: (handle: Handle) => void;
}

function openSource({ kind, sql, opened: first, reopen, reopened, close }: SourceOptions): PreviewSource {
  let opened = first;
  let opening: Promise<PreviewOpened> | undefined;
  let stale = false;
  const renew = async (): Promise<PreviewOpened> => {
    const again = await reopen();
    opened = again;
    stale = false;
    reopened(again);
    return again;
  };
  return {
    kind,
    sql,
    get opened() {
      return opened;
    },
    handle: async () => {
      if (!stale) return opened.handle;
      opening ??= renew();
      try {
        return (await opening).handle;
      } finally {
        opening = undefined;
      }
    },
    expire: () => {
      stale = true;
    },
    close: () => {
      if (!stale) close(opened.handle);
    },
  };
}

/** What went wrong, for people; undefined where it was cancelled. */
export function problemOf(error: unknown): WireError | undefined {
  if (isCancelledCall(error)) return undefined;
  if (error instanceof ChannelError) return error.plain;
  return {
    code: 'BUG',
    message: error instanceof Error ? error.message : String(error),
    remedy: 'Report this with the log: it is a defect of M7 Pipeline.',
  };
}
