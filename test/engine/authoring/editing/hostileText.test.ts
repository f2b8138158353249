// Help of a config file that somebody else wrote: wherever the cursor stands, its descriptions, names and values are text.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { DRAFT_FILES } from '../../../../src/engine/authoring/editing/model';
import { hostileDay } from '../../../support/hostileDay';
import { CANARY, HOSTILE_TEXTS } from '../../../support/hostileTexts';
import { actingElements, renderedMarkdown } from '../../../support/markdownReaders';
import { ruleText, cursor, useDesk } from './desk';

const DESCRIBED = JSON.stringify({ type: 'INTEGER', description: HOSTILE_TEXTS.image });

const acting = (markdown: string): readonly string[] =>
  renderedMarkdown(markdown).flatMap((html) => actingElements(html));

describe('editing help of hostile config files', () => {
  const desk = useDesk(hostileDay());

  for (const file of DRAFT_FILES)
    it(`${file}: no hover holds a link, an image or HTML`, async () => {
      const text = desk().text(file);
      let seen = 0;
      const look = (markdown: string): void => {
        assert.deepEqual(acting(markdown), [], markdown);
        if (markdown.includes(CANARY)) seen += 1;
      };
      // Every word: the first letter of each, and the place behind each quote.
      const places = [...text.matchAll(/\w+|"/g)].map((match) => match.index + 1);
      for (const offset of places.filter((_, i) => i % 3 === 0)) {
        const found = await desk().editing.hover({ file, text }, offset);
        if (found !== undefined) look(found.markdown);
      }
      assert.ok(seen > 0, 'hovers speak of hostile texts at all');
    });

  for (const [what, file, written] of [
    ['a column of a rule', 'validation_rules', ruleText('{ "rule": "not_null", "column": "|" }')],
    [
      'a key column',
      'table_schemas',
      `{ "tables": { "T": { "primary_key": ["|"], "columns": { "x": ${DESCRIBED} } } } }`,
    ],
    ['a table of rules', 'validation_rules', '{ "tables": { | } }'],
    ['a column inside SQL', 'validation_rules', ruleText('{ "rule": "expression", "expression": "|" }')],
    ['types of a schema', 'validation_rules', ruleText('{ "rule": "schema", "types": { "|" } }')],
  ] as const)
    it(`completes ${what} without a link, an image or HTML in its documentation`, async () => {
      const { text, offset } = cursor(written);
      const others = { table_schemas: desk().text('table_schemas') };
      const draft = file === 'table_schemas' ? { file, text } : { file, text, others };
      const documented = (await desk().editing.complete(draft, offset)).flatMap(
        ({ documentation }) => documentation ?? [],
      );
      for (const markdown of documented) assert.deepEqual(acting(markdown), [], markdown);
      assert.ok(
        documented.some((markdown) => markdown.includes(CANARY)),
        'a hostile description is offered',
      );
    });
});
