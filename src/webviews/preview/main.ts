// Entry of the preview's page: asks the extension for the file, shows it, or says why it cannot be shown.
import { openChannel, type WireError } from '../../shared/channel';
import type { PreviewHostApi, PreviewPageApi, PreviewSnapshot } from '../../shared/previewHostApi';
import { extensionPort, keepState, keptState } from '../port';
import { createBanner, inWords, problemPage } from './banner';
import { createAnnouncer, el, fill } from './dom';
import { problemOf, type Host } from './source';
import { Session } from './session';
import { PLAIN_STATE, readState } from './state';
import { t, useWords } from './words';

const banner = createBanner();
const announcer = createAnnouncer();
const root = el('div', { class: 'root' });
document.body.append(root, announcer.element);

let session: Session | undefined;
let snapshot: PreviewSnapshot | undefined;

const host: Host = openChannel<PreviewPageApi, PreviewHostApi>(extensionPort, {
  'page.do': ({ command }) => {
    session?.do(command);
    return null;
  },
  'page.start': (start) => {
    session?.go(start);
    return null;
  },
  'page.changed': () => {
    if (session === undefined) void start();
    else {
      banner.show('note', t('The file changed on disk and was reloaded.'));
      session.expire('disk');
    }
    return null;
  },
  'page.engineGone': ({ reason }) => {
    session?.expire('engine');
    banner.show('warning', t('The engine process ended ({0}). It restarts with your next action.', reason), [
      { label: t('Reload'), press: () => session?.do('reload') },
    ]);
    return null;
  },
});

function skeleton(): HTMLElement {
  return el(
    'div',
    { class: 'skeleton', 'aria-busy': 'true', 'aria-label': t('Opening…') },
    el('div', { class: 'progress' }, el('div', { class: 'progress-bit' })),
    ...Array.from({ length: 12 }, () =>
      el('div', { class: 'skeleton-row' }, ...Array.from({ length: 6 }, () => el('span', { class: 'bone' }))),
    ),
  );
}

function showProblem(error: WireError): void {
  session?.dispose();
  session = undefined;
  const name = snapshot?.name ?? t('The file');
  fill(
    root,
    problemPage(name, error, [
      { label: t('Retry'), press: () => void start() },
      { label: t('Open as text'), press: () => void host.call('host.openAsText', {}).catch(report) },
      { label: t('Show log'), press: () => void host.call('host.showLog', {}).catch(report) },
    ]),
  );
}

function report(error: unknown): void {
  const plain = problemOf(error);
  if (plain !== undefined) banner.show('error', inWords(plain));
}

/** Opens the file, the first time or again after it could not be opened. */
async function start(): Promise<void> {
  session?.dispose();
  session = undefined;
  fill(root, skeleton());
  try {
    snapshot = await host.call('host.ready', {});
    useWords(snapshot.words);
    const { outcome } = snapshot;
    if (outcome.kind === 'failed') {
      showProblem(outcome.error);
      return;
    }
    session = new Session({
      host,
      opened: outcome.opened,
      state: readState(keptState()) ?? PLAIN_STATE,
      start: snapshot.start,
      banner,
      announcer,
      keep: keepState,
      lost: (error) => {
        const plain = problemOf(error);
        if (plain !== undefined) showProblem(plain);
      },
    });
    fill(root, session.element);
    session.begin();
  } catch (error) {
    const plain = problemOf(error);
    if (plain !== undefined) showProblem(plain);
  }
}

void start();
