// Outcomes of cases as JUnit XML for build servers: one suite, one test a case.
import { escapeXml } from '../../report';
import type { CaseDifference, TestedCase } from './model';

/** The document, ending with a line break. */
export function renderCasesJUnit(cases: readonly TestedCase[]): string {
  const count = (...kinds: readonly string[]): number =>
    cases.filter(({ outcome }) => kinds.includes(outcome.kind)).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0).toFixed(3);
  const counts = `tests="${cases.length}" failures="${count('differs')}" errors="${count('broken')}" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="m7 test" ${counts} time="${seconds}">`,
    `  <testsuite name="m7 test" ${counts} time="${seconds}">`,
    ...cases.flatMap(testcase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** "rule user_id_form: expected failed, found passed". */
function differenceText({ what, expected, found }: CaseDifference): string {
  return `${what}: expected ${expected}; found ${found}`;
}

function testcase({ name, table, outcome, seconds }: TestedCase): readonly string[] {
  const head = `    <testcase classname="${escapeXml(table ?? 'case')}" name="${escapeXml(name)}" time="${seconds.toFixed(3)}"`;
  switch (outcome.kind) {
    case 'passed':
      return [`${head}/>`];
    case 'updated':
    case 'differs': {
      const texts = outcome.differences.map(differenceText);
      const all = escapeXml(texts.join('\n'));
      const inner =
        outcome.kind === 'updated'
          ? `      <system-out>updated: ${all}</system-out>`
          : `      <failure type="difference" message="${escapeXml(texts[0] ?? '')}">${all}</failure>`;
      return [`${head}>`, inner, '    </testcase>'];
    }
    case 'broken': {
      const { code, message, remedy } = outcome.error;
      return [
        `${head}>`,
        `      <error type="${escapeXml(code)}" message="${escapeXml(message)}">${escapeXml(remedy)}</error>`,
        '    </testcase>',
      ];
    }
    default:
      return outcome satisfies never;
  }
}
