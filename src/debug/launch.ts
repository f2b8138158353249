// The arguments of a launch, as they come from a launch.json or a command, made into what they mean.
import { resolve } from 'node:path';
import { PipelineError, type DebugRequest } from '../engine';

export interface Launch {
  /** Absolute. */
  readonly workspace: string;
  readonly request: DebugRequest;
  readonly stopOnEntry: boolean;
  /** Layers, ledger and warehouse are changed as by any run. */
  readonly publish: boolean;
  /** "Run without debugging": nothing stops. */
  readonly noDebug: boolean;
}

const wrong = (message: string, remedy: string): PipelineError => new PipelineError('USAGE', message, remedy);

/** @throws PipelineError USAGE for an argument that is missing or of another kind. */
export function readLaunch(given: unknown): Launch {
  const args = (typeof given === 'object' && given !== null ? given : {}) as Readonly<
    Record<string, unknown>
  >;
  const workspace = args['workspace'];
  if (typeof workspace !== 'string' || workspace === '')
    throw wrong(
      'No workspace was given.',
      'Set "workspace" in launch.json, for example to "${workspaceFolder}".',
    );
  const date = args['date'];
  if (date === undefined || date === '')
    throw wrong('No date was given.', 'Set "date" in launch.json, for example "20241115".');
  if (typeof date !== 'string' && typeof date !== 'number')
    throw wrong('"date" is not a text.', 'Write it as "YYYYMMDD", for example "20241115".');
  return {
    workspace: resolve(workspace),
    request: {
      date: String(date),
      stages: names(args, 'stage'),
      tables: names(args, 'table'),
      brands: names(args, 'brand'),
    },
    stopOnEntry: flag(args, 'stopOnEntry'),
    publish: flag(args, 'publish'),
    noDebug: flag(args, 'noDebug'),
  };
}

/** One name, or a list of them; empty means all. */
function names(args: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const value = args[key];
  if (value === undefined || value === '') return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one === 'string') return one;
    throw wrong(
      `"${key}" is not a name.`,
      `Give "${key}" a name or a list of names, or leave it out for all.`,
    );
  });
}

function flag(args: Readonly<Record<string, unknown>>, key: string): boolean {
  const value = args[key];
  if (value === undefined || typeof value === 'boolean') return value === true;
  throw wrong(`"${key}" is neither true nor false.`, `Set "${key}" to true or false.`);
}
