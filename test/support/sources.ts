// The project's own source as tests about its style read it: by TypeScript's parser, with file and line.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import ts from 'typescript';

export const repository = resolve(__dirname, '../..');

/** Files below a folder of the repository, sorted, as paths from its root with `/`. */
export function filesBelow(folder: string, ending: string): readonly string[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .filter((name) => name.endsWith(ending))
    .sort();
}

export const readText = (path: string): string => readFileSync(join(repository, path), 'utf8');

let parsed: readonly ts.SourceFile[] | undefined;

/** Every file of src, parsed once; `fileName` is its path from the root of the repository. */
export function sources(): readonly ts.SourceFile[] {
  parsed ??= filesBelow('src', '.ts').map((path) =>
    ts.createSourceFile(path, readText(path), ts.ScriptTarget.Latest, true),
  );
  return parsed;
}

export const lineOf = (node: ts.Node): number => {
  const source = node.getSourceFile();
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
};

/** `src/engine/run/plan.ts:12`, which a terminal makes a link of. */
export const at = (node: ts.Node): string => `${node.getSourceFile().fileName}:${lineOf(node)}`;
