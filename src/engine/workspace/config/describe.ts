// Words for a path in a config file: `"type" of column "price" of table "Playback"`.
import { shown } from '../../base';

/** Names the thing a path of brand_configs.json leads to. */
export function describeBrands(path: readonly string[]): string {
  return describe(path, [
    ['brands', 'brand'],
    ['tables', 'table'],
  ]);
}

/** Names the thing a path of table_schemas.json leads to. */
export function describeTables(path: readonly string[]): string {
  return describe(path, [
    ['tables', 'table'],
    ['columns', 'column'],
  ]);
}

/** Names the thing a path of validation_rules.json leads to; rules are counted from 1. */
export function describeRules(path: readonly string[]): string {
  return describe(path, [
    ['tables', 'table'],
    ['rules', 'rule'],
  ]);
}

/** `levels` are the keys that hold named things, from the outside in, and what one of them is called. */
function describe(
  path: readonly string[],
  levels: readonly (readonly [key: string, noun: string])[],
): string {
  let words = '';
  let at = 0;
  for (const [key, noun] of levels) {
    const name = path[at + 1];
    if (path[at] !== key || name === undefined) break;
    const named = noun === 'rule' ? `rule ${Number(name) + 1}` : `${noun} ${shown(name)}`;
    words = words === '' ? named : `${named} of ${words}`;
    at += 2;
  }
  const [key, ...inner] = path.slice(at);
  if (key !== undefined) {
    const entry = inner.at(-1);
    const place = /^\d+$/.test(entry ?? '')
      ? `entry ${Number(entry) + 1} of `
      : entry === undefined
        ? ''
        : `${shown(entry)} in `;
    words = `${place}${shown(key)}${words === '' ? '' : ` of ${words}`}`;
  }
  return words === '' ? 'The file' : words.charAt(0).toUpperCase() + words.slice(1);
}
