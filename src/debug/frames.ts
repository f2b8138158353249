// The call stack of a run that is paused: row, rule or column, table, stage, date, run.
import { defined, findTable } from '../engine';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { basename } from 'node:path';
import type { StopState } from './stopState';
import { configLineOf, rowOf, tableInWords } from './positions';

export type Level = 'row' | 'rule' | 'table' | 'stage' | 'date' | 'run';
const LEVELS: readonly Level[] = ['row', 'rule', 'table', 'stage', 'date', 'run'];

/** Where the row in focus came from. */
export interface RowOrigin {
  readonly file: string;
  readonly line: number | null;
  /** Absolute path of what can be opened. */
  readonly path: string | undefined;
  readonly text: string | null;
}

/** Frame ids are the same at every stop: an editor that kept one asks about the same level. */
const frameId = (level: Level): number => LEVELS.indexOf(level) + 1;
export const levelOf = (id: number): Level | undefined => LEVELS[id - 1];

interface ConfigLine {
  readonly file: string;
  readonly line?: number;
}

const source = (at: ConfigLine | undefined): Pick<DebugProtocol.StackFrame, 'source' | 'line' | 'column'> =>
  at === undefined
    ? { line: 0, column: 0 }
    : { source: { name: basename(at.file), path: at.file }, line: at.line ?? 1, column: 1 };

/** @param origin of the row in focus, where one is. */
export function framesOf(
  stop: StopState,
  origin: RowOrigin | undefined,
): readonly DebugProtocol.StackFrame[] {
  const { point, position, workspace } = stop;
  const { step } = point;
  const table = findTable(workspace.config, step.table);
  const frames: DebugProtocol.StackFrame[] = [];
  const add = (
    level: Level,
    name: string,
    at: ConfigLine | undefined,
    more: Partial<DebugProtocol.StackFrame> = {},
  ): void => {
    frames.push({
      id: frameId(level),
      name,
      ...source(at),
      ...(at === undefined ? { presentationHint: 'subtle' } : {}),
      canRestart: false,
      ...more,
    });
  };
  const row = rowOf(position);
  if (row !== undefined) {
    const at = origin?.path === undefined ? undefined : { file: origin.path, line: origin.line ?? 1 };
    const cameFrom =
      origin === undefined ? '' : ` ${origin.file}${origin.line === null ? '' : `:${origin.line}`}`;
    add('row', `${position.kind === 'end' ? 'rejected line' : 'failing row'} ${row + 1}${cameFrom}`, at);
  }
  if (position.kind === 'rule' || position.kind === 'column') {
    const name = position.kind === 'rule' ? `rule ${position.rule.id}` : `column ${position.column.name}`;
    add('rule', name, configLineOf(position), { canRestart: true });
  }
  const failure = point.kind === 'end' && point.outcome.status === 'failed' ? point.outcome.error : undefined;
  const blamed =
    failure?.file === undefined
      ? table?.location
      : { file: failure.file, ...defined({ line: failure.line }) };
  add('table', `table ${tableInWords(point)}`, blamed, { canRestart: true });
  const when = point.kind === 'end' ? ' (ended)' : point.kind === 'step' ? ' (begins)' : '';
  add('stage', `stage ${step.stage}${when}`, undefined, { canRestart: true });
  add('date', `date ${step.date}`, undefined);
  add('run', 'run', undefined);
  return frames;
}
