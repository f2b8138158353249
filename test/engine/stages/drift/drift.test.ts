// Drift as a user meets it: what vendors change in their files, day after day, on real runs.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptDrifts, readDrift, readStatus, readSummary } from '../../../../src/engine';
import { planRun } from '../../../../src/engine/run';
import { useFolder } from '../../../support/folder';
import { DAY, NEXT, THIRD, deliver, reported, runDates, short, writeConfig } from './driftWorkspace';

const TEXT = { type: 'VARCHAR' };
const COLUMNS = { id: TEXT, title: TEXT, price: { type: 'DOUBLE' }, note: TEXT };
const HEADER = ['id', 'title', 'price', 'note'];
const rows = (...more: readonly string[]): readonly (readonly string[])[] =>
  [1, 2, 3].map((n) => [String(n), `Film ${n}`, `${n}.5`, `seen ${n}`, ...more]);

describe('drift', function () {
  this.timeout(120_000);
  const folder = useFolder();

  it('is nothing where the files are as the config says', async () => {
    await writeConfig(folder(), { columns: COLUMNS });
    await deliver(folder(), { date: DAY }, HEADER, rows());
    const ran = await runDates(folder(), DAY);
    assert.deepEqual(reported(ran, DAY), []);
    assert.ok(ran.events.every((e) => e.event !== 'step_finished' || e.drift === undefined));
    assert.equal(readSummary(ran.workspace, DAY)?.tables[0]?.status, 'passed');
  });

  it('of a renamed column is said until the config fits, with how alike names and values are', async () => {
    await writeConfig(folder(), { columns: COLUMNS });
    await deliver(folder(), { date: DAY }, HEADER, rows());
    await deliver(folder(), { date: NEXT }, ['id', 'title', 'price', 'remark_txt'], rows());
    await deliver(folder(), { date: THIRD }, ['id', 'title', 'price', 'remark_txt'], rows());
    const ran = await runDates(folder(), DAY, NEXT, THIRD);
    for (const date of [NEXT, THIRD]) {
      const [one, ...more] = reported(ran, date);
      assert.ok(one !== undefined && more.length === 0);
      // The names have little in common: the values say it.
      assert.equal(short(one), 'renamed note → remark_txt');
      assert.ok((one.likeness?.name ?? 1) < 0.6 && (one.likeness?.values ?? 0) > 0.9);
      assert.match(one.message, /note is missing .* nearest header is "remark_txt"/);
    }
    assert.deepEqual(
      ran.result.reports.map((r) => [r.date, r.status, r.findings[0]?.rule]),
      [
        [DAY, 'passed', 'technical.primary_key'],
        [NEXT, 'warned', 'drift'],
        [THIRD, 'warned', 'drift'],
      ],
    );
    const logged = ran.events.filter((e) => e.event === 'log' && e.message.includes('"remark_txt"'));
    assert.equal(logged.length, 2);
    const summary = readSummary(ran.workspace, NEXT);
    assert.equal(summary?.tables[0]?.drift?.length, 1);
    const status = await readStatus(ran.workspace, { date: NEXT });
    assert.equal(status.dates[0]?.tables[0]?.report?.drift?.length, 1);

    await writeConfig(folder(), { columns: { ...COLUMNS, note: { ...TEXT, source: ['remark_txt'] } } });
    const again = await runDates(folder(), DAY, NEXT, THIRD);
    assert.deepEqual(
      [NEXT, THIRD].flatMap((date) => reported(again, date)),
      [],
    );
    const steps = (await planRun(again.workspace, { dates: [DAY, NEXT, THIRD] })).steps;
    assert.deepEqual(
      steps.filter((step) => step.action === 'run'),
      [],
    );
  });

  it('is accepted for all dates while the header stays so, and no further', async () => {
    await writeConfig(folder(), { columns: COLUMNS });
    const header = ['id', 'title', 'price', 'remark_txt'];
    await deliver(folder(), { date: DAY }, HEADER, rows());
    await deliver(folder(), { date: NEXT }, header, rows());
    const { workspace } = await runDates(folder(), DAY, NEXT);
    const accepted = await acceptDrifts(workspace, { by: 'Ann', targets: [{ brand: 'A', table: 'T' }] });
    assert.deepEqual(accepted.accepted.map(short), ['renamed note → remark_txt']);

    await deliver(folder(), { date: THIRD }, header, rows());
    const ran = await runDates(folder(), NEXT, THIRD);
    assert.deepEqual(
      [NEXT, THIRD].flatMap((date) => reported(ran, date)),
      [],
    );
    assert.deepEqual(
      ran.result.reports.map((r) => r.status),
      ['passed', 'passed'],
    );
    const [known] = reported(ran, THIRD, false);
    assert.equal(known?.accepted?.by, 'Ann');

    await deliver(
      folder(),
      { date: '20241117' },
      ['id', 'title', 'price'],
      rows().map((row) => row.slice(0, 3)),
    );
    const after = await runDates(folder(), '20241117');
    // The kept column of the last file is gone with the accepted header.
    assert.deepEqual(reported(after, '20241117').map(short), ['missing note', 'missing remark_txt']);
  });

  it('fails the table where it says so, and is silent where it is to be ignored', async () => {
    for (const [drift, status] of [
      ['fail', 'failed'],
      ['ignore', 'passed'],
    ] as const) {
      const place = join(folder(), drift);
      await writeConfig(place, { columns: COLUMNS, table: { drift } });
      await deliver(
        place,
        { date: DAY },
        ['id', 'title', 'price'],
        rows().map((row) => row.slice(0, 3)),
      );
      const ran = await runDates(place, DAY);
      const [report] = ran.result.reports;
      assert.equal(report?.status, status);
      assert.equal(report.rows.loaded, drift === 'fail' ? null : 3);
      assert.equal(ran.result.status, drift === 'fail' ? 'failed' : 'ok');
    }
  });

  it('of an emptied column is said for as long as it is empty', async () => {
    await writeConfig(folder(), { columns: COLUMNS, table: { null_values: ['', 'NULL'] } });
    await deliver(folder(), { date: DAY }, HEADER, rows());
    await deliver(
      folder(),
      { date: NEXT },
      HEADER,
      rows().map(([a = '', b = '', c = '']) => [a, b, c, '']),
    );
    await deliver(
      folder(),
      { date: THIRD },
      HEADER,
      rows().map(([a = '', b = '', c = '']) => [a, b, c, 'NULL']),
    );
    const ran = await runDates(folder(), DAY, NEXT, THIRD);
    assert.deepEqual(reported(ran, NEXT).map(short), ['emptied note']);
    assert.deepEqual(
      reported(ran, THIRD).map((one) => [short(one), one.earlier]),
      [['emptied note', DAY]],
    );
  });

  it('is not said of a file that has a header and no rows', async () => {
    await writeConfig(folder(), { columns: COLUMNS });
    await deliver(folder(), { date: DAY }, HEADER, rows());
    await deliver(folder(), { date: NEXT }, HEADER, []);
    const ran = await runDates(folder(), DAY, NEXT);
    assert.deepEqual(reported(ran, NEXT), []);
  });

  it('of values that convert less than ever is said, and not where it was as bad before', async () => {
    await writeConfig(folder(), { columns: { ...COLUMNS, price: { type: 'DOUBLE', max_failed: '100%' } } });
    const bad = (many: number): readonly (readonly string[])[] =>
      rows().map(([a = '', b = '', c = '', d = ''], i) => [a, b, i < many ? 'free' : c, d]);
    await deliver(folder(), { date: DAY }, HEADER, bad(1));
    await deliver(folder(), { date: NEXT }, HEADER, bad(2));
    await deliver(
      folder(),
      { date: THIRD },
      HEADER,
      bad(2).map((row) => [...row.slice(0, 3), 'other']),
    );
    const ran = await runDates(folder(), DAY, NEXT, THIRD);
    assert.deepEqual(reported(ran, NEXT).map(short), ['type price']);
    assert.deepEqual(reported(ran, THIRD).map(short), []);
  });

  it('of parts of one date names the file that differs', async () => {
    await writeConfig(folder(), { columns: COLUMNS });
    await deliver(folder(), { date: DAY, part: 'one' }, HEADER, rows());
    await deliver(folder(), { date: DAY, part: 'two' }, ['id', 'title', 'price', 'Bemerkung'], rows());
    const ran = await runDates(folder(), DAY);
    const drift = reported(ran, DAY);
    assert.deepEqual(drift.map(short).sort(), ['missing note', 'unknown Bemerkung']);
    assert.ok(drift.every((one) => one.files.length === 1 && one.files[0] === 'two/A_T_20241114.csv'));
  });

  it('names the likely new header where a required column is gone and silver fails', async () => {
    await writeConfig(folder(), { columns: { ...COLUMNS, note: { ...TEXT, required: true } } });
    await deliver(folder(), { date: DAY }, HEADER, rows());
    await deliver(folder(), { date: NEXT }, ['id', 'title', 'price', 'remark_txt'], rows());
    const ran = await runDates(folder(), DAY, NEXT);
    const failed = ran.result.steps.find((step) => step.status === 'failed');
    assert.match(failed?.error?.message ?? '', /"remark_txt"/);
    assert.deepEqual((await readDrift(ran.workspace)).drifts.map(short), ['renamed note → remark_txt']);
  });

  it('of a late file of an earlier date makes later reports again, in one run and in the next', async () => {
    await writeConfig(folder(), { columns: COLUMNS });
    const empty = rows().map(([a = '', b = '', c = '']) => [a, b, c, '']);
    await deliver(folder(), { date: THIRD }, HEADER, empty);
    assert.deepEqual(reported(await runDates(folder(), THIRD), THIRD), []);
    await deliver(folder(), { date: DAY }, HEADER, rows());
    const ran = await runDates(folder(), DAY, THIRD);
    assert.deepEqual(reported(ran, THIRD).map(short), ['emptied note']);
    const { steps } = await planRun(ran.workspace, { dates: [DAY, THIRD] });
    assert.deepEqual(
      steps.filter((step) => step.action === 'run').map((step) => [step.date, step.reason]),
      [],
    );
  });

  it('that was accepted is reported again where the file of it is damaged, and a newer one is left alone', async () => {
    await writeConfig(folder(), { columns: COLUMNS });
    await deliver(
      folder(),
      { date: DAY },
      ['id', 'title', 'price'],
      rows().map((row) => row.slice(0, 3)),
    );
    const { workspace } = await runDates(folder(), DAY);
    await acceptDrifts(workspace, {});
    const file = join(folder(), 'data/.state/drift/A/T.json');
    assert.deepEqual(
      (await readDrift(workspace)).drifts.filter((one) => one.accepted === undefined),
      [],
    );
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, 40));
    const damaged = await readDrift(workspace);
    assert.equal(damaged.damaged.length, 1);
    assert.equal(damaged.drifts.filter((one) => one.accepted === undefined).length, 1);
    await mkdir(join(folder(), 'data/.state/drift/A'), { recursive: true });
    await writeFile(file, text.replace('"version": 1', '"version": 2'));
    await assert.rejects(readDrift(workspace), { code: 'STATE_NEWER' });
    await assert.rejects(acceptDrifts(workspace, {}), { code: 'STATE_NEWER' });
    assert.match(await readFile(file, 'utf8'), /"version": 2/);
  });

  it('of a column that is kept though nobody configured it is said when it is gone', async () => {
    await writeConfig(folder(), { columns: COLUMNS });
    await deliver(folder(), { date: DAY }, [...HEADER, 'extra'], rows('x'));
    await deliver(folder(), { date: NEXT }, HEADER, rows());
    const ran = await runDates(folder(), DAY, NEXT);
    assert.deepEqual(reported(ran, DAY).map(short), ['unknown extra']);
    assert.deepEqual(reported(ran, NEXT).map(short), ['missing extra']);
  });

  it('leaves columns alone that no file is meant to have', async () => {
    await writeConfig(folder(), {
      columns: {
        ...COLUMNS,
        both: { type: 'VARCHAR', transform: "id || ' ' || title" },
        twice: { type: 'DOUBLE', derived: 'price * 2' },
      },
    });
    await deliver(folder(), { date: DAY }, HEADER, rows());
    assert.deepEqual(reported(await runDates(folder(), DAY), DAY), []);
  });
});
