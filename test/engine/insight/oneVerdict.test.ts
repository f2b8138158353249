// One verdict on a date and one set of counts, on every surface that tells of it: planted days are walked over all.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dateDocument, dateVerdicts, readDateLoads, readStatus } from '../../../src/engine/insight';
import type { DateSummary } from '../../../src/engine/model';
import { endOfRun } from '../../../src/engine/model';
import { buildAlert } from '../../../src/engine/notify/alerts/build';
import {
  type DateStanding,
  maskingOf,
  mergeReports,
  renderMarkdown,
  renderReports,
} from '../../../src/engine/report';
import { redactionOf } from '../../../src/engine/base';
import { dateFacts } from '../../../src/vscode/commands/dateFacts';
import { m7 } from '../../cli/command';
import { DATE, type Day, open, runDay, smallDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';
import { casesOf, readJUnit } from '../../support/junit';

const STYLE = { width: 200, colours: { bold: same, dim: same, good: same, warn: same, bad: same } };
function same(text: string): string {
  return text;
}

/** The day without anything to complain of. */
function cleanDay(): Day {
  const day = smallDay();
  const playbacks = (brand: string): string =>
    [
      'playback_id,device_id,started_at,seconds',
      ...Array.from(
        { length: 30 },
        (_, i) => `p${i},${brand}${i},2024-11-15 10:${String(i).padStart(2, '0')}:00,${i}`,
      ),
    ].join('\n');
  return {
    ...day,
    files: {
      ...day.files,
      [`Skylink_Playback_${DATE}.csv`]: playbacks('S'),
      [`Digi_Playback_${DATE}.csv`]: playbacks('D'),
    },
  };
}

const without = (day: Day, name: string): Day => ({
  ...day,
  files: Object.fromEntries(Object.entries(day.files).filter(([file]) => file !== name)),
});
const withFile = (day: Day, name: string, content: string): Day => ({
  ...day,
  files: { ...day.files, [name]: content },
});

/** Leaves the ledger as a kill does: the last run has begun, and never told its end. */
function takeEnd(folder: string): void {
  const path = join(folder, 'data/.state/ledger');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.match(lines.at(-1) ?? '', /"kind":"run"/);
  writeFileSync(path, `${lines.slice(0, -1).join('\n')}\n`);
}

interface Planted {
  readonly name: string;
  readonly day: () => Day;
  /** After the day is written, before it is looked at; without it the date is run. */
  readonly act?: (folder: string) => Promise<unknown>;
  readonly status: DateStanding;
  readonly text: string;
  readonly failed: readonly string[];
}

const PLAYBACK = `Skylink_Playback_${DATE}.csv`;
const HTML = '<!DOCTYPE html>\n<html><body>503</body></html>\n';

const DAYS: readonly Planted[] = [
  { name: 'a day that passes', day: cleanDay, status: 'passed', text: 'All 2 tables passed.', failed: [] },
  {
    name: 'a renamed header, so that a step fails',
    day: () =>
      withFile(cleanDay(), PLAYBACK, String(cleanDay().files[PLAYBACK]).replace('playback_id', 'watch_no')),
    status: 'failed',
    text: '1 of 2 tables failed.',
    failed: ['Playback'],
  },
  {
    name: 'a rule past its limit',
    day: () => ({
      ...cleanDay(),
      rules: { Playback: { rules: [{ rule: 'range', column: 'seconds', min: 10, error: '1%' }] } },
    }),
    status: 'failed',
    text: '1 of 2 tables failed.',
    failed: ['Playback'],
  },
  {
    name: 'a file that is rejected whole beside a good one',
    day: () => withFile(cleanDay(), `again/Skylink_Device_${DATE}.csv`, HTML),
    status: 'failed',
    text: '1 of 2 tables failed, 1 file was rejected.',
    failed: ['Device'],
  },
  {
    name: 'a file that is missing',
    day: () => without(cleanDay(), PLAYBACK),
    status: 'warned',
    text: 'All 2 tables passed, 1 expected file is missing.',
    failed: [],
  },
  {
    name: 'a table that is missing',
    day: () => without(without(cleanDay(), PLAYBACK), `Digi_Playback_${DATE}.csv`),
    status: 'warned',
    text: '1 of 2 tables passed, 2 expected files are missing.',
    failed: [],
  },
  {
    name: 'a day of which one table was run',
    day: cleanDay,
    act: (folder) => runDay(folder, { selection: { dates: [DATE], tables: ['Device'] } }),
    status: 'unfinished',
    text: '1 of 2 tables passed, 1 was not validated.',
    failed: [],
  },
  {
    name: 'a run that was killed',
    day: cleanDay,
    act: async (folder) => {
      await runDay(folder);
      takeEnd(folder);
    },
    status: 'unfinished',
    text: 'All 2 tables passed, the last run was interrupted.',
    failed: [],
  },
  {
    name: 'a run that was cancelled',
    day: cleanDay,
    act: async (folder) => {
      const control = new AbortController();
      await runDay(folder, {
        options: { signal: control.signal },
        each: (event) => {
          if (event.event === 'step_finished' && event.stage === 'silver-to-gold') control.abort();
        },
      });
    },
    status: 'unfinished',
    text: '',
    failed: [],
  },
  {
    name: 'a report that was damaged',
    day: cleanDay,
    act: async (folder) => {
      await runDay(folder);
      writeFileSync(join(folder, `data/logs/reports/${DATE}/Device.json`), '{"table":');
    },
    status: 'failed',
    text: '1 of 2 tables failed, 1 report cannot be read.',
    failed: ['Device'],
  },
];

describe('one verdict on a date', function () {
  this.timeout(60_000);
  const folder = useFolder();

  for (const planted of DAYS)
    it(`${planted.name}: ${planted.status} everywhere`, async () => {
      writeDay(folder(), planted.day());
      let end: string | undefined;
      if (planted.act === undefined) end = endOfRun((await runDay(folder())).result);
      else await planted.act(folder());
      if (end !== undefined)
        assert.equal(end === 'failed', planted.status === 'failed', 'the end of the run');
      await walk(planted);
    });

  it('a date that was never run has no report, and its files are not missing', async () => {
    writeDay(folder(), cleanDay());
    const workspace = await open(folder());
    const [one] = (await readStatus(workspace)).dates;
    assert.deepEqual([one?.verdict.status, one?.verdict.text], ['not validated', 'No table was validated.']);
    assert.deepEqual(one?.missing, []);
    const told = await m7(['report', '--workspace', folder(), '--date', DATE]);
    assert.equal(told.code, 2, told.err);
  });

  it('a step that failed and was mended is over', async () => {
    writeDay(folder(), withFile(cleanDay(), PLAYBACK, HTML));
    await runDay(folder());
    writeFileSync(join(folder(), 'data/landing', PLAYBACK), String(cleanDay().files[PLAYBACK]));
    await runDay(folder());
    await walk({ status: 'passed', text: 'All 2 tables passed.', failed: [] });
  });

  it('a killed run is over when the date has run again', async () => {
    writeDay(folder(), cleanDay());
    await runDay(folder());
    takeEnd(folder());
    await runDay(folder());
    await walk({ status: 'passed', text: 'All 2 tables passed.', failed: [] });
  });

  /** Every surface says the same of the date. */
  async function walk({ status, text, failed }: Pick<Planted, 'status' | 'text' | 'failed'>): Promise<void> {
    const workspace = await open(folder());
    const document = await dateDocument({ directory: folder() }, DATE);
    const report = mergeReports(document);
    const { verdict } = report;
    assert.deepEqual([verdict.status, text === '' ? '' : verdict.text], [status, text], verdict.text);
    assert.equal(
      Object.values(verdict.counts).reduce((a, b) => a + b, 0),
      verdict.tables.length,
      'the counts add up',
    );
    assert.deepEqual(
      verdict.tables.filter((one) => one.status === 'failed').map(({ table }) => table),
      failed,
    );
    // Renderings.
    const upper = `${DATE}  ${status.toUpperCase()}\n  ${verdict.text}\n`;
    assert.ok(renderReports(report, 'text', STYLE).startsWith(upper), renderReports(report, 'text', STYLE));
    const json = JSON.parse(renderReports(report, 'json', STYLE)) as {
      status: string;
      summary: DateSummary;
      rows: object;
    };
    assert.equal(json.status, status);
    assert.equal(json.summary.status, status);
    assert.deepEqual(
      json.summary.tables.filter((one) => one.status === 'failed').map(({ table }) => table),
      failed,
    );
    assert.deepEqual(json.summary.totals.landing, verdict.rows.landing);
    const html = renderReports(report, 'html', STYLE);
    assert.ok(html.includes(`<p class="verdict">${verdict.text}</p>`));
    const markdown = renderMarkdown(report);
    assert.ok(markdown.startsWith(`## M7 Pipeline 2024-11-15: ${status}\n\n${verdict.text}\n`));
    for (const { table } of verdict.tables) {
      assert.match(markdown, new RegExp(`^\\| ${table} +\\|`, 'm'));
      assert.ok(html.includes(`<bdi>${table}</bdi>`));
    }
    const junit = casesOf(readJUnit(renderReports(report, 'junit', STYLE)));
    const bad = junit.filter(({ children }) => children.some(({ name }) => /failure|error/.test(name)));
    assert.equal(bad.length > 0, status === 'failed', JSON.stringify(bad));
    assert.deepEqual(
      [...new Set(bad.map(({ attributes }) => attributes['classname']?.split('.').at(-1)))].sort(),
      [...failed].sort(),
    );
    // Status, and what the editor's pickers and trees make of it.
    const one = (await readStatus(workspace)).dates.find(({ date }) => date === DATE);
    assert.ok(one !== undefined);
    assert.deepEqual(one.verdict, verdict, 'm7 status');
    assert.equal(one.state === 'failed', status === 'failed');
    assert.equal(one.state === 'loaded', status === 'passed' || status === 'warned');
    const facts = dateFacts(one, []);
    assert.deepEqual(
      facts.flatMap((fact) => (fact.kind === 'failed' ? fact.tables : [])),
      failed,
    );
    // The end of a run, and the alert.
    const [dated] = await dateVerdicts(workspace, [DATE]);
    assert.deepEqual(dated, { date: DATE, ...verdict });
    const alert = buildAlert({
      ...{ runId: 'r', workspace: '/w', time: new Date(0), dates: [document], recovered: [] },
      ...{ redact: redactionOf([]), masking: maskingOf(workspace.config), relative: (path: string) => path },
    });
    const [told] = alert.dates;
    assert.ok(told !== undefined);
    assert.equal(told.verdict, verdict.text);
    assert.equal(told.status === 'failed', status === 'failed');
    assert.deepEqual(
      told.tables.filter((table) => table.status === 'failed').map(({ table }) => table),
      failed,
    );
    // The Warehouse view has a line for each table of the verdict that should be loaded.
    const [loads] = await readDateLoads({ directory: folder() }, [DATE]);
    assert.deepEqual(
      loads?.tables.map(({ table }) => table).sort(),
      verdict.tables
        .filter((table) => table.status !== 'missing')
        .map(({ table }) => table)
        .sort(),
    );
  }
});

describe('the exit code of m7 report', function () {
  this.timeout(60_000);
  const folder = useFolder();
  it('is 1 where the date failed, by its verdict', async () => {
    writeDay(folder(), withFile(cleanDay(), PLAYBACK, HTML));
    await runDay(folder());
    const report = ['report', '--workspace', folder(), '--date', DATE];
    assert.equal((await m7(report)).code, 1);
    assert.equal((await m7([...report, '--table', 'Device'])).code, 0, 'the other table');
    rmSync(join(folder(), `data/rejects/${DATE}/landing-to-raw/Skylink/files`), { recursive: true });
    assert.equal((await m7(report)).code, 0);
  });
});
