// m7 check: everything that can be known before a run, and with --mail whether alerts arrive.
import { sep } from 'node:path';
import {
  checkWorkspace,
  plural,
  printable,
  sendTestAlert,
  tableLines,
  wrap,
  type CheckProblem,
  type CheckResult,
  defined,
} from '../../engine';
import { writeDocument, type CommonOptions, type ExitCode, type Session } from '../session';

export interface CheckOptions extends CommonOptions {
  readonly mail?: boolean;
}

export async function check(session: Session, options: CheckOptions): Promise<ExitCode> {
  const checked = await checkWorkspace({
    directory: session.directory,
    environment: process.env,
    signal: session.signal,
  });
  const result = options.mail === true ? await withTest(session, checked) : checked;
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
        : style.colours.good(
            warnings > 0 ? `No errors, ${plural(warnings, 'warning')}.` : 'No problems found.',
          ),
    ];
    await session.out.write(`${lines.join('\n')}\n`);
  }
  return errors > 0 ? 2 : 0;
}

/** Adds what became of a test message; without settings there is nobody to send it to. */
async function withTest(session: Session, checked: CheckResult): Promise<CheckResult> {
  if (checked.facts.length === 0) return checked;
  const test = await sendTestAlert({
    directory: session.directory,
    environment: process.env,
    signal: session.signal,
  });
  const { sent, waiting } = test.outbox;
  const none: CheckProblem = {
    severity: 'error',
    message: 'There is no way to send an alert: neither SMTP_SERVER nor ALERT_WEBHOOK_URL is set.',
    remedy: 'Set SMTP_SERVER and ADMIN_EMAIL, or ALERT_WEBHOOK_URL, in .env.',
  };
  const off: CheckProblem = {
    severity: 'warning',
    message: 'Runs send no mail: ENABLE_EMAIL_ALERTS is false.',
    remedy: 'Set ENABLE_EMAIL_ALERTS=true in .env.',
  };
  return {
    facts: [
      ...checked.facts,
      ...test.deliveries.map((one) => ({
        name: `test ${one.channel}`,
        value: one.status === 'sent' ? `sent ${one.detail}` : 'failed',
      })),
      ...(sent + waiting === 0 ? [] : [{ name: 'outbox', value: `${sent} sent now, ${waiting} waiting` }]),
    ],
    problems: [
      // What waited before the test may be gone by now.
      ...checked.problems.filter((p) => waiting > 0 || !p.remedy.includes('m7 check --mail')),
      ...(test.deliveries.length === 0 ? [none] : []),
      ...(!test.mail_enabled && test.deliveries.some((d) => d.channel === 'mail') ? [off] : []),
      ...test.deliveries.flatMap((one): CheckProblem[] =>
        one.status === 'sent'
          ? []
          : [
              {
                severity: 'error',
                ...(one.file === undefined ? {} : { file: shownPath(session.directory, one.file) }),
                ...defined({ line: one.line }),
                message: one.message,
                remedy: one.remedy,
              },
            ],
      ),
    ],
  };
}

function shownPath(folder: string, path: string): string {
  return path.startsWith(`${folder}${sep}`) ? path.slice(folder.length + 1) : path;
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
