// What was taken in under an earlier name of a brand becomes the brand's: moved to its folders, and read again under its name.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { durable, inWords, moveFile, syncFolder, writeWhole } from '../base';
import { type Lake, type Manifest, extensionOf, keepFileOut, rejectNotes } from '../lake';
import { type DateKey, type Table, brandsThere } from '../model';
import { brandOfName } from '../workspace';
import type { StageContext } from './stage';

/** A brand's table of a date. */
interface CarriedSlot {
  readonly date: DateKey;
  readonly brand: string;
  readonly table: Table;
}

/** Key of a part that has to be read again under its new name: no part that was read has it. */
const CARRIED = 'carried over';

/**
 * Carries over the raw parts of a slot that lie under earlier names of its brand (aliases). Each part first has its new
 * manifest, then moves, and loses its old manifest last: whatever is cut short is finished by the next run.
 */
export async function carryOver(context: StageContext, slot: CarriedSlot): Promise<void> {
  const { lake, config } = context;
  const { date, table } = slot;
  const names = brandsThere(config).map(({ name }) => name);
  const earlier = lake
    .rawBrands(new Set(names), date)
    .filter((name) => brandOfName(config.brands, name)?.name === slot.brand);
  for (const old of earlier) {
    const parts = lake.parts(date, old, table.name);
    if (parts.length === 0) continue;
    context.log('info', `${old} is called ${slot.brand} now: ${parts.length} of its files are carried over.`);
    await forget(lake, lake.published('silver', date, table.name, old));
    for (const part of parts) await carryPart(lake, slot, part);
    // Parts are counted without a gap: the last goes first.
    for (const part of parts.toReversed()) await remove(lake.manifestFile(part));
  }
  await carryRejects(context, slot);
}

async function carryPart(lake: Lake, { date, brand, table }: CarriedSlot, old: Manifest): Promise<void> {
  const { source } = old;
  if (source === undefined) return;
  const own = lake.parts(date, brand, table.name);
  const begun = own.find((m) => m.source?.file === source.file && m.source.sha256 === source.sha256);
  const part = begun?.part ?? own.length + 1;
  const inRaw = lake.absolute(source.original).startsWith(lake.settings.rawDir);
  const target = lake.rawFile({ date, brand, table: table.name, part }, extensionOf(source.original));
  // An archived original stays where it is.
  const original = inRaw ? lake.relative(target) : source.original;
  if (begun === undefined) {
    const parquet = lake.relative(lake.rawFile({ date, brand, table: table.name, part }, 'parquet'));
    const carried: Manifest = {
      ...old,
      ...{ brand, part, key: CARRIED, output: { ...old.output, path: parquet } },
      source: { ...source, original },
    };
    // Its rejects are written again with it.
    const text = `${JSON.stringify({ ...carried, rejects: undefined })}\n`;
    await writeWhole(lake.manifestFile(carried), text, lake.temporaryDir, 'manifest.renamed');
  }
  if (lake.exists(source.original) && !lake.exists(original)) {
    await moveFile(lake.absolute(source.original), lake.absolute(original), lake.movesDir);
    durable('original.moved');
  }
  await removeOutputs(lake, old);
}

/** An output that is made again under the new name: its manifest goes first, so that nobody reads what follows. */
async function forget(lake: Lake, manifest: Manifest | undefined): Promise<void> {
  if (manifest === undefined) return;
  await remove(lake.manifestFile(manifest));
  await removeOutputs(lake, manifest);
}

async function removeOutputs(lake: Lake, { output, rejects }: Manifest): Promise<void> {
  for (const file of [output, rejects]) if (file !== undefined) await remove(lake.absolute(file.path));
}

async function remove(path: string): Promise<void> {
  await inWords(path, () => rm(path, { force: true }));
  durable('leftovers.removed');
}

/** Files of the slot that were rejected whole belong to the brand as well. */
async function carryRejects(context: StageContext, { date, brand, table }: CarriedSlot): Promise<void> {
  const { lake, config } = context;
  for (const { note, path, kept, there } of rejectNotes(lake, date)) {
    if (note.table !== table.name || note.brand === brand) continue;
    if (config.brands.some(({ name }) => name === note.brand)) continue;
    if (brandOfName(config.brands, note.brand)?.name !== brand) continue;
    const { file: name, code, reason } = note;
    const parts = note.parts ?? lake.parts(date, brand, table.name).length;
    if (there) await keepFileOut(context, { date, brand, table, path: kept, name, code, reason, parts });
    await remove(path);
    await syncFolder(join(path, '..'));
  }
}
