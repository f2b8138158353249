// Breakpoints on rules and columns: where they bind, and whether one stops the run, prints a line, or lets it pass.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { debugTargets, targetAt, type DebugTarget, defined } from '../engine';
import type { PausePoint } from '../engine';
import type { Position } from './positions';

interface Bound {
  readonly id: number;
  readonly asked: DebugProtocol.SourceBreakpoint;
  readonly target: DebugTarget | undefined;
  readonly message: string | undefined;
}

export interface Breakpoints {
  /** Binds the breakpoints of a file again. */
  set(path: string, asked: readonly DebugProtocol.SourceBreakpoint[]): readonly DebugProtocol.Breakpoint[];
  /** Binds all of them to the files as they are now; gives those that moved. */
  rebind(configDir?: string): readonly DebugProtocol.Breakpoint[];
  /** Lines between two where a breakpoint can be set. */
  locations(path: string, line: number, endLine: number): readonly number[];
  /** Those at a position. */
  at(point: PausePoint, position: Position): readonly BreakpointAt[];
}

export interface BreakpointAt {
  readonly id: number;
  readonly condition: string | undefined;
  /** Of how many rows: see `meets`. */
  readonly hitCondition: string | undefined;
  readonly logMessage: string | undefined;
}

export function openBreakpoints(): Breakpoints {
  const byFile = new Map<string, readonly Bound[]>();
  let nextId = 1;
  let config: string | undefined;

  const bind = (path: string, asked: DebugProtocol.SourceBreakpoint, id: number): Bound => {
    const { targets, message } = targetsOf(path, config);
    const target = message === undefined ? targetAt(targets, asked.line) : undefined;
    const conditions = conditionProblem(asked);
    return {
      id,
      asked,
      target: conditions === undefined ? target : undefined,
      message:
        message ??
        conditions ??
        (target === undefined ? 'There is no rule or column at or below this line.' : undefined),
    };
  };
  const shown = (path: string, { id, asked, target, message }: Bound): DebugProtocol.Breakpoint => ({
    id,
    verified: target !== undefined,
    line: target?.line ?? asked.line,
    source: { name: basename(path), path },
    ...defined({ message }),
  });

  return {
    set: (path, asked) => {
      const bound = asked.map((one) => bind(path, one, nextId++));
      byFile.set(path, bound);
      return bound.map((one) => shown(path, one));
    },
    rebind: (configDir) => {
      config = configDir ?? config;
      return [...byFile].flatMap(([path, before]) => {
        const now = before.map((one) => bind(path, { ...one.asked, line: one.asked.line }, one.id));
        byFile.set(path, now);
        return now.flatMap((one, i) => {
          const old = before[i];
          const same = old?.target?.line === one.target?.line && old?.message === one.message;
          return same ? [] : [shown(path, one)];
        });
      });
    },
    locations: (path, line, endLine) => [
      ...new Set(
        targetsOf(path, config)
          .targets.map((target) => target.line)
          .filter((one) => line <= one && one <= endLine),
      ),
    ],
    at: (point, position) =>
      [...byFile.values()].flat().flatMap(({ id, asked, target }) =>
        target !== undefined && isAt(target, point, position)
          ? [
              {
                id,
                condition: some(asked.condition),
                hitCondition: some(asked.hitCondition),
                logMessage: some(asked.logMessage),
              },
            ]
          : [],
      ),
  };
}

const some = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text;

function isAt(target: DebugTarget, point: PausePoint, position: Position): boolean {
  if (target.table !== point.step.table) return false;
  switch (target.kind) {
    case 'rule':
      return position.kind === 'rule' && position.row === undefined && target.key === position.index;
    case 'column':
      return position.kind === 'column' && position.row === undefined && target.key === position.column.name;
    default:
      return target.kind satisfies never;
  }
}

function targetsOf(
  path: string,
  configDir: string | undefined,
): { readonly targets: readonly DebugTarget[]; readonly message?: string } {
  const name = basename(path);
  if (name !== 'validation_rules.json' && name !== 'table_schemas.json')
    return { targets: [], message: 'Breakpoints work in validation_rules.json and table_schemas.json only.' };
  if (configDir !== undefined && folded(dirname(path)) !== folded(configDir))
    return {
      targets: [],
      message: `This file is not in the config folder of the debugged workspace, ${configDir}.`,
    };
  try {
    const file = name === 'validation_rules.json' ? 'validation_rules' : 'table_schemas';
    return { targets: debugTargets(file, readFileSync(path, 'utf8')) };
  } catch {
    return { targets: [], message: `${name} cannot be read.` };
  }
}

/** Drive letters differ in case by who wrote them. */
const folded = (path: string): string =>
  process.platform === 'win32' ? resolve(path).toLowerCase() : resolve(path);

const HITS = /^\s*(?:(>=|>|<=|<|={1,2}|%)\s*)?(\d{1,15})\s*$/;

function conditionProblem({ hitCondition }: DebugProtocol.SourceBreakpoint): string | undefined {
  if (some(hitCondition) === undefined || HITS.test(hitCondition ?? '')) return undefined;
  return `"${hitCondition ?? ''}" is not a valid hit count. Write a number of rows, such as 10, > 10 or = 10.`;
}

/**
 * Does a number of rows meet a hit count? Every row that fails (and meets the condition) is a hit: "10" and ">= 10"
 * are at least ten of them, "% 10" a multiple.
 */
export function meets(hitCondition: string, rows: number): boolean {
  const [, sign = '>=', digits = '0'] = HITS.exec(hitCondition) ?? [];
  const wanted = Number(digits);
  switch (sign) {
    case '>':
      return rows > wanted;
    case '<':
      return rows < wanted;
    case '<=':
      return rows <= wanted;
    case '=':
    case '==':
      return rows === wanted;
    case '%':
      return wanted > 0 && rows > 0 && rows % wanted === 0;
    default:
      return rows >= wanted;
  }
}
