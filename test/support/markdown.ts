// What README and manual hold, as far as tests look at it: headings, links, named paths, commands.
import { anchorOf } from '../../src/vscode/manual/headings';

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

/** Headings outside of code. */
export function headingsOf(markdown: string): readonly Heading[] {
  return [...withoutCode(markdown).matchAll(/^(#{1,6}) (.+)$/gm)].map(([, marks = '', text = '']) => ({
    level: marks.length,
    text,
    anchor: anchorOf(text),
  }));
}

/** Targets of links and pictures; none of those in code. */
export function linksOf(markdown: string): readonly string[] {
  return [
    ...withoutCode(markdown)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = '']) => target);
}

/** Paths that are named in code: with a slash, and without what only a shell or a template would fill in. */
export function pathsOf(markdown: string): readonly string[] {
  return [...withoutCode(markdown).matchAll(/`([^`\n]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => /^\.?[\w-]+(\.[\w-]+)*(\/[\w.-]+)*\/?$/.test(code) && code.includes('/'));
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^(```+)[^]*?^\1$/gm, '');
}

/** A line of a `sh` block: the command, and what is said of it. */
export interface ShellLine {
  readonly command: string;
  /** The exit code that its comment says; 0 without one. */
  readonly code: number;
  /** Why the block cannot be run, from the comment before it; undefined for one that is run. */
  readonly notRun: string | undefined;
}

/** Commands of all `sh` blocks, in order. Lines that begin with # are for readers alone. */
export function shellLinesOf(markdown: string): readonly ShellLine[] {
  const blocks = markdown.matchAll(/(?:<!-- not run: ([^>]*?) -->\n+)?^```sh\n([^]*?)^```$/gm);
  return [...blocks].flatMap(([, notRun, body = '']) =>
    body
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
      .map((line) => ({
        command: line.replace(/\s+# .*$/, ''),
        code: Number(/# exits with (\d+)/.exec(line)?.[1] ?? 0),
        notRun,
      })),
  );
}
