// The landing files that a case may be cut from: where their bytes lie now, and the names they shall have in it.
import { rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { decideFormat } from '../../csv';
import { makeTemporaryFolder, sizeOf } from '../../base';
import { brandsThere, type DateKey, PipelineError, type Table, fileKnowledge } from '../../model';
import { type Manifest, compareText, readLanding, rejectedFiles } from '../../lake';
import { encodingEvidence } from '../../stages';
import type { OpenWorkspace } from '../../workspace';
import type { LandingSource } from './caseLines';

/**
 * Files of a table and date that were taken in, by brand and part; with `keptOut`, those kept out whole for that
 * reason instead.
 * @throws PipelineError NOT_FOUND where an original is gone.
 */
export async function sourcesOf(
  workspace: OpenWorkspace,
  wanted: { readonly date: DateKey; readonly table: string; readonly keptOut?: string },
): Promise<readonly LandingSource[]> {
  const { lake, config } = workspace;
  const { date, table, keptOut } = wanted;
  if (keptOut !== undefined)
    return rejectedFiles(lake, date)
      .filter((note) => note.table === table && note.code === keptOut)
      .map((note) => ({
        ...{ date, table, brand: note.brand, name: note.file, delivered: note.file },
        file: lake.absolute(note.kept),
        format: undefined,
      }));
  const sources: LandingSource[] = [];
  for (const brand of brandsThere(config)) {
    const parts = lake.parts(date, brand.name, table);
    const names = namesOf(parts);
    for (const [i, part] of parts.entries()) {
      if (part.source === undefined) continue;
      const file = lake.absolute(part.source.original);
      if ((await sizeOf(file)) === undefined)
        throw new PipelineError(
          'NOT_FOUND',
          `The original of ${part.source.file}, ${part.source.original}, is gone.`,
          'Put it back from a backup: a case is cut from the files as they were delivered.',
          { where: { file } },
        );
      const { format } = part.source;
      const archived = format.compression === 'none' && file.endsWith('.gz');
      sources.push({
        ...{ date, table, brand: brand.name, delivered: part.source.file },
        name: names[i] ?? part.source.file,
        file,
        format: archived ? { ...format, compression: 'gzip' } : format,
      });
    }
  }
  return sources;
}

/**
 * Names of the parts of a slot as unpacked files. Files that come together are taken in by the order of their names:
 * where theirs is not the order they came in, or two have one name, each gets a folder of its own.
 */
function namesOf(parts: readonly Manifest[]): readonly string[] {
  const bare = parts.map(({ source }) => unpackedName(source?.file ?? ''));
  const ordered = bare.every((name, i) => i === 0 || compareText(bare[i - 1] ?? '', name) < 0);
  return ordered ? bare : bare.map((name, i) => `${String(i + 1).padStart(2, '0')}/${name}`);
}

/** A landing file's name without the ending of its compression: lines of a case are there to be read. */
function unpackedName(name: string): string {
  return /^\.(gz|zst|zip)$/i.test(extname(name)) ? name.slice(0, -extname(name).length) : name;
}

/** Files of a table and date that still lie in landing: a step that failed there took none of them in. */
export async function landingSources(
  { settings, config, lake }: OpenWorkspace,
  date: DateKey,
  table: Table,
): Promise<readonly LandingSource[]> {
  const { files } = await readLanding(settings, config);
  const temporary = makeTemporaryFolder('case');
  try {
    const sources: LandingSource[] = [];
    for (const found of files.filter((f) => f.date === date && f.table === table.name)) {
      const file = join(settings.landingDir, found.path);
      const decided = await decideFormat(file, {
        ...fileKnowledge(config, found.brand, table.name),
        evidence: () => encodingEvidence(lake, config, { date, brand: found.brand, table: table.name }),
        temporary,
      });
      sources.push({
        ...{ date, table: table.name, brand: found.brand, delivered: found.path, file },
        name: unpackedName(found.path),
        format: decided.kind === 'csv' ? decided.format : undefined,
      });
    }
    return sources;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
