// The third-party notices of a VSIX, and the check of licences that they rest on: what may be shipped is data,
// src/build/licences.json.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component } from './bill';

/** src/build/licences.json. */
export interface Licences {
  /** Licences as package.json files declare them, each with what it asks for. */
  readonly allowed: Readonly<Record<string, string>>;
  /** Where the text is of packages that have no licence file, and why that text is theirs. */
  readonly texts: Readonly<Record<string, LicenceText>>;
}

interface LicenceText {
  readonly file: string;
  /** What the text follows in that file. */
  readonly after?: string;
  readonly because: string;
}

export interface Notices {
  readonly text: string;
  /** Why this must not be shipped, one sentence each. */
  readonly problems: readonly string[];
}

const DATA = 'src/build/licences.json';
const LINE = '='.repeat(80);

/** Writes the notices of what is shipped; `root` is where the data's files are. */
export async function noticesOf(
  components: readonly Component[],
  { allowed, texts }: Licences,
  root: string,
): Promise<Notices> {
  const problems: string[] = [];
  const byText = new Map<string, Component[]>();
  for (const one of components) {
    if (!Object.hasOwn(allowed, one.licence)) problems.push(notAllowed(one));
    const text = one.texts.length > 0 ? one.texts.map(tidy).join('\n\n') : await textFor(one, texts, root);
    if (text === undefined || text === '') problems.push(withoutText(one));
    else byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  const lacking = new Set(components.filter(({ texts: own }) => own.length === 0).map(({ name }) => name));
  const needless = Object.keys(texts).filter((name) => !lacking.has(name));
  problems.push(...needless.map((name) => `${name} needs no text of ${DATA} any more: remove it there.`));
  return { text: written(components, byText), problems };
}

const title = ({ name, version }: Component): string => `${name} ${version}`;

const notAllowed = (one: Component): string =>
  `${title(one)} has the licence ${one.licence === '' ? '(not declared)' : one.licence}, which ${DATA} does not allow. ` +
  'Read it; then add it there with what it asks for, or do without the package.';

const withoutText = (one: Component): string =>
  `${title(one)} has no licence text. Find it, and say in ${DATA} where it is.`;

async function textFor(
  { name }: Component,
  texts: Licences['texts'],
  root: string,
): Promise<string | undefined> {
  const known = Object.hasOwn(texts, name) ? texts[name] : undefined;
  if (known === undefined) return undefined;
  const whole = (await readFile(join(root, known.file), 'utf8')).replaceAll('\r\n', '\n');
  if (known.after === undefined) return tidy(whole);
  const [, ...rest] = whole.split(known.after);
  return tidy(rest.join(known.after));
}

/** Line ends and the space around a text differ between platforms and packages; the words do not. */
const tidy = (text: string): string =>
  text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll(/(?<![ \t])[ \t]+$/gm, '')
    .replace(/^\n+/, '')
    .trimEnd();

function written(
  components: readonly Component[],
  byText: ReadonlyMap<string, readonly Component[]>,
): string {
  const parts = [...byText].map(
    ([text, those]) =>
      `${LINE}\n${those.map((one) => `${title(one)} (${one.licence})`).join('\n')}\n${LINE}\n\n${text}\n`,
  );
  return (
    'Third-party notices\n\n' +
    `M7 Pipeline contains code of the ${components.length} packages below, from the npm registry. Each is followed by the text of\n` +
    'its licence; packages with the same text share it.\n\n' +
    parts.join('\n')
  );
}
