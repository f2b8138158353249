// What a debug session is asked for, by a click or a caller, and the launch configuration that says the same.
import { defined } from '../../shared/defined';
import { dateOf, tableOf } from '../parts';

export const TYPE = 'm7';

/** Any of it may be left out: what is missing is asked, or means all. */
export interface DebugRequest {
  readonly date: string | undefined;
  readonly stage: string | undefined;
  readonly table: string | undefined;
  readonly brand: string | undefined;
  /** Id of a rule of `table` that is to be stopped at. */
  readonly rule: string | undefined;
  /** A column of `table` that is to be stopped at. */
  readonly column: string | undefined;
}

/** The request in what a menu, a page or a caller hands to `m7.debugDate`. */
export function debugRequestOf(argument: unknown): DebugRequest {
  const table = tableOf(argument);
  const text = (key: string): string | undefined => {
    const value = member(argument, key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    date: dateOf(argument),
    stage: text('stage'),
    table,
    brand: text('brand'),
    // Ids are unique within a table alone.
    rule: table === undefined ? undefined : text('rule'),
    column: table === undefined ? undefined : text('column'),
  };
}

/** A member of what comes from outside; undefined where there is none. */
export function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** The arguments of a launch, as src/debug/launch.ts reads them. */
export interface LaunchArguments {
  readonly type: typeof TYPE;
  readonly request: 'launch';
  readonly name: string;
  readonly workspace: string;
  readonly date?: string;
  readonly stage?: string;
  readonly table?: string;
  readonly brand?: string;
}

/** @param workspace absolute folder. */
export function launchOf(request: DebugRequest, name: string, workspace: string): LaunchArguments {
  const { date, table, brand } = request;
  // Columns are converted in one stage alone, which is up to date more often than not.
  const stage = request.stage ?? (request.column === undefined ? undefined : 'raw-to-silver');
  return {
    type: TYPE,
    request: 'launch',
    name,
    workspace,
    ...defined({ date, stage, table, brand }),
  };
}
