// Run as a process of its own by tests of the object store, for NODE_EXTRA_CA_CERTS is read at the start of a process:
// logs in with the real driver, executes the statements of its one argument, and prints what each gave as one line.
import { connect, disconnect, driver, rowsOf } from './driver';
import type { Peer } from './peer';

interface Errand {
  readonly peer: Pick<Peer, 'url' | 'account' | 'database' | 'warehouse'>;
  readonly statements: readonly string[];
  readonly multipart: boolean;
}

async function main(errand: Errand): Promise<void> {
  if (errand.multipart) driver().configure({ enableExperimentalMultipartUploads: true });
  const connection = await connect(errand.peer);
  for (const sql of errand.statements) {
    const result = await rowsOf(connection, sql).then(
      (rows) => ({ rows }),
      (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
    );
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  await disconnect(connection);
}

void main(JSON.parse(process.argv[2] ?? '{}') as Errand);
