// Edits of JSON text that keep it sound: members are taken out and put in with their commas.
import type { Node } from 'jsonc-parser';
import type { Edit, Range } from './model';

/** Takes a member or an entry out, with one comma and the line it stood in alone. */
export function removal(text: string, node: Node): Edit {
  const end = node.offset + node.length;
  const siblings = node.parent?.children ?? [];
  const index = siblings.indexOf(node);
  const next = siblings[index + 1];
  const before = siblings[index - 1];
  if (next !== undefined) return { range: { start: node.offset, end: next.offset }, text: '' };
  if (before !== undefined) return { range: { start: before.offset + before.length, end }, text: '' };
  const around = node.parent;
  // The only one: its blanks go too.
  const start = around === undefined ? node.offset : around.offset + 1;
  const closing = around === undefined ? end : around.offset + around.length - 1;
  return { range: { start, end: Math.min(Math.max(end, closing), text.length) }, text: '' };
}

/** Puts a member into an object, behind its others, in the style of these. */
export function insertion(text: string, object: Node, member: string): Edit {
  const last = object.children?.at(-1);
  if (last === undefined) {
    const at = object.offset + 1;
    return { range: { start: at, end: object.offset + object.length - 1 }, text: ` ${member} ` };
  }
  const end = last.offset + last.length;
  const indent = indentBefore(text, last.offset);
  return { range: { start: end, end }, text: indent === undefined ? `, ${member}` : `,\n${indent}${member}` };
}

/** The blanks before an offset, where nothing else stands before it on its line. */
function indentBefore(text: string, offset: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return line.trim() === '' && text.lastIndexOf('\n', offset - 1) !== -1 ? line : undefined;
}

export function replacement(node: Node, text: string): Edit {
  return { range: extent(node), text };
}

export function extent(node: Node): Range {
  return { start: node.offset, end: node.offset + node.length };
}
