// The lines of a case with stand-ins for sensitive values, as long as they still show the failure.
import { open } from 'node:fs/promises';
import { compressionOf } from '../../csv';
import { PipelineError, type Table } from '../../model';
import type { OpenWorkspace } from '../../workspace';
import { failureTitle } from './candidates';
import type { Chosen } from './caseFailure';
import type { Line, LandingSource } from './caseLines';
import { MASK_LEVELS, maskLines, namedIn, sensitiveColumns } from './standIns';
import type { CaseOptions } from './model';
import type { SearchSubject, Search, ShownFailure } from './search';
import type { Supply } from './supply';

/** The lines with stand-ins for sensitive values, still showing the failure. */
export async function masked(
  workspace: OpenWorkspace,
  search: Search,
  supply: Supply,
  shown: ShownFailure,
  given: SearchSubject & { readonly options: CaseOptions; readonly others: readonly string[] },
): Promise<{ readonly shown: ShownFailure; readonly columns: readonly string[] }> {
  const { sources, table, others, options, chosen } = given;
  const tables = workspace.config.tables.filter(({ name }) => name === table.name || others.includes(name));
  if (options.maskSensitive === false || sensitiveColumns(tables).length === 0) return { shown, columns: [] };
  search.tell('masking', shown.lines.length);
  for (const i of shown.present) {
    await requireReadable(sources[i]);
    requireSilent(sources[i], await supply.around(i), shown.lines, sources, tables);
  }
  requireNoHistory(chosen, table);
  let replaced: readonly string[] = [];
  for (const level of MASK_LEVELS) {
    const { lines, columns } = maskLines(shown.lines, sources, tables, level);
    if (columns.length === 0) return { shown, columns };
    const still = await search.shows(lines, supply, shown.present);
    if (still !== undefined) return { shown: still, columns };
    replaced = columns;
  }
  const needed: string[] = [];
  for (const column of replaced) {
    const spared = tables.map((t) => ({
      ...t,
      columns: t.columns.map((c) => (`${t.name}.${c.name}` === column ? { ...c, sensitive: false } : c)),
    }));
    const { lines } = maskLines(shown.lines, sources, spared, { keeps: 'size', letters: 'ascii' });
    if ((await search.shows(lines, supply, shown.present)) !== undefined) needed.push(column);
  }
  throw new PipelineError(
    'VALUES_NEEDED',
    `With masked values of ${replaced.join(', ')} the failure no longer occurs (${failureTitle(chosen.failure)})${needed.length === 0 ? '' : `: it depends on the values of ${needed.join(' or ')}`}. Nothing was written.`,
    'Keep the values of sensitive columns (--keep-values) if the folder may contain them.',
  );
}

/** A packed file that cannot be unpacked holds values that nobody can replace. */
async function requireReadable(source: LandingSource | undefined): Promise<void> {
  if (source === undefined || source.format !== undefined) return;
  const file = await open(source.file);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    if (compressionOf(buffer.subarray(0, bytesRead)) === 'none') return;
  } finally {
    await file.close();
  }
  throw new PipelineError(
    'VALUES_NEEDED',
    `${source.name} cannot be unpacked, so the values of sensitive columns in it cannot be masked. Nothing was written.`,
    'Keep its bytes as they are (--keep-values) if the folder may contain them.',
  );
}

/** Names of files and what stands around the lines stay as they are: no sensitive value may stand in them. */
function requireSilent(
  source: LandingSource | undefined,
  around: string,
  lines: readonly Line[],
  sources: readonly LandingSource[],
  tables: readonly Table[],
): void {
  if (source === undefined) return;
  const place = namedIn(source.name, lines, sources, tables)
    ? 'The name of the file'
    : namedIn(around, lines, sources, tables)
      ? 'The text above or below the lines'
      : undefined;
  if (place === undefined) return;
  throw new PipelineError(
    'VALUES_NEEDED',
    `${place} of a case contains a sensitive value of its lines, and cannot be masked (${source.table}). Nothing was written.`,
    'Keep the values of sensitive columns (--keep-values) if the folder may contain them.',
  );
}

/** What was observed on earlier dates comes along as it was. */
function requireNoHistory({ rule }: Chosen, table: Table): void {
  const column = table.columns.find((c) => c.sensitive && rule?.columns.includes(c.name) === true);
  if (rule?.kind !== 'anomaly' || column === undefined) return;
  throw new PipelineError(
    'VALUES_NEEDED',
    `Rule ${rule.id} compares with figures of ${table.name}.${column.name} on earlier dates, which cannot be masked. Nothing was written.`,
    'Keep the values of sensitive columns (--keep-values) if the folder may contain them.',
  );
}
