// m7 case: from a failure of a date to the fewest landing lines that show it, as a folder that m7 test runs.
import { resolve } from 'node:path';
import {
  caseFolder,
  createCase,
  plural,
  printable,
  STAGES,
  wrap,
  type CaseFailure,
  type CaseProgress,
  type CaseResult,
  defined,
} from '../../engine';
import { openHere, tableNames } from '../selection';
import { note, writeDocument, type ExitCode, type Session } from '../session';
import { UsageError } from '../usage';
import { resolveNames } from '../values';

export interface CaseCommandOptions {
  readonly date: string;
  readonly table: string;
  readonly rule?: string;
  readonly reject?: string;
  readonly column?: string;
  readonly stage?: string;
  readonly output?: string;
  readonly name?: string;
  readonly keepValues?: boolean;
}

export async function makeCase(session: Session, options: CaseCommandOptions): Promise<ExitCode> {
  const failure = failureOf(options);
  const workspace = await openHere(session, true);
  const [table = options.table] = tableNames(workspace, [options.table]);
  const result = await createCase(workspace, {
    date: options.date,
    table,
    ...defined({ failure }),
    folder: options.output === undefined ? await caseFolder(session.directory) : resolve(options.output),
    ...defined({ name: options.name }),
    maskSensitive: options.keepValues !== true,
    signal: session.signal,
    progress: teller(session),
  });
  if (session.json) await writeDocument(session, result);
  else await session.out.write(`${resultLines(result, session).join('\n')}\n`);
  return 0;
}

/** @throws UsageError where more than one failure is named. */
function failureOf({ rule, reject, column, stage }: CaseCommandOptions): CaseFailure | undefined {
  const given = [
    ...(rule === undefined ? [] : ['--rule']),
    ...(reject === undefined ? [] : ['--reject']),
    ...(stage === undefined ? [] : ['--stage']),
  ];
  if (given.length > 1)
    throw new UsageError(
      `${given.join(' and ')} name a failure each.`,
      'A case shows one failure: name one of them.',
    );
  if (column !== undefined && (rule ?? stage) !== undefined)
    throw new UsageError(
      '--column goes with --reject, or is used alone for values that do not convert.',
      'Leave --column out: the rule or step says what it is about.',
    );
  if (rule !== undefined) return { kind: 'rule', id: rule };
  if (reject !== undefined) return { kind: 'reject', code: reject.toUpperCase(), ...defined({ column }) };
  if (column !== undefined) return { kind: 'conversion', column };
  if (stage === undefined) return undefined;
  const [name] = resolveNames(
    'stage',
    [stage],
    STAGES.map((one) => ({ name: one })),
  );
  const known = STAGES.find((one) => one === name);
  return known === undefined ? undefined : { kind: 'step', stage: known };
}

/** Tells on stderr when the search gets somewhere: never twice the same. */
function teller(session: Session): (progress: CaseProgress) => void {
  let last = '';
  return ({ doing, lines }) => {
    const text =
      doing === 'looking'
        ? 'Running the lines the failure names'
        : doing === 'masking'
          ? 'Masking sensitive values'
          : doing === 'shrinking'
            ? `Leaving lines out: ${plural(lines ?? 0, 'line')} so far`
            : '';
    if (text !== '' && text !== last) note(session, text);
    last = text;
  };
}

function resultLines(result: CaseResult, session: Session): string[] {
  const { colours, width } = session.out.style;
  return [
    `${colours.bold(printable(`${result.table} ${result.date}`))}  ${printable(result.title)}`,
    '',
    ...result.files.map(({ path, lines }) => `  ${printable(path)}  ${plural(lines, 'data line')}`),
    '',
    ...[
      result.fewest
        ? `${plural(result.lines, 'data line')}: without any of them the failure is gone.`
        : plural(result.lines, 'data line'),
      result.masked.length === 0
        ? 'No value was replaced.'
        : `Stand-ins replace the values of ${result.masked.join(', ')}.`,
      ...result.remarks,
      `Written to ${result.folder}`,
    ].flatMap((line) => wrap(printable(line), width)),
  ];
}
