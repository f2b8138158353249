// m7 test: cases run one after another, each held against what it expects.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  CASE_FOLDERS,
  caseFolder,
  PipelineError,
  plural,
  printable,
  renderCasesJUnit,
  testCases,
  wrap,
  type TestedCase,
} from '../../engine';
import { junitFile } from '../junit';
import { writeOutput } from '../output';
import { writeDocument, type ExitCode, type Session } from '../session';

export interface TestCommandOptions {
  readonly folders: readonly string[];
  readonly junit?: string;
  readonly update?: boolean;
}

export async function test(session: Session, options: TestCommandOptions): Promise<ExitCode> {
  const folders =
    options.folders.length > 0
      ? options.folders.map((folder) => resolve(session.directory, folder))
      : [await usualFolder(session.directory)];
  const cases: TestedCase[] = [];
  for await (const one of testCases({
    folders,
    base: session.directory,
    update: options.update === true,
    signal: session.signal,
  })) {
    cases.push(one);
    if (!session.json) await session.out.write(`${caseLines(one, session).join('\n')}\n`);
  }
  const count = (kind: TestedCase['outcome']['kind']): number =>
    cases.filter(({ outcome }) => outcome.kind === kind).length;
  const counts = {
    passed: count('passed'),
    updated: count('updated'),
    differing: count('differs'),
    broken: count('broken'),
  };
  if (options.junit !== undefined)
    await writeOutput(junitFile(resolve(session.directory, options.junit)), renderCasesJUnit(cases));
  if (session.json) await writeDocument(session, { ...counts, cases });
  else await session.out.write(`${totalLine(counts, session)}\n`);
  return counts.broken > 0 ? 2 : counts.differing > 0 ? 1 : 0;
}

/** @throws PipelineError NOT_FOUND */
async function usualFolder(directory: string): Promise<string> {
  const folder = await caseFolder(directory);
  if ((await stat(folder).catch(() => undefined))?.isDirectory() === true) return folder;
  throw new PipelineError(
    'NOT_FOUND',
    `There are no cases in ${directory}: neither ${CASE_FOLDERS.join(' nor ')} is there.`,
    'Make a case of a failure with: m7 case --date D --table T, or name a folder.',
  );
}

function caseLines({ name, outcome, seconds }: TestedCase, session: Session): string[] {
  const { colours, width } = session.out.style;
  const head = (word: string): string => `${word}  ${printable(name)}  ${colours.dim(`${seconds} s`)}`;
  const below = (text: string): string[] => wrap(printable(text), width - 4).map((line) => `    ${line}`);
  switch (outcome.kind) {
    case 'passed':
      return [head(colours.good('as expected'))];
    case 'updated':
    case 'differs':
      return [
        head(outcome.kind === 'updated' ? colours.warn('updated') : colours.bad('differs')),
        ...outcome.differences.flatMap(({ what, expected, found }) => [
          ...below(what),
          ...below(`  expected  ${expected}`),
          ...below(`  found     ${found}`),
        ]),
      ];
    case 'broken': {
      const { message, remedy, file, line } = outcome.error;
      const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
      return [head(colours.bad('cannot be run')), ...below(`${message}${place}`), ...below(remedy)];
    }
    default:
      return outcome satisfies never;
  }
}

function totalLine(
  counts: Readonly<Record<'passed' | 'updated' | 'differing' | 'broken', number>>,
  session: Session,
): string {
  const { colours } = session.out.style;
  const words = [
    `${counts.passed} as expected`,
    ...(counts.updated > 0 ? [`${counts.updated} updated`] : []),
    ...(counts.differing > 0 ? [`${counts.differing} ${counts.differing === 1 ? 'differs' : 'differ'}`] : []),
    ...(counts.broken > 0 ? [`${counts.broken} cannot be run`] : []),
  ].join(', ');
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return (counts.differing + counts.broken > 0 ? colours.bad : colours.good)(
    `${plural(all, 'case')}: ${words}.`,
  );
}
