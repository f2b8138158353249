// Buttons that lead on from a failure: into a debug session, to a test case, to what became of a line.
import type { CaseFailure, DebugSubject, RecordName } from '../../shared/reportApi';
import { button, icon, type IconName } from './dom';
import type { Page } from './page';
import { oneLine } from './text';

/** What is offered for one failure. */
export interface Leads {
  /** Unique on the page: keeps the focus where it was when the page is redrawn. */
  readonly key: string;
  /** What it is about, for those who do not see where the button stands. */
  readonly about: string;
  readonly debug?: DebugSubject;
  readonly test?: { readonly table: string; readonly failure?: CaseFailure };
}

const UNTRUSTED = 'This needs a trusted workspace';

/** As buttons with words, for a row of actions. */
export function leadButtons(page: Page, leads: Leads): readonly HTMLElement[] {
  return leadsOf(page, leads).map(({ key, name, label, act }) =>
    button(
      {
        class: 'action',
        'data-key': key,
        'aria-label': `${label}: ${oneLine(leads.about)}`,
        ...availability(page),
      },
      act,
      icon(name),
      label,
    ),
  );
}

/** As icons that show up under the pointer and in focus. */
export function leadIcons(page: Page, leads: Leads): readonly HTMLElement[] {
  return leadsOf(page, leads).map(({ key, name, label, act }) =>
    button(
      {
        class: 'tool',
        'data-key': key,
        title: label,
        'aria-label': `${label}: ${oneLine(leads.about)}`,
        ...availability(page),
      },
      act,
      icon(name),
    ),
  );
}

/** The icon beside the link to a source line. It only reads: no trust is needed for it. */
export function traceIcon(
  page: Page,
  key: string,
  place: string,
  record: Omit<RecordName, 'date'>,
): HTMLElement {
  return button(
    {
      class: 'tool',
      'data-key': key,
      title: 'What became of this line',
      'aria-label': `What became of this line: ${oneLine(place)}`,
    },
    () => void page.ask(page.host.call('traceLine', record)),
    icon('trace'),
  );
}

interface Lead {
  readonly key: string;
  readonly name: IconName;
  readonly label: string;
  readonly act: () => void;
}

function leadsOf(page: Page, { key, debug, test }: Leads): readonly Lead[] {
  const leads: Lead[] = [];
  if (debug !== undefined)
    leads.push({
      key: `debug-${key}`,
      name: 'debug',
      label: 'Debug',
      act: () => void page.ask(page.host.call('debug', debug)),
    });
  if (test !== undefined)
    leads.push({
      key: `case-${key}`,
      name: 'case',
      label: 'Create test case',
      act: () => void page.ask(page.host.call('createCase', test)),
    });
  return leads;
}

const availability = ({ snapshot }: Page): { readonly disabled?: true; readonly title?: string } =>
  snapshot.mayRun ? {} : { disabled: true, title: UNTRUSTED };
