// A file that was rejected whole: its date has failed everywhere, until the file is replaced or deleted.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStatus } from '../../../src/engine/insight';
import { mergeReports, readDateDocument } from '../../../src/engine/report';
import { withOpenFailures } from '../../../src/engine/stages';
import type { DateSummary } from '../../../src/engine/model';
import { DATE, open, runDay, smallDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';

const HTML = '<!DOCTYPE html>\n<html><body>503</body></html>\n';
const FILE = `Digi_Device_${DATE}.csv`;

describe('a file that is rejected whole', () => {
  const folder = useFolder();
  const landing = (): string => join(folder(), 'data/landing', FILE);
  const kept = (): string => join(folder(), `data/rejects/${DATE}/landing-to-raw/Digi/files`, FILE);
  const good = (): string => smallDay().files[FILE] as string;

  async function states(): Promise<readonly (string | undefined)[]> {
    const workspace = await open(folder());
    const document = withOpenFailures(await readDateDocument(workspace.lake, DATE), workspace);
    const { dates } = await readStatus(workspace);
    const summary = JSON.parse(readFileSync(workspace.lake.summaryFile(DATE), 'utf8')) as DateSummary;
    return [dates.find(({ date }) => date === DATE)?.state, mergeReports(document).status, summary.status];
  }
  const write = (files: Record<string, string>): void => {
    const { tables, rules } = smallDay();
    const accepting = { Device: tables['Device'] };
    writeDay(folder(), {
      ...smallDay(),
      ...{ tables: accepting, rules: { Device: (rules as Record<string, object>)['Device'] }, files },
      settings: 'EXPECTED_TABLES=Device\n',
    });
  };
  const other = `Skylink_Device_${DATE}.csv`;

  it('fails a date that has nothing else, in run, status, report and summary', async () => {
    write({ [FILE]: HTML });
    const { result, events } = await runDay(folder());
    assert.equal(result.status, 'failed');
    const finished = events.find((event) => event.event === 'run_finished');
    assert.deepEqual(
      finished?.event === 'run_finished' && finished.rejected_files?.map(({ brand, file }) => [brand, file]),
      [['Digi', FILE]],
    );
    assert.deepEqual(await states(), ['failed', 'failed', 'failed']);
    const again = await runDay(folder());
    assert.equal(again.result.status, 'failed');
    assert.deepEqual(
      again.result.steps.filter(({ status }) => status === 'done'),
      [],
    );
  });

  it('loads what the others brought, and is over when a good file follows', async () => {
    write({ [FILE]: HTML, [other]: smallDay().files[other] as string });
    const first = await runDay(folder());
    assert.equal(first.result.status, 'failed');
    const [report] = first.result.reports;
    assert.equal(report?.status, 'warned');
    assert.ok((report.rows.loaded ?? 0) > 0);
    assert.match(report.findings[0]?.message ?? '', /Digi_Device_20241115\.csv was rejected whole/);
    assert.deepEqual(await states(), ['failed', 'failed', 'failed']);
    writeFileSync(landing(), good());
    const second = await runDay(folder());
    assert.equal(second.result.status, 'ok');
    assert.equal(second.result.reports[0]?.status, 'passed');
    assert.deepEqual(await states(), ['loaded', 'passed', 'passed']);
    assert.ok(existsSync(kept()));
  });

  it('is over when a person deletes it', async () => {
    write({ [FILE]: HTML, [other]: smallDay().files[other] as string });
    await runDay(folder());
    rmSync(kept());
    const second = await runDay(folder());
    assert.equal(second.result.status, 'ok');
    assert.deepEqual(await states(), ['loaded', 'warned', 'warned'], 'an expected file is missing now');
    const third = await runDay(folder());
    assert.deepEqual(
      third.result.steps.filter(({ status }) => status === 'done'),
      [],
    );
  });

  it('is not replaced by a file that was there before it', async () => {
    write({ [FILE]: good() });
    assert.equal((await runDay(folder())).result.status, 'ok');
    writeFileSync(landing(), HTML);
    assert.equal((await runDay(folder())).result.status, 'failed');
    assert.deepEqual(await states(), ['failed', 'failed', 'failed']);
  });
});
