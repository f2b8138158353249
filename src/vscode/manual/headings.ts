// Headings of a Markdown page and the anchors that lead to them, as VS Code and GitHub make them.

/** The anchor of a heading, without regard to others of the same text. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** The line of a heading, counted from 1; the first line where there is none of this anchor. */
export function lineOf(markdown: string, anchor: string): number {
  const found = markdown
    .split('\n')
    .findIndex((line) => /^#{1,6} /.test(line) && anchorOf(line.replace(/^#+ /, '')) === anchor);
  return Math.max(found, 0) + 1;
}
