// What loads that were killed left on the stage: found in its list, and removed.
import { ownerOf, type Loader } from './load';
import type { LentSession } from './sessionPool';
import { attemptPath, listStage, removePath } from './snowflakeStatements';

/** Leftovers of other loaders are theirs to remove; after so long nobody will. */
const FORGOTTEN_MS = 24 * 60 * 60 * 1_000;

/** Removes what killed loads of this data folder left on the stage, and what anybody left long ago. */
export async function sweepStage(session: LentSession, loader: Loader): Promise<void> {
  const { settings, place, patience, leftovers } = loader;
  try {
    const { rows } = await session.run(listStage(place.database, place.schema), {
      doing: 'looking at the stage',
      deadlineMs: patience.lastMs,
    });
    const owner = `${ownerOf(settings)}_`;
    for (const row of rows) {
      const found = /(?<![A-Z0-9_$])([A-Z_][A-Z0-9_$]*)\/(\d{8})\/([0-9a-f]{8}_[0-9a-f]{12})\/[^/]+$/.exec(
        String(row['name']),
      );
      if (found === null) continue;
      const [, table = '', date = '', attempt = ''] = found;
      const age = Date.now() - Date.parse(String(row['last_modified']));
      if (attempt.startsWith(owner) || age > FORGOTTEN_MS) leftovers.add(attemptPath(table, date, attempt));
    }
    await removeLeftovers(session, loader);
  } catch {
    // There is no stage yet, or it may not be read: a load that needs it reports that.
  }
}

/** Removes the paths that earlier loads could not. */
export async function clearLeftovers(loader: Loader): Promise<void> {
  if (loader.leftovers.size === 0) return;
  await loader.pool.with((session) => removeLeftovers(session, loader));
}

/** The same in a session that is there. */
async function removeLeftovers(session: LentSession, { place, leftovers, patience }: Loader): Promise<void> {
  for (const path of [...leftovers]) {
    await session.run(removePath(place.database, place.schema, path), {
      doing: 'clearing the stage',
      deadlineMs: patience.lastMs,
    });
    leftovers.delete(path);
  }
}
