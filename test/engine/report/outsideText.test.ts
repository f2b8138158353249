// Text of others where it would act: told to the readers that VS Code has, which then find nothing but text.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createColors } from 'picocolors';
import {
  colouredLines,
  inert,
  markdownCode,
  markdownText,
  printableLines,
} from '../../../src/engine/report/outsideText';
import { printable } from '../../../src/engine/report/words';
import { HOSTILE, HOSTILE_TEXTS } from '../../support/hostileTexts';
import { actingElements, renderedMarkdown } from '../../support/markdownReaders';

/** How VS Code finds links in notifications and prompts, and icons in labels: its linkedText.ts and iconLabels.ts. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
const ICON = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;
/** What a terminal would act on, or what reorders text; tabs and line ends are no such thing. */
const ACTS = /(?!\n|\t|\r\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;

const decoded = (html: string): string =>
  html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** The text of a document that is one paragraph of text and nothing else; undefined for any other. */
function onlyText(html: string): string | undefined {
  const [, inner] = /^<p>([^<]*)<\/p>\n?$/.exec(html) ?? [];
  return inner === undefined ? undefined : decoded(inner);
}

const PIECES = [...HOSTILE, ...'\\`*_[]()<>|#&~$@:/.!-+= \n\t1a'.split(''), 'http', 'www.', '](', 'command:'];
const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((parts) => parts.join(''));

describe('text of others', () => {
  it('is hostile in this test: the readers act on what is not made safe', () => {
    assert.match(HOSTILE_TEXTS.link, LINK);
    assert.match(HOSTILE_TEXTS.icon, ICON);
    for (const name of ['link', 'image', 'address', 'bracketed', 'list', 'heading', 'slack'] as const)
      for (const html of renderedMarkdown(HOSTILE_TEXTS[name])) assert.equal(onlyText(html), undefined, name);
    for (const name of ['image', 'address'] as const)
      for (const html of renderedMarkdown(HOSTILE_TEXTS[name])) assert.notDeepEqual(actingElements(html), []);
  });

  it('is no link, icon or command in a notification, label or prompt, and reads as before', () => {
    for (const text of HOSTILE) {
      const shown = inert(text);
      assert.doesNotMatch(shown, LINK);
      // Notifications draw line ends as blanks before they look for links.
      assert.doesNotMatch(shown.replace(/\r\n|\n|\r/g, ' ').trim(), LINK);
      assert.doesNotMatch(shown, ICON);
      assert.doesNotMatch(shown, ACTS);
      assert.equal(inert(shown), shown, 'once is enough');
    }
    assert.equal(inert(HOSTILE_TEXTS.link), '[Show the row] (command:workbench.action.terminal.new)');
    assert.equal(inert('Playback (Skylink), 3 of 5 [a] and $5'), 'Playback (Skylink), 3 of 5 [a] and $5');
    fc.assert(fc.property(texts, (text) => !LINK.test(inert(text)) && !ICON.test(inert(text))));
  });

  it('is nothing but text in Markdown, and reads as it does alone', () => {
    const check = (text: string): void => {
      const line = printable(text.replace(/\s+/g, ' ')).trim();
      const escaped = markdownText(text);
      if (line === '') return;
      for (const html of renderedMarkdown(escaped))
        assert.equal(onlyText(html)?.trim(), line, JSON.stringify({ text, escaped, html }));
    };
    HOSTILE.forEach(check);
    fc.assert(fc.property(texts, check), { numRuns: 1_000 });
  });

  it('is nothing but text beside words of ours: in bold, in a cell, behind a colon', () => {
    for (const text of HOSTILE)
      for (const whole of [
        `**${markdownText(`x${text}x`)}** (${markdownText(text)}): ${markdownText(text)}`,
        `| a | b |\n| --- | --- |\n| ${markdownText(text)} | ${markdownCode(text)} |`,
      ])
        for (const html of renderedMarkdown(whole)) {
          assert.deepEqual(actingElements(html), [], html);
          assert.equal((html.match(/<td/g) ?? []).length, whole.startsWith('|') ? 2 : 0, html);
        }
  });

  it('moves no cursor: control characters and overrides of direction are seen, lines stay', () => {
    for (const text of HOSTILE) {
      assert.doesNotMatch(printableLines(text), ACTS);
      assert.doesNotMatch(printable(text), /[\n\t]/);
    }
    assert.equal(printableLines('a\tb\r\nc\rd\u001b[2J\u202e'), 'a\tb\r\nc\\rd\\x1b[2J\\u202e');
    // What cannot be seen hides nothing; what scripts and emoji join stays.
    assert.equal(printable('pay\u200bback\u2060 \u{e0041}'), 'pay\\u200bback\\u2060 \\u{e0041}');
    assert.equal(printable('👩‍👩‍👧 می‌خواهم'), '👩‍👩‍👧 می‌خواهم');
  });

  it('keeps no escape of a terminal but the colours of the command line', () => {
    for (const text of HOSTILE) assert.doesNotMatch(colouredLines(text).replaceAll('\u001b[31m', ''), ACTS);
    const { red, green, yellow, dim, bold } = createColors(true);
    const coloured = `${red('a')} ${green('b')} ${yellow('c')} ${dim('d')} ${bold('e')}\n`;
    assert.equal(colouredLines(coloured), coloured);
    assert.equal(colouredLines('\u001b[8mhidden\u001b[5m'), '\\x1b[8mhidden\\x1b[5m');
  });
});
