// The report of a date as its page gets it: held against the files on disk, damaged ones included.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openWorkspace, PipelineError, run, type Report, type RunEvent } from '../../src/engine';
import { writeSample } from '../../src/sample';
import { reportMethods } from '../../src/server/reportMethods';
import type { DateDocument, RejectCount, TrendPoint } from '../../src/shared/reportApi';
import type { RecordName, RecordOrigin } from '../../src/engine';

const DATE = '20241115';
/** Dates made of copies of the one that was run, with a gap. */
const EARLIER = ['20241110', '20241111', '20241114'] as const;

describe('the report of a date, as the editor asks for it', function () {
  this.timeout(120_000);
  let directory: string;
  let reports: string;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "m7 rep'ort-"));
    await writeSample({ workspace: directory, date: DATE, rows: 60 });
    await runDate();
    reports = join(directory, 'data/logs/reports');
    for (const [i, date] of EARLIER.entries()) {
      cpSync(join(reports, DATE), join(reports, date), { recursive: true });
      change(date, 'Device', (report) => ({ ...report, date, rows: { ...report.rows, gold: 1000 + i } }));
    }
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const runDate = async (): Promise<void> => {
    const workspace = await openWorkspace({ directory });
    const events = run(workspace, { dates: [DATE] });
    for (let next: IteratorResult<RunEvent, unknown> = await events.next(); next.done !== true;)
      next = await events.next();
  };
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const document = async (date: string = DATE): Promise<DateDocument> =>
    reportMethods(directory).report({ date }, context);
  const trend = async (until: string = DATE, dates = 30): Promise<readonly TrendPoint[]> =>
    reportMethods(directory).trend({ until, dates }, context);
  const rejects = async (date: string = DATE): Promise<readonly RejectCount[]> =>
    reportMethods(directory)['report.rejects']({ date }, context);
  const source = async (name: Omit<RecordName, 'date'>): Promise<RecordOrigin> =>
    reportMethods(directory)['report.source']({ date: DATE, ...name }, context);
  const onDisk = (date: string): readonly Report[] =>
    readdirSync(join(reports, date))
      .filter((name) => name.endsWith('.json') && name !== 'summary.json')
      .sort()
      .map((name) => JSON.parse(readFileSync(join(reports, date, name), 'utf8')));
  const change = (date: string, table: string, how: (report: Report) => unknown): void => {
    const path = join(reports, date, `${table}.json`);
    writeFileSync(path, JSON.stringify(how(JSON.parse(readFileSync(path, 'utf8')))));
  };
  const fails = (code: string) => (error: unknown) => {
    assert.ok(error instanceof PipelineError, String(error));
    assert.equal(error.code, code);
    assert.notEqual(error.remedy, '');
    return true;
  };

  describe('report', () => {
    it('holds every report and the summary as they lie on disk', async () => {
      const read = await document();
      const byName = (list: readonly Report[]): readonly Report[] =>
        list.toSorted((a, b) => (a.table < b.table ? -1 : 1));
      assert.deepEqual(byName(read.reports), byName(onDisk(DATE)));
      assert.deepEqual(read.summary, JSON.parse(readFileSync(join(reports, DATE, 'summary.json'), 'utf8')));
      assert.deepEqual(
        read.reports.map((report) => report.table),
        read.summary?.tables.map((one) => one.table),
      );
      assert.deepEqual(read.broken, []);
      assert.deepEqual(read.failures, []);
      assert.equal(read.run?.status, 'ok');
      assert.equal(read.run.run_id, read.summary?.run_id);
      for (const path of Object.values(read.files)) assert.ok(existsSync(path), path);
    });

    it('tells every rejects file with its rows', async () => {
      const read = await document();
      assert.ok(read.rejects.length > 4);
      for (const { path } of read.rejects) assert.ok(existsSync(path), path);
      for (const { table, rows, edges } of read.reports) {
        const kept = read.rejects
          .filter((one) => one.table === table)
          .reduce((sum, one) => sum + one.rows, 0);
        // Duplicates that were removed lie in the rejects of their stage too.
        const removed = edges.reduce((sum, edge) => sum + edge.duplicates, 0);
        assert.equal(kept, rows.rejected + removed, table);
      }
    });

    it('stays readable while the config is being edited', async () => {
      const path = join(directory, 'config/validation_rules.json');
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, '{"tables": {');
      try {
        assert.equal((await document()).reports.length, 7);
        assert.equal((await trend()).length, 4);
      } finally {
        writeFileSync(path, text);
      }
    });

    it('is empty for a date that was never run', async () => {
      const read = await document('20300101');
      assert.deepEqual([read.reports, read.broken, read.failures, read.rejects], [[], [], [], []]);
      assert.equal(read.summary, undefined);
      assert.equal(read.run, undefined);
    });

    for (const date of ['', 'yesterday', '20241341', '../20241115', '2024-11-15/..'])
      it(`refuses the date "${date}"`, () => assert.rejects(async () => document(date), fails('USAGE')));

    it('tells a step that failed, until it has ended well', async () => {
      const path = join(directory, 'config/table_schemas.json');
      const text = readFileSync(path, 'utf8');
      const schemas = JSON.parse(text);
      const column = schemas.tables.Playback.columns.duration_s;
      assert.ok(column !== undefined);
      schemas.tables.Playback.columns.duration_s = { ...column, on_error: 'fail' };
      writeFileSync(path, JSON.stringify(schemas));
      try {
        await runDate();
        const { failures, run: last } = await document();
        assert.equal(last?.status, 'failed');
        assert.ok(failures.length > 0);
        for (const failure of failures) {
          assert.equal(failure.table, 'Playback');
          assert.equal(failure.stage, 'raw-to-silver');
          assert.notEqual(failure.error.message, '');
        }
      } finally {
        writeFileSync(path, text);
      }
      await runDate();
      assert.deepEqual((await document()).failures, []);
    });
  });

  describe('a damaged file', () => {
    const damages: readonly (readonly [string, string, RegExp])[] = [
      ['is cut short', '{"table": "Device", "rows": {', /JSON/],
      ['is empty', '', /JSON/],
      ['holds something else', '[1, 2]', /not a report/],
      ['lacks its rows', '{"table": "Device", "status": "passed"}', /not a report/],
      ['has a status nobody knows', '{"status": "great"}', /not a report/],
    ];
    let path: string;
    beforeEach(() => {
      path = join(reports, DATE, 'Device.json');
      copyFileSync(path, `${path}.kept`);
    });
    afterEach(() => {
      rmSync(path, { recursive: true, force: true });
      copyFileSync(`${path}.kept`, path);
      rmSync(`${path}.kept`);
    });

    for (const [what, text, message] of damages)
      it(`${what}: it is told, the others are there`, async () => {
        writeFileSync(path, text);
        const { broken, reports: read } = await document();
        assert.equal(read.length, 6);
        assert.deepEqual(
          broken.map((one) => [one.table, one.path]),
          [['Device', path]],
        );
        assert.match(broken[0]!.message, message);
        assert.notEqual(broken[0]!.remedy, '');
        assert.ok((await trend()).at(-1)?.tables.every((one) => one.table !== 'Device'));
      });

    it('is a folder: it is told', async () => {
      rmSync(path);
      mkdirSync(path);
      const { broken } = await document();
      assert.equal(broken[0]?.table, 'Device');
    });

    it('names a finding whose status is not known', async () => {
      change(DATE, 'Device', (report) => ({
        ...report,
        findings: report.findings.map((finding, i) => (i === 1 ? { ...finding, status: 'maybe' } : finding)),
      }));
      assert.match((await document()).broken[0]!.message, /findings\/1\/status/);
    });

    it('is the summary: the reports are there', async () => {
      const summary = join(reports, DATE, 'summary.json');
      const text = readFileSync(summary, 'utf8');
      writeFileSync(summary, text.slice(0, -20));
      try {
        const { broken, summary: read, reports: list } = await document();
        assert.equal(read, undefined);
        assert.equal(list.length, 7);
        assert.deepEqual(
          broken.map((one) => [one.table, one.path]),
          [[undefined, summary]],
        );
      } finally {
        writeFileSync(summary, text);
      }
    });
  });

  describe('trend', () => {
    it('tells what the reports of each date tell', async () => {
      const points = await trend();
      assert.deepEqual(
        points.map((point) => point.date),
        [...EARLIER, DATE],
      );
      for (const { date, tables } of points)
        assert.deepEqual(
          tables,
          onDisk(date).map(({ table, status, rows, findings }) => ({
            table,
            status,
            gold: rows.gold,
            rejected: rows.rejected,
            failing: Object.fromEntries(
              findings.filter((one) => one.evaluated > 0).map((one) => [one.id, one.failing_pct]),
            ),
          })),
        );
      assert.deepEqual(
        points.map((point) => point.tables.find((one) => one.table === 'Device')?.gold).slice(0, 3),
        [1000, 1001, 1002],
      );
    });

    it('ends at a date, and goes back so many', async () => {
      assert.deepEqual(
        (await trend('20241113', 1)).map((point) => point.date),
        ['20241111'],
      );
      assert.deepEqual(await trend('20240101'), []);
    });

    it('passes over folders that are no dates, and dates without a readable report', async () => {
      mkdirSync(join(reports, 'notes'), { recursive: true });
      mkdirSync(join(reports, '20241113'), { recursive: true });
      writeFileSync(join(reports, '20241113', 'Device.json'), '{');
      try {
        assert.deepEqual(
          (await trend(DATE, 2)).map((point) => point.date),
          ['20241114', DATE],
        );
      } finally {
        for (const name of ['notes', '20241113']) rmSync(join(reports, name), { recursive: true });
      }
    });

    for (const dates of [0, -1, 1.5, NaN, 1_000_000])
      it(`refuses ${dates} dates`, () => assert.rejects(async () => trend(DATE, dates), fails('USAGE')));
  });

  describe('rejects', () => {
    it('counts each row once per rule it breaks, once by its code elsewhere', async () => {
      const counts = await rejects();
      const read = await document();
      const sum = (list: readonly { readonly rows: number }[]): number =>
        list.reduce((total, one) => total + one.rows, 0);
      for (const stage of ['landing-to-raw', 'raw-to-silver', 'silver-to-gold'] as const) {
        const own = counts.filter((one) => one.stage === stage);
        assert.equal(sum(own), sum(read.rejects.filter((one) => one.stage === stage)), stage);
        assert.ok(own.every((one) => one.kind === 'code'));
      }
      let compared = 0;
      for (const { table, findings } of read.reports)
        for (const finding of findings.filter(
          (one) => one.severity === 'error' && one.status !== 'skipped',
        )) {
          const own = counts.filter(
            (one) => one.table === table && one.kind === 'rule' && one.what === finding.id,
          );
          if (own.length === 0) continue;
          assert.equal(sum(own), finding.failing, finding.id);
          compared += 1;
        }
      assert.ok(compared > 0);
      assert.deepEqual(
        counts.map((one) => one.rows),
        counts.map((one) => one.rows).toSorted((a, b) => b - a),
      );
    });

    it('counts none where there are none', async () => {
      assert.deepEqual(await rejects('20300101'), []);
    });
  });

  describe('source', () => {
    it('leads from every sample to the line that holds its values', async () => {
      const read = await document();
      let looked = 0;
      for (const { table, findings } of read.reports)
        for (const { samples } of findings)
          for (const { file, row, values } of samples.slice(0, 1)) {
            if (file === null || row === null) continue;
            const origin = await source({ table, file, row, values: Object.values(values) });
            assert.ok(
              origin.original !== null && origin.line !== null && origin.text !== null,
              `${file} ${row}`,
            );
            const [, key] = Object.entries(values).find(([name]) => /_id$/.test(name)) ?? [];
            if (typeof key === 'string') assert.ok(origin.text.includes(key), `${origin.text} lacks ${key}`);
            if (!origin.packed && key !== undefined) {
              const lines = readFileSync(origin.original, 'latin1').split(/\r\n|\r|\n/);
              assert.ok(lines[origin.line - 1] !== undefined);
            }
            looked += 1;
          }
      assert.ok(looked > 10);
    });

    it('says when the original must be unpacked', async () => {
      const read = await document();
      const packed = read.summary?.arrivals
        .flatMap(({ table, files }) => files.map((file) => ({ table, file })))
        .find(({ file }) => file.endsWith('.gz'));
      assert.ok(packed !== undefined);
      const origin = await source({ ...packed, row: 1 });
      assert.equal(origin.packed, true);
      assert.ok(origin.line !== null && origin.text !== null);
    });

    it('tells an original that is gone, and a record that is none of it', async () => {
      const { table, file } = await aFile();
      const origin = await source({ table, file, row: 1 });
      assert.ok(origin.original !== null);
      assert.equal((await source({ table, file, row: 9_999_999 })).line, null);
      const away = `${origin.original}.away`;
      copyFileSync(origin.original, away);
      rmSync(origin.original);
      try {
        assert.deepEqual(await source({ table, file, row: 1 }), {
          file,
          row: 1,
          original: null,
          line: null,
          text: null,
          packed: false,
        });
      } finally {
        copyFileSync(away, origin.original);
        rmSync(away);
      }
    });

    const aFile = async (): Promise<{
      readonly table: string;
      readonly file: string;
      readonly brand: string;
    }> => {
      const found = (await document()).summary?.arrivals.find(
        (one) => one.status === 'arrived' && one.files[0]?.endsWith('.csv') === true && one.rows > 2,
      );
      assert.ok(found !== undefined);
      return { table: found.table, file: found.files[0]!, brand: found.brand };
    };

    it('refuses what names no record', async () => {
      const { table, file } = await aFile();
      for (const row of [0, -1, 1.5, NaN])
        await assert.rejects(async () => source({ table, file, row }), fails('USAGE'));
      for (const name of [
        { table, file: 'nobody.csv', row: 1 },
        { table: 'Nobody', file, row: 1 },
        { table, file, brand: 'Nobody', row: 1 },
        { table, file: join('..', dirname(file), 'x.csv'), row: 1 },
      ])
        await assert.rejects(async () => source(name), fails('NOT_FOUND'));
    });
  });

  describe('render', () => {
    const render = async (format: 'html' | 'markdown', date: string = DATE): Promise<string> =>
      (await reportMethods(directory)['report.render']({ date, format }, context)).text;

    it('gives the HTML of the command line, and Markdown with every problem', async () => {
      const html = await render('html');
      assert.match(html, /^<!doctype html>/);
      const markdown = await render('markdown');
      const read = await document();
      assert.equal(read.reports.length, 7);
      assert.match(
        markdown,
        /^\| Device \| Skylink \| \S+ \| utf-8 \(\d+ % sure\), delimiter ".", header \| [\d,]+ \|$/m,
      );
      for (const { table, findings } of read.reports) {
        assert.ok(html.includes(table));
        assert.ok(markdown.includes(table));
        for (const { id, status } of findings)
          assert.equal(markdown.includes(id.replaceAll('_', '\\_')), status !== 'passed', id);
      }
    });

    it('has nothing to give of a date without a report', () =>
      assert.rejects(async () => render('html', '20300101'), fails('NOT_FOUND')));
  });
});
