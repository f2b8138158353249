// Settings as a person may see them: every value by its name, secrets as ***.
import type { Settings } from '../../model';
import { redaction } from '../../workspace';

const SECRET = new Set(['password', 'privateKeyPassphrase', 'token', 'webhookUrl', 'apiKey']);

/** All settings by name, `snowflake.user` for one of a group. */
export function shownSettings(
  settings: Settings,
): readonly { readonly name: string; readonly value: string }[] {
  const found: { name: string; value: string }[] = [];
  const add = (prefix: string, group: object): void => {
    for (const [key, value] of Object.entries(group) as [string, unknown][]) {
      if (key === 'origins' || value === undefined) continue;
      const name = `${prefix}${key}`;
      if (SECRET.has(key)) found.push({ name, value: '***' });
      else if (Array.isArray(value)) found.push({ name, value: value.map(String).join(', ') });
      else if (typeof value === 'object' && value !== null) add(`${name}.`, value);
      else if (['string', 'number', 'boolean'].includes(typeof value))
        found.push({ name, value: value as string });
    }
  };
  add('', settings);
  return redaction(settings)(found);
}
