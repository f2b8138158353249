// A JSON file whose every value knows its line: plain JSON only, read without trust in size, depth or keys.
import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { defined, type ErrorCode, type Limit, type Where } from '../../model';
import { type ConfigProblem, type ProblemKind, shown } from '../../base';
import { placesIn } from './textLines';

export type { Node } from 'jsonc-parser';

/** One member of an object: its key as text, the node of the key, the node of the value. */
export interface Member {
  readonly key: string;
  readonly keyNode: Node;
  readonly value: Node;
}

export interface JsonDocument {
  /** Absolute path. */
  readonly file: string;
  /** The file as messages name it. */
  readonly name: string;
  /** Undefined where the text is no JSON; `problems` then says why. */
  readonly root: Node | undefined;
  /** The plain value of the whole file; undefined like root. */
  readonly value: unknown;
  /** All problems reported so far. */
  readonly problems: readonly ConfigProblem[];
  where(node: Node): Where;
  /** Adds a problem at a node, or at the start of the file. */
  report(node: Node | undefined, message: string, remedy: string, more?: ReportOptions): void;
  /** Is there an error at this node or inside it? */
  isBroken(node: Node): boolean;
}

interface ReportOptions {
  readonly severity?: ConfigProblem['severity'];
  readonly code?: ErrorCode;
  readonly trouble?: ProblemKind;
  /** A part of the node's text that is meant, in characters of the text it stands for; the rest without `length`. */
  readonly inside?: { readonly at: number; readonly length?: number } | undefined;
  /** Nothing of the file is sure any more: all of it counts as broken. */
  readonly overall?: true;
}

/** Deeper nesting than any config needs, and far below what the recursive parser's stack holds. */
const MAXIMUM_DEPTH = 60;
/** One wrong key repeated a million times is one mistake. */
export const MAXIMUM_PROBLEMS = 1_000;

/** Parses the text of a file; never throws for what the text holds. */
export function parseDocument(file: string, name: string, text: string): JsonDocument {
  const place = placesIn(text);
  const problems: ConfigProblem[] = [];
  const brokenAt: number[] = [];
  let allBroken = false;

  function position(offset: number): { line: number; column: number } {
    const { line, column } = place(offset);
    return { line: line + 1, column: column + 1 };
  }
  function reportAt(
    [offset, length]: readonly [offset: number, length: number],
    message: string,
    remedy: string,
    more: ReportOptions = {},
  ): void {
    const { severity = 'error', code = 'CONFIG_INVALID' } = more;
    if (severity === 'error') brokenAt.push(offset);
    allBroken ||= more.overall === true;
    if (problems.length >= MAXIMUM_PROBLEMS) {
      allBroken = true;
      return;
    }
    const lineEnd = text.indexOf('\n', offset);
    const rest = (lineEnd === -1 ? text.length : lineEnd) - offset;
    problems.push({
      severity,
      code,
      message: clipped(message, 600),
      remedy: clipped(remedy, 1_200),
      file,
      ...position(offset),
      length: Math.max(0, Math.min(length, rest)),
      ...defined({ trouble: more.trouble }),
    });
  }
  const report: JsonDocument['report'] = (node, message, remedy, more) =>
    reportAt(extentOf(text, node, more?.inside), message, remedy, more);

  let root: Node | undefined;
  let value: unknown;
  const tooDeep = firstTooDeep(text);
  if (tooDeep !== undefined) {
    reportAt(
      [tooDeep, 1],
      `${name} is nested more than ${MAXIMUM_DEPTH} levels deep.`,
      'Remove the inner brackets.',
      { trouble: { kind: 'too-deep' } },
    );
  } else {
    const errors: ParseError[] = [];
    root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
    // The parser goes on after an error and stumbles over its own guesses: only the first one is sure.
    const first = errors[0];
    if (first !== undefined) {
      reportAt([first.offset, first.length], ...syntaxMessage(text, first, name), {
        trouble: { kind: text.trim() === '' ? 'empty' : 'syntax' },
      });
      root = undefined;
    } else if (root !== undefined) {
      checkStrings(root, report, (node) => position(node.offset).line);
      value = JSON.parse(text) as unknown;
    }
  }
  return {
    file,
    name,
    root,
    value,
    problems,
    where: (node) => ({ file, line: position(node.offset).line }),
    report,
    isBroken: (node) =>
      allBroken || brokenAt.some((offset) => offset >= node.offset && offset < node.offset + node.length),
  };
}

/** Offset and length of a node, or of a part of its text: an escape is several characters for one. */
function extentOf(
  text: string,
  node: Node | undefined,
  inside: ReportOptions['inside'],
): [offset: number, length: number] {
  if (node === undefined) return [0, 0];
  if (inside === undefined || node.type !== 'string') return [node.offset, node.length];
  const end = node.offset + node.length - 1;
  let at = node.offset + 1;
  const advance = (characters: number): void => {
    for (let passed = 0; passed < characters && at < end; passed++)
      at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
  };
  advance(inside.at);
  // What is wrong at its very end is underlined there.
  const start = Math.min(at, end - 1);
  advance(inside.length ?? Infinity);
  return [start, Math.max(1, at - start)];
}

/** Other modules quote names as they stand in the file, of any length. */
function clipped(text: string, maximum: number): string {
  return text.length <= maximum ? text : `${text.slice(0, maximum)}…`;
}

/** Offset of the first bracket past the maximum depth, found without a stack. */
export function firstTooDeep(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > MAXIMUM_DEPTH) return at;
  }
  return undefined;
}

/** Offset of the closing quote, or of the line's end where it is missing. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"' && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function syntaxMessage(text: string, error: ParseError, name: string): [message: string, remedy: string] {
  const found = text.slice(error.offset, error.offset + Math.max(1, Math.min(error.length, 20)));
  const at = found === '' ? 'The file ends' : `Syntax error: found ${found.split('\n')[0] ?? ''}`;
  switch (printParseErrorCode(error.error)) {
    case 'InvalidCommentToken':
      return [
        `${name} has a comment.`,
        'Remove it: JSON has no comments; most objects take a "description".',
      ];
    case 'PropertyNameExpected':
    case 'ValueExpected': {
      if (/,\s*$/.test(text.slice(0, error.offset)) && /^[}\]]/.test(found))
        return [`There is a comma before the closing ${shown(found[0])}.`, 'Remove the comma.'];
      if (text.trim() === '')
        return [`${name} is empty.`, 'Write a JSON object, or run `m7 init` in a new folder.'];
      const wanted =
        printParseErrorCode(error.error) === 'ValueExpected' ? 'a value' : 'a key in double quotes';
      return [`${at} where ${wanted} is expected.`, `Write ${wanted} here.`];
    }
    case 'ColonExpected':
      return [`${at} where ":" is expected.`, 'Write ":" between key and value.'];
    case 'CommaExpected':
      return [`${at} where a comma or a closing bracket is expected.`, 'Write a comma between two entries.'];
    case 'CloseBraceExpected':
      return [`${at} where "}" is expected.`, 'Close every "{" with "}".'];
    case 'CloseBracketExpected':
      return [`${at} where "]" is expected.`, 'Close every "[" with "]".'];
    case 'EndOfFileExpected':
      return [`${at} after the end of the JSON object.`, 'Remove what follows the last "}".'];
    case 'UnexpectedEndOfString':
      return [
        'A text is not closed on its line.',
        'Close it with a double quote; write a line break as \\n.',
      ];
    case 'InvalidEscapeCharacter':
    case 'InvalidUnicode':
      return ['A text has a backslash that begins no JSON escape.', 'Write a backslash itself as \\\\.'];
    case 'InvalidCharacter':
      return ['A text has a control character.', 'Write a tab as \\t and a line break as \\n.'];
    case 'UnexpectedEndOfNumber':
    case 'InvalidNumberFormat':
      return ['A number is not written as JSON wants it.', 'Write digits with a point, such as 0.5.'];
    default:
      return [`${at} where JSON does not allow it.`, 'Put texts into double quotes and fix what remains.'];
  }
}

/** Duplicate keys, numbers without a value, and characters that no database takes. */
function checkStrings(node: Node, report: JsonDocument['report'], lineOf: (node: Node) => number): void {
  if (node.type === 'object') {
    const lines = new Map<string, number>();
    for (const { key, keyNode, value } of members(node)) {
      checkStrings(keyNode, report, lineOf);
      const before = lines.get(key);
      if (before !== undefined)
        report(
          keyNode,
          `The key ${shown(key)} occurs twice in one object, in lines ${before} and ${lineOf(keyNode)}.`,
          'Keep one of the two.',
          { trouble: { kind: 'duplicate-key' } },
        );
      else lines.set(key, lineOf(keyNode));
      checkStrings(value, report, lineOf);
    }
    return;
  }
  for (const child of node.children ?? []) checkStrings(child, report, lineOf);
  const value: unknown = node.value;
  if (typeof value === 'number' && !Number.isFinite(value))
    report(node, 'This number is too large.', 'Write a number of at most 300 digits.', {
      trouble: { kind: 'wrong-form' },
    });
  if (typeof value === 'string' && /\0|\p{Surrogate}/u.test(value))
    report(
      node,
      `The text ${shown(value)} has a NUL character or half a surrogate pair.`,
      'Remove the \\u escape, or write the character itself.',
      { trouble: { kind: 'wrong-form' } },
    );
}

/** The members of an object in file order; none for any other node. Duplicate keys come twice. */
export function members(node: Node | undefined): readonly Member[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap((property) => {
    const [keyNode, value] = property.children ?? [];
    if (keyNode === undefined || value === undefined) return [];
    return [{ key: String(keyNode.value), keyNode, value }];
  });
}

/** The members by key; of duplicate keys the first. */
export function memberMap(node: Node | undefined): ReadonlyMap<string, Member> {
  const map = new Map<string, Member>();
  for (const member of members(node)) if (!map.has(member.key)) map.set(member.key, member);
  return map;
}

/** The text of a string node, else undefined. */
export function stringOf(node: Node | undefined): string | undefined {
  const value: unknown = node?.value;
  return node?.type === 'string' && typeof value === 'string' ? value : undefined;
}

export function numberOf(node: Node | undefined): number | undefined {
  const value: unknown = node?.value;
  return typeof value === 'number' ? value : undefined;
}

/** A count, or a percentage such as "2%"; undefined for anything else. */
export function limitOf(node: Node | undefined): Limit | undefined {
  const count = numberOf(node);
  if (count !== undefined) return { count };
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(stringOf(node) ?? '')?.[1];
  return percent === undefined ? undefined : { percent: Number(percent) };
}

export function booleanOf(node: Node | undefined): boolean | undefined {
  const value: unknown = node?.value;
  return typeof value === 'boolean' ? value : undefined;
}

/** The string entries of a list node; none for any other node. */
export function textsOf(node: Node | undefined): readonly string[] {
  return textNodes(node).map((entry) => stringOf(entry) ?? '');
}

/** The string nodes of a list node. */
export function textNodes(node: Node | undefined): readonly Node[] {
  return node?.type === 'array' ? (node.children ?? []).filter((entry) => entry.type === 'string') : [];
}

/** The plain value of a node. */
export function valueOf(node: Node): unknown {
  if (node.type === 'object') return Object.fromEntries(members(node).map((m) => [m.key, valueOf(m.value)]));
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  return node.value;
}

/** The node a JSON pointer leads to, as far as it leads. */
export function nodeAtPointer(root: Node, pointer: string): Node {
  let node = root;
  for (const part of pointerParts(pointer)) {
    const next = findNodeAtLocation(node, [node.type === 'array' ? Number(part) : part]);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

export function pointerParts(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
