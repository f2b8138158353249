// The page's line to the extension, and the file and queries opened through it.
import { ChannelError, isCancelledCall, type Channel, type WireError } from '../../shared/channel';
import type { Handle, PreviewOpened } from '../../shared/previewApi';
import type { PreviewHostApi, PreviewSnapshot } from '../../shared/previewHostApi';

export type Host = Channel<PreviewHostApi>;

/** Something that can be opened again when the engine has ended or the file has changed. */
export interface Source {
  readonly kind: 'file' | 'query';
  /** As it was opened last. */
  readonly opened: PreviewOpened;
  /** The statement of a query. */
  readonly sql: string | undefined;
  /** Its handle; opened anew first where it is stale. */
  readonly handle: () => Promise<Handle>;
  /** The handle is void. */
  readonly expire: () => void;
  readonly close: () => void;
}

/** @param reopened Told when it was opened anew. */
export function fileSource(
  host: Host,
  first: PreviewOpened,
  reopened: (opened: PreviewOpened) => void,
): Source {
  return source(
    'file',
    undefined,
    first,
    async () => {
      const outcome = await host.call('host.reopen', {});
      if (outcome.kind === 'failed') throw new ChannelError(outcome.error);
      return outcome.opened;
    },
    reopened,
    () => undefined,
  );
}

/** Opens a query over a file. */
export async function querySource(
  host: Host,
  file: Source,
  sql: string,
  reopened: (opened: PreviewOpened) => void,
  signal?: AbortSignal,
): Promise<Source> {
  const open = async (stop?: AbortSignal): Promise<PreviewOpened> =>
    host.call('preview.query', { handle: await file.handle(), sql }, { signal: stop });
  const close = (handle: Handle): void => {
    host.call('host.close', { handle }).catch(() => undefined);
  };
  return source('query', sql, await open(signal), () => open(), reopened, close);
}

function source(
  kind: Source['kind'],
  sql: string | undefined,
  first: PreviewOpened,
  reopen: () => Promise<PreviewOpened>,
  reopened: (opened: PreviewOpened) => void,
  close: (handle: Handle) => void,
): Source {
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

/** What went wrong, for people. undefined: it was cancelled, nothing to tell. */
export function trouble(error: unknown): WireError | undefined {
  if (isCancelledCall(error)) return undefined;
  if (error instanceof ChannelError) return error.plain;
  return {
    code: 'BUG',
    message: error instanceof Error ? error.message : String(error),
    remedy: 'Report this with the log: it is a defect of M7 Pipeline.',
  };
}

export type { PreviewSnapshot };
