// What people have accepted of a slot's drift: `.state/drift/<brand>/<table>.json`, for all dates of the brand and table.
import { join } from 'node:path';
import { codeOf, foldHeader, translateSystemError, writeWhole, readRegularText } from '../base';
import { type AcceptedDrift, DRIFT_KINDS } from '../model';
import { type StateFolders, acceptedFolder } from './dataFolder';
import { segment } from './pathSegment';
import { requireKnownFormat } from './stateVersion';

export interface Acceptances {
  readonly accepted: readonly AcceptedDrift[];
  /** Absolute path of the file where it is damaged: what was accepted is not known then, and all drift is reported. */
  readonly damaged?: string;
}

/** What a drift is about: two with one id are the same one, on whatever date. */
export function driftId({ kind, column, header }: Pick<AcceptedDrift, 'kind' | 'column' | 'header'>): string {
  const folded = foldHeader(header ?? '');
  if (kind === 'renamed') return JSON.stringify([kind, column, folded]);
  return JSON.stringify(column === undefined ? [kind, 'header', folded] : [kind, 'column', column]);
}

const fileOf = ({ stateDir }: StateFolders, brand: string, table: string): string =>
  join(acceptedFolder(stateDir), segment(brand), `${segment(table)}.json`);

/**
 * What was accepted for a brand and table. A damaged file counts as none: more is reported than need be, never less.
 * @throws PipelineError STATE_NEWER; PERMISSION where it may not be read.
 */
export function readAcceptances(state: StateFolders, brand: string, table: string): Acceptances {
  const path = fileOf(state, brand, table);
  let content: unknown;
  try {
    content = JSON.parse(readRegularText(path));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return { accepted: [] };
    if (!(error instanceof SyntaxError)) throw translateSystemError(path, error);
    return { accepted: [], damaged: path };
  }
  requireKnownFormat('drift', path, content);
  const list = (content as { readonly accepted?: unknown } | null)?.accepted;
  if (!Array.isArray(list) || !list.every(isAccepted)) return { accepted: [], damaged: path };
  return { accepted: list };
}

function isAccepted(value: unknown): value is AcceptedDrift {
  const { kind, column, header, share, date, by, at } = (value ?? {}) as Partial<AcceptedDrift>;
  const text = (one: unknown): boolean => typeof one === 'string';
  return (
    kind !== undefined &&
    DRIFT_KINDS.includes(kind) &&
    (text(column) || text(header)) &&
    [column, header].every((one) => one === undefined || text(one)) &&
    (share === undefined || typeof share === 'number') &&
    [date, by, at].every(text)
  );
}

/** Adds what is accepted now; an entry about the same column and header is replaced. Under the run's lock only. */
export async function acceptDrift(
  state: StateFolders,
  brand: string,
  table: string,
  added: readonly AcceptedDrift[],
): Promise<void> {
  const entries = new Map(
    [...readAcceptances(state, brand, table).accepted, ...added].map((one) => [driftId(one), one]),
  );
  const content = { version: 1, accepted: [...entries.values()] };
  await writeWhole(
    fileOf(state, brand, table),
    `${JSON.stringify(content, undefined, 2)}\n`,
    state.temporaryDir,
  );
}
