// How long functions are and how many parameters they take, in all of src. What is over it today is listed, and goes.
import assert from 'node:assert/strict';
import ts from 'typescript';
import { assertNone } from '../support/none';
import { at, lineOf, sources } from '../support/sources';

const MOST_LINES = 100;
const MOST_PARAMETERS = 5;
/** Functions with just as many. Fewer are better: lower it. */
const WITH_FIVE = 16;

/** Longer than that, each as `file function`. */
const LONG: readonly string[] = [];

/** With more parameters than that, each as `file function`. */
const WIDE: readonly string[] = [];

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

/** What is over the limit and not listed, and what is listed without need. */
function held(over: readonly Shape[], listed: readonly string[]): { fresh: Shape[]; done: string[] } {
  return {
    fresh: over.filter(({ name }) => !listed.includes(name)),
    done: listed.filter((one) => !over.some(({ name }) => name === one)),
  };
}

describe('functions', () => {
  const shapes = sources().flatMap(shapesIn);

  it('are found', () => {
    assert.ok(shapes.length > 5_000, `${shapes.length} functions`);
    assert.ok(shapes.some(({ name }) => name.startsWith('src/engine/run/plan.ts ')));
  });

  it(`have at most ${MOST_LINES} lines`, () => {
    const { fresh, done } = held(
      shapes.filter(({ lines }) => lines > MOST_LINES),
      LONG,
    );
    assertNone(
      fresh.map(({ name, where, lines }) => `${name}: ${lines} lines, ${where}`),
      'Cut them by noun: modules, or a small class where something is owned and disposed.',
    );
    assertNone(done, 'Not over the limit any more: remove them from LONG.');
  });

  it(`take at most ${MOST_PARAMETERS} parameters by position`, () => {
    const { fresh, done } = held(
      shapes.filter(({ parameters }) => parameters > MOST_PARAMETERS),
      WIDE,
    );
    assertNone(
      fresh.map(({ name, where, parameters }) => `${name}: ${parameters} parameters, ${where}`),
      'Pass what belongs together as one readonly object with the name of the thing.',
    );
    assertNone(done, 'Not over the limit any more: remove them from WIDE.');
  });

  it(`take ${MOST_PARAMETERS} in few places`, () => {
    const five = shapes.filter(({ parameters }) => parameters === MOST_PARAMETERS);
    assert.ok(
      five.length <= WITH_FIVE,
      `${five.length} functions take ${MOST_PARAMETERS} parameters, ${WITH_FIVE} did: pass an object.\n  ${five.map(({ name, where }) => `${name}, ${where}`).join('\n  ')}`,
    );
  });
});
