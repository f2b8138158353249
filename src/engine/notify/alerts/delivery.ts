// What is sent and how it ended: the words that mail, webhook, outbox and their callers share.
import { defined } from '../../model';
import type { SettingName } from '../../workspace';
import type { AlertContent } from './content';

/** Where an alert goes. */
export type Channel = 'mail' | 'webhook';

/** An alert ready to be sent: redacted, masked and bounded. Plain data: the outbox keeps it as JSON. */
export interface AlertMessage {
  /** Unique, and the same at every attempt: it becomes the mail's Message-ID. */
  readonly id: string;
  readonly content: AlertContent;
}

/** How sending ended; a failure says what to do next, and which setting is the likely cause. */
export type Delivery =
  | { readonly status: 'sent'; readonly detail: string }
  | {
      readonly status: 'failed';
      readonly message: string;
      readonly remedy: string;
      readonly setting?: SettingName;
    };

export function undelivered(message: string, remedy: string, setting?: SettingName): Delivery {
  return { status: 'failed', message, remedy, ...defined({ setting }) };
}
