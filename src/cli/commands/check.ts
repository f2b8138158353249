// m7 check: everything that can be known before a run.
import { checkWorkspace, plural, printable, tableLines, wrap, type CheckProblem } from '../../engine';
import { writeDocument, type CommonOptions, type ExitCode, type Session } from '../session';

export type CheckOptions = CommonOptions;

export async function check(session: Session): Promise<ExitCode> {
  const result = await checkWorkspace({
    directory: session.directory,
    environment: process.env,
    signal: session.signal,
  });
  const errors = result.problems.filter((problem) => problem.severity === 'error').length;
  if (session.json) await writeDocument(session, result);
  else {
    const { style } = session.out;
    const warnings = result.problems.length - errors;
    const lines = [
      ...tableLines(
        {
          columns: [{ title: 'CHECKED' }, { title: 'FOUND', shrinks: 'wrap' }],
          rows: result.facts.map((fact) => [fact.name, fact.value]),
        },
        style,
      ),
      '',
      ...result.problems.flatMap((problem) => problemLines(problem, session)),
      errors > 0
        ? style.colours.bad(`${plural(errors, 'error')}, ${plural(warnings, 'warning')}.`)
        : style.colours.good(warnings > 0 ? `No errors, ${plural(warnings, 'warning')}.` : 'All is well.'),
    ];
    await session.out.write(`${lines.join('\n')}\n`);
  }
  return errors > 0 ? 2 : 0;
}

function problemLines(problem: CheckProblem, session: Session): string[] {
  const { colours, width } = session.out.style;
  const colour = problem.severity === 'error' ? colours.bad : colours.warn;
  const place =
    problem.file === undefined
      ? ''
      : `${printable(problem.file)}${problem.line === undefined ? '' : `:${problem.line}`}`;
  return [
    `${colour(problem.severity)}${place === '' ? '' : `  ${place}`}`,
    ...wrap(printable(problem.message), width - 2).map((line) => `  ${line}`),
    ...wrap(printable(problem.remedy), width - 2).map((line) => `  ${colours.dim(line)}`),
    '',
  ];
}
