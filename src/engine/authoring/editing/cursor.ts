// What stands at the cursor, or would stand there: a key or a value, where in the file, between which commas.
import type { Node } from 'jsonc-parser';
import type { LooseText, Token } from './tolerantJson';
import type { Edit, Range } from './model';

export type Path = readonly (string | number)[];

export interface CursorContext {
  readonly role: 'key' | 'value';
  /** Of the object or list around. */
  readonly parentPath: Path;
  readonly parent: Node;
  /** The key or index of the value; undefined for a key. */
  readonly segment: string | number | undefined;
  /** What a completion replaces: the token at the cursor, or nothing. */
  readonly range: Range;
  /** The token at the cursor. */
  readonly token: Token | undefined;
  /** The key has its colon: only the key itself is replaced. */
  readonly colon: boolean;
  readonly commaAfter: boolean;
  /** The comma that is missing before. */
  readonly commaBefore: readonly Edit[];
}

/** The path of a node from the root. */
export function pathOf(node: Node): Path {
  const { parent } = node;
  if (parent === undefined) return [];
  switch (parent.type) {
    case 'property':
      return [...pathOf(parent.parent ?? parent), String(parent.children?.[0]?.value)];
    case 'array':
      return [...pathOf(parent), (parent.children ?? []).indexOf(node)];
    default:
      return pathOf(parent);
  }
}

/** The deepest object or list whose brackets are around an offset. */
function containerAt(loose: LooseText, node: Node, offset: number): Node | undefined {
  const end = node.offset + node.length;
  const last = loose.text[end - 1];
  const closed = node.type === 'object' ? last === '}' : last === ']';
  if (offset <= node.offset || (closed ? offset >= end : offset > end)) return undefined;
  for (const child of node.children ?? []) {
    const value = child.type === 'property' ? child.children?.[1] : child;
    if (value?.type !== 'object' && value?.type !== 'array') continue;
    const found = containerAt(loose, value, offset);
    if (found !== undefined) return found;
  }
  return node;
}

const isValueEnd = (token: Token | undefined): token is Token =>
  token !== undefined && !['{', '[', ',', ':'].includes(token.kind);
const isValueStart = (token: Token | undefined): boolean =>
  token !== undefined && !['}', ']', ',', ':'].includes(token.kind);

/** The place at an offset; undefined where neither key nor value may stand: in a comment, outside of the object. */
export function cursorContextAt(loose: LooseText, offset: number): CursorContext | undefined {
  const { tokens, root } = loose;
  if (root === undefined) return undefined;
  const parent = containerAt(loose, root, offset);
  if (parent === undefined) return undefined;
  const index = tokens.findIndex(
    (t) => ['string', 'literal', 'word'].includes(t.kind) && t.offset < offset && offset <= t.end,
  );
  const token = tokens[index];
  const behind = tokens.findIndex((t) => t.offset >= offset);
  const next = index === -1 ? (behind === -1 ? tokens.length : behind) : index + 1;
  const before = tokens[(index === -1 ? next : index) - 1];
  const after = tokens[next];
  const range =
    token === undefined ? { start: offset, end: offset } : { start: token.offset, end: token.end };
  const shared = { parent, parentPath: pathOf(parent), range, token };
  const missing = isValueEnd(before) ? [{ range: { start: before.end, end: before.end }, text: ',' }] : [];
  if (parent.type === 'array') {
    const children = parent.children ?? [];
    const segment = children.filter((child) => child.offset + child.length <= range.start).length;
    // A list that ends by the key of another object is not closed: nothing tells where a comma belongs.
    return {
      ...shared,
      role: 'value',
      segment,
      colon: false,
      commaAfter: isValueStart(after),
      commaBefore: missing,
    };
  }
  if (before?.kind === ':') {
    const property = parent.children?.find((p) => p.colonOffset === before.offset);
    const key = property?.children?.[0]?.value as unknown;
    if (typeof key !== 'string') return undefined;
    return {
      ...shared,
      role: 'value',
      segment: key,
      colon: false,
      commaAfter: isValueStart(after),
      commaBefore: [],
    };
  }
  const colon = token !== undefined && after?.kind === ':';
  return {
    ...shared,
    role: 'key',
    segment: undefined,
    colon,
    commaAfter: !colon && isValueStart(after),
    commaBefore: missing,
  };
}

/** Where in a decoded string an offset of its raw text is, and back: escapes are several characters of one. */
export interface StringMap {
  /** Index in the decoded text of an offset in the file. */
  decoded(offset: number): number;
  /** Offset in the file of an index in the decoded text. */
  raw(index: number): number;
}

export function stringMap(text: string, start: number): StringMap {
  const starts: number[] = [];
  let at = start + 1;
  while (at < text.length && text[at] !== '"' && text[at] !== '\n') {
    starts.push(at);
    at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
  }
  starts.push(Math.min(at, text.length));
  const last = starts.length - 1;
  return {
    decoded: (offset) => {
      const found = starts.findIndex((s) => s >= offset);
      return found === -1 ? last : found;
    },
    raw: (index) => starts[Math.max(0, Math.min(index, last))] ?? start + 1,
  };
}
