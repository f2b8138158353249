// The suites of test/host/inside, one test here for each one there.
import assert from 'node:assert/strict';
import { Suite, Test } from 'mocha';
import { runInside } from '../support/host/inside';
import type { TestOutcome } from '../support/host/outcome';
import { theHost } from '../support/host/suite';

/** A test that ends as the one inside did, with its message and stack. */
function mirror(outcome: TestOutcome): Test {
  switch (outcome.kind) {
    case 'passed':
      return new Test(outcome.title, () => undefined);
    case 'skipped':
      return new Test(outcome.title);
    case 'failed':
      return new Test(outcome.title, () => {
        throw Object.assign(new Error(outcome.message), { stack: outcome.stack });
      });
    default:
      return outcome satisfies never;
  }
}

function suiteOf(parent: Suite, titles: readonly string[]): Suite {
  const [title, ...rest] = titles;
  if (title === undefined) return parent;
  return suiteOf(parent.suites.find((one) => one.title === title) ?? Suite.create(parent, title), rest);
}

describe('inside the extension host', () => {
  it('the suites come to their end', async function () {
    this.timeout(660_000);
    const { host, browser } = theHost();
    const { tests, measured } = await runInside(host, browser);
    assert.ok(tests.length > 0, 'No test ran inside VS Code.');
    for (const { what, milliseconds } of measured)
      process.stderr.write(`    ${what}: ${milliseconds.toFixed(1)} ms\n`);
    const suite = this.test?.parent;
    assert.ok(suite);
    for (const outcome of tests) suiteOf(suite, outcome.suite).addTest(mirror(outcome));
  });
});
