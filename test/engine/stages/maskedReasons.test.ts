// Sentences about the head of a file quote it: in a table with sensitive columns the first line may be a record.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergeReports, readDateDocument, renderReports } from '../../../src/engine/report';
import { readStatus } from '../../../src/engine/insight';
import { DATE, open, runDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';

const CANARY = 'zq7kanari';
const SECRET = { type: 'VARCHAR', sensitive: true };

describe('what is said of a file with sensitive columns', () => {
  const folder = useFolder();

  it('quotes none of it: neither where it is rejected nor where a line is taken as a record', async () => {
    const columns = { mail: SECRET, name: SECRET, city: { type: 'VARCHAR' } };
    const records = Array.from({ length: 6 }, (_, i) => `${CANARY}${i}@a.b,${CANARY} Novak,Brno`);
    writeDay(folder(), {
      brands: { Skylink: 'SKL' },
      tables: { Unknown: { columns }, Bare: { columns, format: { header: false } }, Encoded: { columns } },
      files: {
        [`Skylink_Unknown_${DATE}.csv`]: records.map((line) => `${line},17\n`).join(''),
        [`Skylink_Bare_${DATE}.csv`]: records.map((line) => `${line}\n`).join(''),
        [`Skylink_Encoded_${DATE}.csv`]: Buffer.concat([
          Buffer.from(`mail,name,city\na@b.c,${CANARY}`),
          Buffer.from([0x8e, 0xe1, 0xe8, 0x9e, 0xf8]),
          Buffer.from(`${CANARY},Brno\n`),
        ]),
      },
    });
    const { events, result } = await runDay(folder());
    assert.equal(result.status, 'failed');
    const workspace = await open(folder());
    const report = mergeReports(await readDateDocument(workspace.lake, DATE));
    const told: Record<string, unknown> = {
      events,
      status: await readStatus(workspace),
      ...Object.fromEntries(
        (['text', 'json', 'html', 'junit'] as const).map((format) => [
          format,
          renderReports(report, format, { width: 100, colours: NONE }, workspace.config),
        ]),
      ),
    };
    const data = join(folder(), 'data');
    for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && /[/\\](?:logs|\.state)[/\\]/.test(path))
        told[path] = readFileSync(path, 'latin1');
      if (path.endsWith('.reason.json')) told[path] = readFileSync(path, 'latin1');
    }
    assert.match(JSON.stringify(events), /UNKNOWN_COLUMNS/);
    for (const [where, text] of Object.entries(told))
      assert.ok(!JSON.stringify(text).includes(CANARY), `${where}: ${JSON.stringify(text).slice(0, 3_000)}`);
  });
});

const same = (text: string): string => text;
const NONE = { bold: same, dim: same, good: same, warn: same, bad: same };
