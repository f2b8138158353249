// JUnit XML held against what its readers have in common: a strict reader of our own, no more than tests need.
import assert from 'node:assert/strict';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

/**
 * Elements and attributes that Jenkins' xUnit plugin allows (junit-10.xsd, the strictest of the common ones),
 * as far as we write them; those with "!" are required.
 */
const ALLOWED: Readonly<
  Record<string, { readonly attributes: readonly string[]; readonly children: readonly string[] }>
> = {
  testsuites: { attributes: ['name', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    attributes: ['name!', 'tests!', 'failures!', 'errors!', 'skipped', 'time', 'timestamp'],
    children: ['properties', 'testcase'],
  },
  properties: { attributes: [], children: ['property'] },
  property: { attributes: ['name!', 'value!'], children: [] },
  testcase: {
    attributes: ['name!', 'classname', 'time'],
    children: ['skipped', 'error', 'failure', 'system-out'],
  },
  failure: { attributes: ['type', 'message'], children: [] },
  error: { attributes: ['type', 'message'], children: [] },
  skipped: { attributes: ['message'], children: [] },
  'system-out': { attributes: [], children: [] },
};

/** The document's root. @throws AssertionError for what is not well-formed, and for what readers may refuse. */
export function readJUnit(xml: string): Element {
  const body = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n([\s\S]*)$/.exec(xml)?.[1];
  assert.ok(body !== undefined, 'it begins with its declaration');
  // XML 1.0, production [2]: Char.
  assert.doesNotMatch(xml, /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: { name: string; attributes: Record<string, string>; children: Element[]; text: string }[] = [
    root as never,
  ];
  let at = 0;
  for (const match of body.matchAll(/<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/g)) {
    const top = open.at(-1);
    assert.ok(top !== undefined);
    top.text += unescape(body.slice(at, match.index));
    at = match.index + match[0].length;
    const [, end, name = '', words = '', alone] = match;
    if (end === '/') {
      assert.equal(top.name, name, 'elements are nested');
      open.pop();
      continue;
    }
    const attributes: Record<string, string> = {};
    for (const [, key = '', value = ''] of words.matchAll(/([\w-]+)="([^"]*)"/g)) {
      assert.ok(!(key in attributes), `${name} has ${key} once`);
      attributes[key] = unescape(value);
    }
    const element = { name, attributes, children: [], text: '' };
    top.children.push(element);
    if (alone !== '/') open.push(element);
  }
  assert.equal(open.length, 1, 'every element is closed');
  assert.equal(body.slice(at).trim(), '');
  const [suites, more] = root.children;
  assert.ok(suites?.name === 'testsuites' && more === undefined);
  requireShape(suites);
  return suites;
}

/** No stray "<" or "&" was left by what matched. */
function unescape(text: string): string {
  assert.doesNotMatch(text, /<|&(?!amp;|lt;|gt;|quot;|#10;|#13;|#9;)/);
  const names: Readonly<Record<string, string>> = {
    lt: '<',
    gt: '>',
    quot: '"',
    '#10': '\n',
    '#13': '\r',
    '#9': '\t',
  };
  return text.replace(/&([^;]+);/g, (_, name: string) => names[name] ?? '&');
}

function requireShape(element: Element): void {
  const allowed = ALLOWED[element.name];
  assert.ok(allowed !== undefined, `<${element.name}> is known`);
  const names = allowed.attributes.map((name) => name.replace('!', ''));
  for (const name of Object.keys(element.attributes))
    assert.ok(names.includes(name), `<${element.name}> may have ${name}`);
  for (const name of allowed.attributes)
    if (name.endsWith('!'))
      assert.ok(name.slice(0, -1) in element.attributes, `<${element.name}> needs ${name}`);
  for (const child of element.children) {
    assert.ok(allowed.children.includes(child.name), `<${element.name}> may hold <${child.name}>`);
    requireShape(child);
  }
  const { time, timestamp } = element.attributes;
  if (time !== undefined) assert.match(time, /^\d+\.\d{3}$/);
  if (timestamp !== undefined) assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  if (element.name === 'testsuites' || element.name === 'testsuite') requireCounts(element);
}

function requireCounts(suite: Element): void {
  const cases = casesOf(suite);
  const having = (name: string): number =>
    cases.filter((one) => one.children.some((c) => c.name === name)).length;
  const { tests, failures, errors, skipped } = suite.attributes;
  assert.deepEqual(
    [tests, failures, errors, skipped ?? String(having('skipped'))],
    [cases.length, having('failure'), having('error'), having('skipped')].map(String),
    `the counts of ${suite.attributes['name'] ?? ''}`,
  );
}

/** All test cases below an element. */
export function casesOf(element: Element): readonly Element[] {
  return element.children.flatMap((child) => (child.name === 'testcase' ? [child] : casesOf(child)));
}

/** "m7.20241115.Device range_price: failure", in the order of the document. */
export function verdictsOf(suites: Element): readonly string[] {
  return casesOf(suites).map(
    ({ attributes, children }) =>
      `${attributes['classname'] ?? ''} ${attributes['name'] ?? ''}: ${children.map((c) => c.name).join() || 'passed'}`,
  );
}
