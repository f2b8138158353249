// Builds the brands from brand_configs.json and checks them against each other.
import { type Brand, defined } from '../../model';
import { readFormat, readTableFormats } from './formatHints';
import {
  memberMap,
  members,
  textNodes,
  stringOf,
  textsOf,
  type JsonDocument,
  type Node,
} from './jsonDocument';
import { folderNameProblem, isTimeZone } from './configNames';
import { foldName, nearest, shown } from '../../base';

/** The brands in the order of the file; problems go to the document. What is malformed is left out. */
export function readBrands(document: JsonDocument): readonly Brand[] {
  const claimed = new Map<string, string>();
  const codes = new Map<string, string>();
  const brands: Brand[] = [];
  for (const { key: name, keyNode, value } of members(memberMap(document.root).get('brands')?.value)) {
    const fields = memberMap(value);
    const field = (key: string): Node | undefined => fields.get(key)?.value;
    const codeNode = value.type === 'string' ? value : field('code');
    const brand: Brand = {
      name,
      code: stringOf(codeNode) ?? '',
      displayName: stringOf(field('name')) ?? name,
      aliases: textsOf(field('aliases')),
      timezone: stringOf(field('timezone')) ?? 'UTC',
      ...defined({
        format: readFormat(document, field('format'), `Brand ${shown(name)}`),
        tableFormats: readTableFormats(document, field('tables'), `brand ${shown(name)}`),
      }),
      location: document.where(keyNode),
    };
    brands.push(brand);
    const problem = folderNameProblem('brand', name);
    if (problem !== undefined)
      document.report(keyNode, problem.message, problem.remedy, { trouble: { kind: 'bad-name' } });
    claim(document, claimed, { text: name, node: keyNode, brand: name });
    for (const node of textNodes(field('aliases')))
      claim(document, claimed, { text: stringOf(node) ?? '', node, brand: name });
    checkCode(document, codes, brand, codeNode);
    checkZone(document, field('timezone'), `Brand ${shown(name)}`);
  }
  return brands;
}

/** Names and aliases tell files apart: none may mean two brands. */
function claim(
  document: JsonDocument,
  claimed: Map<string, string>,
  { text, node, brand }: { readonly text: string; readonly node: Node; readonly brand: string },
): void {
  const key = foldName(text);
  const owner = claimed.get(key);
  if (owner !== undefined && owner !== brand)
    document.report(
      node,
      `The name ${shown(text)} of brand ${shown(brand)} belongs to brand ${shown(owner)} already.`,
      'Give each brand names and aliases of its own; they are compared without case.',
      { trouble: { kind: 'duplicate-name' } },
    );
  else claimed.set(key, brand);
  if (text.trim() === '' && text !== brand)
    document.report(node, 'An alias is blank.', 'Remove it or write a name.', { trouble: { kind: 'empty' } });
  else if (/[/\\]|\p{Cc}/u.test(text) && text !== brand)
    document.report(
      node,
      `The alias ${shown(text)} can be in no file name.`,
      'Leave slashes and control characters out.',
      { trouble: { kind: 'bad-name' } },
    );
}

function checkCode(
  document: JsonDocument,
  codes: Map<string, string>,
  brand: Brand,
  node: Node | undefined,
): void {
  if (node === undefined || brand.code === '') return;
  if (brand.code !== brand.code.trim() || /\p{Cc}/u.test(brand.code))
    document.report(
      node,
      `The code ${shown(brand.code)} has a blank at its end or a control character.`,
      'Write it without.',
      { trouble: { kind: 'bad-name' } },
    );
  const other = codes.get(foldName(brand.code));
  if (other !== undefined)
    document.report(
      node,
      `The code ${shown(brand.code)} belongs to brand ${shown(other)} already.`,
      'Give each brand a code of its own.',
      { trouble: { kind: 'duplicate-name' } },
    );
  else codes.set(foldName(brand.code), brand.name);
}

/** Reports a text that is no time zone; `also` names what else may stand there. */
export function checkZone(
  document: JsonDocument,
  node: Node | undefined,
  place: string,
  also?: string,
): void {
  const zone = stringOf(node);
  if (node === undefined || zone === undefined || zone === '' || zone === also || isTimeZone(zone)) return;
  const known = [...Intl.supportedValuesOf('timeZone'), 'UTC', ...(also === undefined ? [] : [also])];
  const near = nearest(zone, known);
  document.report(
    node,
    `${place} has the unknown time zone ${shown(zone)}.`,
    near === undefined
      ? 'Use a name of the IANA time zone database, such as "Europe/Amsterdam".'
      : `Did you mean ${shown(near)}?`,
    { trouble: { kind: 'unknown-timezone', name: zone, known } },
  );
}
