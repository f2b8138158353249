// Reports of a hostile day, as it was run: HTML, JUnit and Markdown hold its texts, and nothing of them acts.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dateDocument,
  mergeReports,
  NO_COLOURS,
  openWorkspace,
  renderMarkdown,
  renderReports,
  type DateReport,
} from '../../../src/engine';
import { DATE, runDay, writeDay } from '../../support/day';
import { hostileDay } from '../../support/hostileDay';
import { HOSTILE_TEXTS } from '../../support/hostileTexts';
import { readJUnit } from '../../support/junit';
import { actingElements, renderedMarkdown } from '../../support/markdownReaders';

const ACTS = /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;
const STYLE = { width: 120, colours: NO_COLOURS };

describe('reports of hostile texts', () => {
  let folder = '';
  let document: DateReport;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'm7-hostile-'));
    writeDay(folder, hostileDay());
    await runDay(folder);
    document = mergeReports(await dateDocument({ directory: folder }, DATE));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('HTML has elements and attributes of ours alone, and loads nothing', () => {
    const html = renderReports(document, 'html', STYLE);
    assert.ok(html.includes('Show the row') && html.includes('pixel.png'));
    assert.doesNotMatch(html, ACTS);
    const tags = [...html.matchAll(/<([a-z][\w-]*)((?:\s[^<>]*)?)>/gi)];
    assert.ok(tags.length > 50);
    for (const [whole, name = '', attributes = ''] of tags) {
      assert.match(
        name,
        /^(?:html|head|meta|title|style|body|header|main|section|h[1-3]|p|ol|li|b|i|br|bdi|span|div|a|table|caption|thead|tbody|tr|th|td)$/,
        whole,
      );
      for (const [, attribute = '', value = ''] of attributes.matchAll(/([\w-]+)="([^"]*)"/g)) {
        assert.match(
          attribute,
          /^(?:lang|charset|http-equiv|content|name|class|scope|href|id|style|aria-hidden)$/,
          whole,
        );
        if (attribute === 'href') assert.match(value, /^#table-\d+$/);
      }
    }
    assert.match(html, /default-src 'none'/);
  });

  it('JUnit is XML that holds them', async () => {
    const { config } = await openWorkspace({ directory: folder, environment: { SETTLE: '0' } });
    const xml = renderReports(document, 'junit', STYLE, config);
    readJUnit(xml);
    assert.doesNotMatch(xml, ACTS);
    assert.ok(xml.includes('Show the row'));
  });

  it('Markdown has no link, image or HTML of them', () => {
    const markdown = renderMarkdown(document);
    assert.ok(markdown.includes('pixel') && markdown.includes('Show the row'));
    assert.doesNotMatch(markdown, ACTS);
    for (const html of renderedMarkdown(markdown)) assert.deepEqual(actingElements(html), []);
  });

  it('events of the run are JSON, one a line, whatever they hold', () => {
    const runs = join(folder, 'data/logs/runs');
    const lines = readdirSync(runs).flatMap((name) =>
      readFileSync(join(runs, name), 'utf8').trimEnd().split('\n'),
    );
    assert.ok(lines.length > 10);
    const texts = lines.map((line) => JSON.stringify(JSON.parse(line)));
    assert.ok(texts.some((text) => text.includes(HOSTILE_TEXTS.link)));
  });
});
