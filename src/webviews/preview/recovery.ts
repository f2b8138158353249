// What happens when something fails: it is reported with a next step, and what was opened is opened again.
import { inWords, type Banner } from './banner';
import type { Announcer } from './dom';
import { problemOf } from './source';
import type { Tab } from './tab';
import { isEverything } from './views';
import { t } from './words';

/** Why handles are void: the engine has ended, or the file is another. */
export type Cause = 'engine' | 'disk';

export interface Recovery {
  /** Reports what went wrong; cancelled work is not reported. */
  readonly failed: (error: unknown) => void;
  /** A source of this tab was opened again. */
  readonly reopened: (tab: Tab | undefined) => void;
  readonly expire: (cause: Cause) => void;
  readonly reload: () => void;
}

export interface RecoveryParts {
  readonly banner: Banner;
  readonly announcer: Announcer;
  readonly tabs: () => { readonly front: Tab; readonly file: Tab; readonly query: Tab | undefined };
  readonly changed: () => void;
  /** Everything of a tab is read again. */
  readonly renewed: () => void;
  /** The file cannot be read any more. */
  readonly lost: (error: unknown) => void;
}

export function createRecovery(parts: RecoveryParts): Recovery {
  const { banner, announcer, tabs, changed } = parts;
  let expired: Cause | undefined;

  const failed = (error: unknown): void => {
    const plain = problemOf(error);
    if (plain === undefined) return;
    const { table } = tabs().front;
    const bad = plain.code === 'USAGE' || plain.code === 'SQL_INVALID';
    banner.show(
      // The engine comes back by itself: nothing is lost.
      plain.code === 'DISCONNECTED' ? 'warning' : 'error',
      inWords(plain),
      bad && !isEverything(table.view)
        ? [{ label: t('Undo'), press: () => table.back() }]
        : [{ label: t('Retry'), press: reload }],
    );
    announcer.say(plain.message);
    changed();
  };

  const expire = (cause: Cause): void => {
    expired = cause;
    const { front, file, query } = tabs();
    if (cause === 'disk') query?.source.close();
    file.source.expire();
    query?.source.expire();
    // An engine that has ended is started by what the user does next.
    if (cause === 'engine') return;
    front.source.handle().catch((error: unknown) => {
      if (front === file) parts.lost(error);
      else failed(error);
    });
  };

  const reload = (): void => {
    banner.hide();
    expire('disk');
  };

  return {
    failed,
    expire,
    reload,
    reopened: (tab) => {
      const cause = expired;
      expired = undefined;
      if (cause === 'engine') {
        banner.show('note', t('The engine was restarted.'));
        tab?.table.retry();
      } else {
        tab?.renew();
        parts.renewed();
      }
      changed();
    },
  };
}
