// Mail addresses as settings give them: "a@b.c" or "Name <a@b.c>", several separated by commas.
import type { MailSettings } from '../../model';

export interface MailAddress {
  /** Empty without one. */
  readonly name: string;
  readonly address: string;
}

const ADDRESS = /^[^\s@<>(),;:"[\]\\\p{Cc}]{1,64}@[^\s@<>(),;:"[\]\\\p{Cc}]{1,190}$/u;
const NAMED = /^"?([^"<>\p{Cc}]*)(?:["\t-\r]\s*)?<([^<>]*)>$/u;

/** The addresses of a setting, and the entries that are none. */
export function parseAddresses(text: string | undefined): {
  readonly addresses: readonly MailAddress[];
  readonly wrong: readonly string[];
} {
  const addresses: MailAddress[] = [];
  const wrong: string[] = [];
  for (const entry of (text ?? '').split(/[,;]/).map((part) => part.trim())) {
    if (entry === '') continue;
    const named = NAMED.exec(entry);
    const address = (named?.[2] ?? entry).trim();
    if (ADDRESS.test(address)) addresses.push({ name: named?.[1]?.trim() ?? '', address });
    else wrong.push(entry);
  }
  return { addresses, wrong };
}

/** Who an alert comes from: ALERT_FROM, else SMTP_USER where it is an address, else the first who gets it. */
export function senderOf(mail: MailSettings): MailAddress | undefined {
  return [mail.from, mail.user, mail.adminEmail]
    .flatMap((text) => parseAddresses(text).addresses.slice(0, 1))
    .at(0);
}
