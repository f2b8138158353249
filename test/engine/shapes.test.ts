// How long functions are and how many parameters they take, in all of src.
import assert from 'node:assert/strict';
import ts from 'typescript';
import { assertNone } from '../support/none';
import { at, lineOf, sources } from '../support/sources';

const MOST_LINES = 100;
const MOST_PARAMETERS = 5;
/** Functions with just as many. Fewer are better: lower it. */
const WITH_FIVE = 16;

interface Shape {
  /** `file function` */
  readonly name: string;
  readonly where: string;
  readonly lines: number;
  readonly parameters: number;
}

function shapeOf(node: ts.FunctionLikeDeclaration): Shape {
  const source = node.getSourceFile();
  // An arrow or a function expression has the name of what it is given to.
  const named = node.name ?? ('name' in node.parent ? node.parent.name : undefined);
  return {
    name: `${source.fileName} ${named?.getText(source) ?? '(anonymous)'}`,
    where: at(node),
    lines: source.getLineAndCharacterOfPosition(node.end).line + 2 - lineOf(node),
    parameters: node.parameters.filter(({ name }) => name.getText(source) !== 'this').length,
  };
}

function shapesIn(node: ts.Node): readonly Shape[] {
  const own = ts.isFunctionLike(node) && 'body' in node && node.body !== undefined ? [shapeOf(node)] : [];
  const below: Shape[] = [];
  ts.forEachChild(node, (child) => void below.push(...shapesIn(child)));
  return [...own, ...below];
}

describe('functions', () => {
  const shapes = sources().flatMap(shapesIn);

  it('are found', () => {
    assert.ok(shapes.length > 5_000, `${shapes.length} functions`);
    assert.ok(shapes.some(({ name }) => name.startsWith('src/engine/run/plan.ts ')));
  });

  it(`have at most ${MOST_LINES} lines`, () => {
    const long = shapes.filter(({ lines }) => lines > MOST_LINES);
    assertNone(
      long.map(({ name, where, lines }) => `${name}: ${lines} lines, ${where}`),
      'Cut them by noun: modules, or a small class where something is owned and disposed.',
    );
  });

  it(`take at most ${MOST_PARAMETERS} parameters by position`, () => {
    const wide = shapes.filter(({ parameters }) => parameters > MOST_PARAMETERS);
    assertNone(
      wide.map(({ name, where, parameters }) => `${name}: ${parameters} parameters, ${where}`),
      'Pass what belongs together as one readonly object with the name of the thing.',
    );
  });

  it(`take ${MOST_PARAMETERS} in few places`, () => {
    const five = shapes.filter(({ parameters }) => parameters === MOST_PARAMETERS);
    assert.ok(
      five.length <= WITH_FIVE,
      `${five.length} functions take ${MOST_PARAMETERS} parameters, ${WITH_FIVE} did: pass an object.\n  ${five.map(({ name, where }) => `${name}, ${where}`).join('\n  ')}`,
    );
  });
});
