// The two readers of Markdown that VS Code has: hovers are drawn by marked, previews by markdown-it.
import MarkdownIt from 'markdown-it';
import { Marked } from 'marked';

const hover = new Marked({ gfm: true });
const preview = new MarkdownIt({ html: true, linkify: true });

/** What both of them make of a text: HTML. */
export function renderedMarkdown(markdown: string): readonly [hover: string, preview: string] {
  return [hover.parse(markdown, { async: false }), preview.render(markdown)];
}

/** What acts or loads in what was rendered: links, images, elements that our own Markdown has no use for. */
export function actingElements(html: string): readonly string[] {
  return [...html.matchAll(/<\/?(\w+)[^>]*>/g)]
    .filter(([, name = '']) => !INERT.has(name))
    .map(([whole]) => whole);
}

const INERT: ReadonlySet<string> = new Set(
  'p strong em code pre ul ol li table thead tbody tr th td h1 h2 h3 br'.split(' '),
);
