// What a caller of the command means besides date and table: a failure, as far as it is one.
import { defined } from '../../shared/defined';
import type { CaseFailure } from '../../shared/caseApi';

const STAGES = ['landing-to-raw', 'raw-to-silver', 'silver-to-gold', 'gold-to-snowflake'] as const;

/** The failure of an object with `failure`; undefined where it names none: then it is asked for. */
export function failureOf(argument: unknown): CaseFailure | undefined {
  const failure = isRecord(argument) ? argument['failure'] : undefined;
  if (!isRecord(failure)) return undefined;
  const text = (key: string): string | undefined => {
    const value = failure[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [id, code, column] = [text('id'), text('code'), text('column')];
  const stage = STAGES.find((one) => one === failure['stage']);
  switch (failure['kind']) {
    case 'rule':
      return id === undefined ? undefined : { kind: 'rule', id };
    case 'reject':
      return code === undefined ? undefined : { kind: 'reject', code, ...defined({ column }) };
    case 'conversion':
      return column === undefined ? undefined : { kind: 'conversion', column };
    case 'step':
      return stage === undefined ? undefined : { kind: 'step', stage };
    default:
      return undefined;
  }
}

/** Do two mean the same? A step's code is what became of it, not which it is. */
export function isSameFailure(a: CaseFailure, b: CaseFailure): boolean {
  switch (a.kind) {
    case 'rule':
      return b.kind === 'rule' && a.id === b.id;
    case 'reject':
      return b.kind === 'reject' && a.code === b.code && a.column === b.column;
    case 'conversion':
      return b.kind === 'conversion' && a.column === b.column;
    case 'step':
      return b.kind === 'step' && a.stage === b.stage;
    default:
      return a satisfies never;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
