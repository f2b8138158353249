// An opened previewer for the tests of previews, and files made by DuckDB.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, quoteLiteral, type Connection } from '../../../../src/engine/base/duckdb';
import { PipelineError } from '../../../../src/engine/model/errors';
import type { Lake } from '../../../../src/engine/lake/lake';
import type { PreviewOpened, View } from '../../../../src/engine/insight/preview/api';
import { openPreviewer, type Previewer } from '../../../../src/engine/insight/preview/previewer';
import type { Session } from '../../../../src/engine/insight/preview/previewSession';
import { useFolder } from '../../../support/folder';

export const PLAIN: View = { sort: [], filters: [] };

interface Opened {
  readonly opened: PreviewOpened;
  readonly session: Session;
}

export interface PreviewFixture {
  readonly folder: () => string;
  readonly previews: () => Previewer;
  /** Path of a file in the test's folder. */
  readonly at: (name: string) => string;
  /** Writes what a query gives as Parquet. */
  readonly writeParquet: (name: string, query: string, rowGroup?: number) => Promise<string>;
  readonly open: (path: string) => Promise<Opened>;
  readonly query: (handle: string, sql: string) => Promise<Opened>;
  /** All cells of a view, page by page. */
  readonly cells: (session: Session, view: View, page?: number) => Promise<readonly (readonly unknown[])[]>;
}

/** Registers hooks for the surrounding `describe`. */
export function usePreviews(
  lake: () => Promise<Lake> = () => Promise.reject(new Error('no workspace')),
): PreviewFixture {
  const folder = useFolder();
  let previews: Previewer;
  beforeEach(() => {
    previews = openPreviewer({ lake });
  });
  afterEach(async () => {
    await previews.dispose();
    assert.deepEqual(temporaryFolders(), [], 'temporary folders are gone');
  });
  const added = (opened: PreviewOpened): Opened => ({ opened, session: previews.session(opened.handle) });
  return {
    folder,
    previews: () => previews,
    at: (name) => join(folder(), name),
    writeParquet: async (name, query, rowGroup = 2048) => {
      const path = join(folder(), name);
      await withConnection(folder(), (connection) =>
        connection.run(
          `COPY (${query}) TO ${quoteLiteral(path)} (FORMAT parquet, ROW_GROUP_SIZE ${rowGroup})`,
        ),
      );
      return path;
    },
    open: async (path) => added(await previews.open(path, {})),
    query: async (handle, sql) => added(await previews.query(handle, sql, {})),
    async cells(session, view, page = 100) {
      const all: (readonly unknown[])[] = [];
      for (let offset = 0; ; offset += page) {
        const { rows } = await session.page({ view, offset, limit: page }, {});
        all.push(...rows.map((row) => row.cells));
        if (rows.length < page) return all;
      }
    },
  };
}

/** Folders of this process's open previews. */
export function temporaryFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`m7-preview-${process.pid}-`));
}

/** Files that this process holds open, by name; where the system does not tell, none. */
export function openFiles(name: RegExp): readonly string[] {
  const folder = '/proc/self/fd';
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((fd) => {
    try {
      const path = readlinkSync(join(folder, fd));
      return name.test(path) ? [path] : [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

/** DuckDB by itself, for what should come out. */
export async function withConnection<T>(
  folder: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({ folders: [folder] });
  try {
    return await work(await database.connect());
  } finally {
    database.close();
  }
}

/** The error something fails with: one with words for its user. */
export async function failure(work: Promise<unknown>): Promise<PipelineError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof PipelineError, String(error instanceof Error ? error.stack : error));
    assert.notEqual(error.remedy, '');
    return error;
  }
  assert.fail('it did not fail');
}
