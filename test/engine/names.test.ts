// One name, one thing: types, exported functions and files of the engine, and nouns that say what something is.
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import ts from 'typescript';
import { assertNone } from '../support/none';
import { at, sources } from '../support/sources';

/** Nouns that any thing could have: the field has a term for each. */
const VAGUE: readonly string[] = [
  'Answer',
  'Asked',
  'Cut',
  'Found',
  'Ground',
  'Head',
  'Hit',
  'Kept',
  'Known',
  'Place',
  'Prepared',
  'Reading',
  'Shown',
  'Source',
  'Standing',
  'Taken',
  'Told',
  'Trouble',
  'Verdict',
  'Wanted',
  'Way',
  'Work',
  'Wrong',
];

interface Named {
  readonly name: string;
  readonly file: string;
  readonly where: string;
}

const named = (node: ts.Node, name: ts.Identifier): Named => ({
  name: name.text,
  file: node.getSourceFile().fileName,
  where: at(node),
});

const isExported = (node: ts.FunctionDeclaration): boolean =>
  node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;

function typesOf(source: ts.SourceFile): readonly Named[] {
  return source.statements.flatMap((node) =>
    (ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isEnumDeclaration(node)) &&
    node.name !== undefined
      ? [named(node, node.name)]
      : [],
  );
}

function functionsOf(source: ts.SourceFile): readonly Named[] {
  return source.statements.flatMap((node) =>
    // Overloads are one function: the one with a body.
    ts.isFunctionDeclaration(node) && node.name !== undefined && node.body !== undefined && isExported(node)
      ? [named(node, node.name)]
      : [],
  );
}

function several(all: readonly Named[]): readonly string[] {
  return [...grouped(all)].flatMap(([name, ones]) =>
    ones.length < 2 ? [] : [`${name}: ${ones.map(({ where }) => where).join(', ')}`],
  );
}

function grouped(all: readonly Named[]): ReadonlyMap<string, readonly Named[]> {
  const groups = new Map<string, Named[]>();
  for (const one of all) groups.set(one.name, [...(groups.get(one.name) ?? []), one]);
  return groups;
}

describe('names in the engine', () => {
  const engine = sources().filter(({ fileName }) => fileName.startsWith('src/engine/'));
  const everywhere = sources().flatMap(typesOf);
  const types = everywhere.filter(({ file }) => file.startsWith('src/engine/'));
  const functions = engine.flatMap(functionsOf);
  const files = engine
    .map(({ fileName }) => ({ name: basename(fileName), file: fileName, where: fileName }))
    .filter(({ name }) => name !== 'index.ts' && name !== 'model.ts');
  const twice = [...several(types), ...several(functions), ...several(files)];

  it('are found', () => {
    assert.ok(types.length > 500, `${types.length} types`);
    assert.ok(functions.length > 500, `${functions.length} functions`);
    assert.ok(files.length > 200, `${files.length} files`);
  });

  it('are each of one type, one exported function or one file', () => {
    assertNone(twice, 'Name each for what it is, or make them one. The higher floor renames.');
  });

  it('say what something is', () => {
    const vague = everywhere.filter(({ name }) => VAGUE.includes(name));
    assertNone(
      vague.map(({ name, where }) => `${name}: ${where}`),
      'Take the term of the field: what is it to a data engineer?',
    );
  });
});
