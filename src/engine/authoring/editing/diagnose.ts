// Diagnostics: what the check of the config finds in a draft, what is certain to do nothing, and how to mend it.
import type { Node } from 'jsonc-parser';
import { checkConfig, lineStarts, memberMap } from '../../workspace';
import type { Connection, ConfigProblem } from '../../base';
import { defined, type Settings } from '../../model';
import { fixesFor } from './fixes';
import { hints } from './hints';
import type { Diagnostic, Draft, DraftFile, Range } from './model';
import type { Sketch } from './draftConfig';

/** What a diagnosis needs besides the draft. */
export interface Diagnosing {
  readonly settings: Settings;
  readonly texts: Readonly<Record<DraftFile, string>>;
  readonly sketch: Sketch;
  /** Fragments are bound on it; without one SQL is not judged. */
  readonly connection: Connection | undefined;
  readonly signal: AbortSignal | undefined;
}

/** All diagnostics of the draft's own file, by place. */
export async function diagnose(draft: Draft, given: Diagnosing): Promise<readonly Diagnostic[]> {
  const { settings, texts, sketch, connection, signal } = given;
  const { problems } = await checkConfig(settings, {
    ...defined({ connection, signal }),
    contents: {
      'brand_configs.json': texts.brand_configs,
      'table_schemas.json': texts.table_schemas,
      'validation_rules.json': texts.validation_rules,
    },
  });
  const loose = sketch.texts[draft.file];
  const starts = lineStarts(loose.text);
  const own = problems.filter((problem) => problem.file === sketch.paths[draft.file]);
  const found = own.filter(isOurs).map((problem): Diagnostic => {
    const offset = (starts[problem.line - 1] ?? 0) + problem.column - 1;
    const node = nodeFrom(loose.root, offset);
    return {
      range: rangeOf(problem, node, offset, loose.text),
      severity: problem.severity,
      message: problem.message,
      remedy: problem.remedy,
      code: problem.trouble?.kind ?? 'config',
      fixes: problem.trouble === undefined ? [] : fixesFor(draft.file, sketch, problem.trouble, node, offset),
      // The editor underlines a repeated key itself.
      ...(problem.trouble?.kind === 'duplicate-key' ? { told: true } : {}),
    };
  });
  // While something is wrong nothing is certain.
  const idle = found.some((d) => d.severity === 'error') ? [] : hints(draft.file, sketch);
  return [...found, ...idle].sort((a, b) => a.range.start - b.range.start);
}

/** Is the problem one that the editor's own JSON support cannot tell? */
function isOurs({ trouble, code }: ConfigProblem): boolean {
  // A file that is edited for the first time is not there yet.
  return trouble?.kind !== 'syntax' && code !== 'CONFIG_MISSING';
}

/** The deepest node that begins at an offset or holds it. */
function nodeFrom(root: Node | undefined, offset: number): Node | undefined {
  let node = root;
  for (;;) {
    const next: Node | undefined = node?.children?.find(
      (child) => child.offset <= offset && offset < child.offset + child.length,
    );
    // The object that begins here, not what is first in it.
    if (next === undefined || (node?.type === 'object' && node.offset === offset)) return node;
    node = next;
  }
}

/** What is underlined: of an object that lacks something the name by which a reader knows it. */
function rangeOf(problem: ConfigProblem, node: Node | undefined, offset: number, text: string): Range {
  if (node?.type === 'object' && node.offset === offset) {
    const kind = memberMap(node).get('rule')?.value;
    const name = kind ?? (node.parent?.type === 'property' ? node.parent.children?.[0] : undefined);
    if (name !== undefined) return { start: name.offset, end: name.offset + name.length };
    return { start: offset, end: offset + 1 };
  }
  const start = Math.max(0, Math.min(offset, text.length - 1));
  return { start, end: Math.min(text.length, start + Math.max(1, problem.length)) };
}
