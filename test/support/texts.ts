// Every text that a user can see, with where it is: literals of src, the manifest and its names, schemas, pages, pictures.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { at, filesBelow, readText, repository, sources } from './sources';

export interface Text {
  /** `file:line`; a file of JSON has no line. */
  readonly where: string;
  /** What a template fills in is `…`. */
  readonly text: string;
}

/** Prose has words with blanks between, or is a label: one word with a capital letter. */
const isProse = (text: string): boolean => /\p{L}\s|\s\p{L}|…/u.test(text) || /^\p{Lu}\p{Ll}+/u.test(text);

/** Statements for a database: keywords in capitals where prose has none. */
const isSql = (text: string): boolean =>
  /\b(SELECT|FROM|WHERE|WHEN|COALESCE|JOIN|INSERT|CREATE|GROUP BY|ORDER BY|VALUES|CAST|AS)\b/.test(text) &&
  !/[.…]$/.test(text.trim());

/** Where a string is no text: names of modules, types, keys and members. */
function isName({ parent }: ts.Node): boolean {
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isCaseClause(parent) ||
    (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword)
  );
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) ? node.text : undefined;
}

function* literals(source: ts.SourceFile): Generator<Text> {
  const open: ts.Node[] = [source];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const text = textOf(node);
    if (text !== undefined && !isName(node) && isProse(text) && !isSql(text)) yield { where: at(node), text };
    ts.forEachChild(node, (child) => void open.push(child));
  }
}

/** Strings of a JSON document that are prose; `$comment` and patterns are for those who read the file. */
function* strings(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const one of value) yield* strings(one);
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value))
      if (!['regexp', 'pattern', 'when', 'command', 'scripts', '$comment'].includes(key)) yield* strings(one);
}

const ofJson = (path: string): readonly Text[] =>
  [...new Set(strings(JSON.parse(readText(path))))].filter(isProse).map((text) => ({ where: path, text }));

const ofLines = (path: string): readonly Text[] =>
  readText(path)
    .split('\n')
    .map((text, index) => ({ where: `${path}:${index + 1}`, text }));

/** All of them. */
export function textsForUsers(): readonly Text[] {
  const pages = ['media/manual', 'media/walkthrough']
    .filter((folder) => existsSync(join(repository, folder)))
    .flatMap((folder) => [...filesBelow(folder, '.md'), ...filesBelow(folder, '.svg')]);
  return [
    ...sources().flatMap((source) => [...literals(source)]),
    ...['package.json', 'package.nls.json', ...filesBelow('config', '.schema.json')].flatMap(ofJson),
    ...['README.md', ...pages].flatMap(ofLines),
  ];
}
