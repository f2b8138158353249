// CSV files as landing reads them: a format is decided, rows and rejects are written, and each record is accounted for.
// The quick reading and the careful one have to agree: they share no parser.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openDatabase, quoteLiteral, type Connection } from '../../../src/engine/base/duckdb';
import { convertCsv, decideFormat, locateRecords } from '../../../src/engine/csv';
import type { Seeded } from '../../support/seeded';
import { CSV_MUTATIONS, flipBits } from '../mutations';
import { refused } from '../refusal';
import type { Input, Open } from '../target';

const CASES = join(import.meta.dirname, '../../cases/csv');
/** Not the input of a case. */
const BESIDE = new Set(['expected.json', 'hints.json', 'README.md']);

/** The hints that a table's config gives. */
const HINTS = {
  knownColumns: [['playback_id', 'PlaybackID'], ['device', 'Device Name'], ['started_at'], ['price']],
};

/** What came of a file: a refusal by its code, or rows and rejects as one text each. */
interface Reading {
  readonly refused?: string;
  readonly rows?: string;
  readonly rejects?: string;
  /** A sentence where records are lost. */
  readonly wrong?: string;
}

export const open: Open = async (folder) => {
  const database = await openDatabase({ folders: [folder], memoryLimit: '256MB' });
  const connection = await database.connect();
  const originals = inputsOfCases();
  return {
    make: (random) => damaged(originals, random),
    async try({ name, bytes }) {
      const file = join(folder, name);
      await writeFile(file, bytes);
      try {
        const [quick, careful] = [
          await read(file, folder, connection, false),
          await read(file, folder, connection, true),
        ];
        const wrong = quick.wrong ?? careful.wrong;
        if (wrong !== undefined) return wrong;
        const differing = (['refused', 'rows', 'rejects'] as const).find(
          (part) => quick[part] !== careful[part],
        );
        return differing === undefined
          ? undefined
          : `The quick and the careful reading differ in ${differing}: ` +
              `${String(quick[differing]).slice(0, 300)} against ${String(careful[differing]).slice(0, 300)}`;
      } catch (error) {
        return refused(error);
      } finally {
        await rm(file, { force: true });
      }
    },
    close: () => {
      connection.close();
      database.close();
      return Promise.resolve();
    },
  };
};

function inputsOfCases(): readonly Input[] {
  return readdirSync(CASES).flatMap((name) =>
    readdirSync(join(CASES, name))
      .filter((file) => !BESIDE.has(file))
      .map((file) => ({ name: file, bytes: readFileSync(join(CASES, name, file)) })),
  );
}

function damaged(originals: readonly Input[], random: Seeded): Input {
  const { name, bytes } = random.pick(originals);
  const extension = /\.(csv|tsv|txt|gz|zst|zip)$/i.exec(name)?.[0] ?? '.csv';
  // What is packed is damaged as it is packed.
  if (/gz|zst|zip/i.test(extension))
    return { name: `input.csv${extension}`, bytes: flipBits(bytes, random, 20) };
  let text: Buffer = bytes;
  for (let n = 0; n <= random.below(3); n += 1) {
    const made = random.pick(CSV_MUTATIONS)(text.toString('latin1'), random);
    text = typeof made === 'string' ? Buffer.from(made, 'latin1') : made;
  }
  const packed = random.below(12);
  if (packed === 0) return { name: 'input.csv.gz', bytes: gzipSync(text) };
  return { name: `input${extension}`, bytes: text };
}

async function read(
  file: string,
  folder: string,
  connection: Connection,
  careful: boolean,
): Promise<Reading> {
  const decision = await decideFormat(file, { ...HINTS, temporary: folder });
  if (decision.kind !== 'csv') return { refused: decision.kind === 'empty' ? 'empty' : decision.code };
  const [output, rejects] = [join(folder, 'rows.parquet'), join(folder, 'rejects.parquet')];
  try {
    const result = await convertCsv({
      file,
      format: decision.format,
      connection,
      output,
      rejects,
      temporary: folder,
      brand: 'Skylink',
      sourceFile: 'input.csv',
      careful,
    });
    if (result.kind === 'rejected') return { refused: result.code };
    const { header, blank, preamble, footer } = result.other;
    const accounted = result.rows + result.rejected + header + blank + preamble + footer;
    if (result.records !== accounted)
      return { wrong: `${result.records} records, ${accounted} accounted for.` };
    const table = await connection.table(`SELECT * FROM read_parquet(${quoteLiteral(output)})`);
    if (table.rows.length !== result.rows)
      return { wrong: `${result.rows} rows are said, ${table.rows.length} are written.` };
    const lines = existsSync(rejects)
      ? await connection.table(`SELECT line, code FROM read_parquet(${quoteLiteral(rejects)}) ORDER BY ALL`)
      : { rows: [] };
    if (lines.rows.length !== result.rejected)
      return { wrong: `${result.rejected} rejects are said, ${lines.rows.length} are written.` };
    const records = table.rows.map((_, i) => i + 1);
    const located = await locateRecords({ file, format: result.format, records, temporary: folder });
    if (located.size !== result.rows)
      return { wrong: `${located.size} of ${result.rows} rows are found in the file again.` };
    return { rows: JSON.stringify([table.columns, table.rows]), rejects: JSON.stringify(lines.rows) };
  } finally {
    await rm(output, { force: true });
    await rm(rejects, { force: true });
  }
}
