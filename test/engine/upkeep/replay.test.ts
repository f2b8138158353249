// Rejects tried again: after a correction exactly what it mends passes, nothing is lost, and twice is as once.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  reconcile,
  replay,
  type ReplayOptions,
  type ReplayResult,
  type RunEvent,
  type Stage,
} from '../../../src/engine';
import { PipelineError } from '../../../src/engine/model/errors';
import { takeLock } from '../../../src/engine/lake/lock';
import { reasonsSql } from '../../../src/engine/upkeep/replay/replayRejects';
import { DATE, open, runDay, smallDay, writeDay, type Day } from '../../support/day';
import { useFolder } from '../../support/folder';
import { differences, snapshot } from '../../support/snapshot';

describe('replay', () => {
  const folder = useFolder();
  const data = (): string => join(folder(), 'data');
  async function again(
    stage: Stage,
    options: Partial<ReplayOptions> = {},
  ): Promise<{ readonly result: ReplayResult; readonly events: readonly RunEvent[] }> {
    const running = replay(await open(folder()), { date: DATE, stage, ...options });
    const events: RunEvent[] = [];
    for (;;) {
      const next = await running.next();
      if (next.done === true) return { result: next.value, events };
      events.push(next.value);
    }
  }
  const told = ({ reasons }: ReplayResult): unknown =>
    reasons.map((r) => [r.table, r.brand, r.what, r.before, r.passed, r.rejected_later, r.still]);
  const config = (name: string, value: unknown): void =>
    writeFileSync(join(folder(), 'config', name), JSON.stringify(value));
  const balanced = async (): Promise<void> => {
    const { different, tables } = await reconcile(await open(folder()), { dates: [DATE] });
    assert.equal(different, 0, JSON.stringify(tables));
  };

  it('tells what there is and runs nothing while nothing has changed', async () => {
    writeDay(folder(), smallDay());
    await runDay(folder());
    const before = await snapshot(data());
    const { result, events } = await again('gold-to-snowflake');
    assert.deepEqual(told(result), [
      ['Playback', 'Digi', 'range_seconds', 1, null, null, null],
      ['Playback', 'Skylink', 'range_seconds', 1, null, null, null],
    ]);
    assert.deepEqual([result.run, result.steps, events], [undefined, [], []]);
    assert.deepEqual(differences(before, await snapshot(data())), []);
  });

  it('lets through what a corrected rule lets through, and counts the rest', async () => {
    const day = smallDay();
    writeDay(folder(), {
      ...day,
      rules: {
        Playback: { rules: [{ id: 'plausible', rule: 'range', column: 'seconds', min: 100, error: '90%' }] },
      },
    });
    await runDay(folder());
    config('validation_rules.json', {
      tables: {
        Playback: { rules: [{ id: 'plausible', rule: 'range', column: 'seconds', min: 50, error: '90%' }] },
      },
    });
    const dry = await again('gold-to-snowflake', { dryRun: true });
    assert.equal(dry.result.reasons[0]?.passed, null);
    assert.deepEqual(
      dry.result.steps.map((s) => [s.stage, s.table, s.reason]),
      [['gold-to-snowflake', 'Playback', 'its rules, or what they look at, changed']],
    );
    const { result, events } = await again('gold-to-snowflake');
    // Of the values 1 (the later p0), 7, 14, …, 98 and -5 those from 56 on pass a limit of 50.
    assert.deepEqual(
      result.reasons.map((r) => [r.brand, r.before, r.passed, r.rejected_later, r.still]),
      [
        ['Digi', 16, 7, 0, 9],
        ['Skylink', 16, 7, 0, 9],
      ],
    );
    assert.deepEqual(result.rows, { before: 32, passed: 14, still: 18 });
    assert.equal(result.run?.status, 'ok');
    assert.equal(events.at(-1)?.event, 'run_finished');
    await balanced();
    const once = await snapshot(data());
    const twice = await again('gold-to-snowflake');
    assert.deepEqual([twice.result.run, twice.result.rows.before], [undefined, 18]);
    assert.deepEqual(differences(once, await snapshot(data())), []);
  });

  it('tells rows that pass their stage and are kept out by a later one', async () => {
    const day = smallDay();
    const columns = (required: boolean): unknown => ({
      ...day.tables,
      Playback: {
        primary_key: ['playback_id', '_brand'],
        columns: {
          playback_id: { type: 'VARCHAR', required: true },
          device_id: { type: 'VARCHAR' },
          started_at: { type: 'TIMESTAMP', timezone: 'brand', required },
          seconds: { type: 'INTEGER' },
        },
      },
    });
    writeDay(folder(), { ...day, tables: columns(true) as Day['tables'] });
    await runDay(folder());
    config('table_schemas.json', { tables: columns(false) });
    const { result } = await again('raw-to-silver', { tables: ['Playback'], brands: ['Skylink'] });
    assert.equal(result.rows.before, 1);
    assert.deepEqual(
      result.reasons.map((r) => [r.brand, r.passed, r.rejected_later, r.still]),
      [['Skylink', 1, 1, 0]],
    );
    assert.ok(result.steps.length > 0);
    assert.ok(result.steps.every((s) => s.table === 'Playback' && s.brand !== 'Digi'));
  });

  it('keeps to the condition, and refuses one that is none', async () => {
    writeDay(folder(), smallDay());
    await runDay(folder());
    const some = await again('gold-to-snowflake', { where: `"_brand" = 'Digi' AND record LIKE '%late%'` });
    assert.equal(some.result.rows.before, 1);
    const none = await again('gold-to-snowflake', { where: `code = 'NOTHING'` });
    assert.deepEqual([none.result.reasons, none.result.rows.before], [[], 0]);
    for (const where of ['1', 'cod = 1', 'true) OR (true', "read_text('/etc/passwd') IS NULL", ''])
      await assert.rejects(
        again('gold-to-snowflake', { where }),
        (e) => e instanceof PipelineError && e.code === 'SQL_INVALID',
        where,
      );
  });

  describe('of files that were kept out whole', () => {
    const FILE = `Skylink_Device_${DATE}.csv`;
    const kept = (): string => join(data(), `rejects/${DATE}/landing-to-raw/Skylink/files`);
    const landing = (name = FILE): string => join(data(), 'landing', name);
    /** The brand's file has a header that nobody knows: kept out. */
    async function refused(): Promise<void> {
      const day = smallDay();
      const foreign = (day.files[FILE] ?? '').toString().replace('device_id,model,price', 'Nummer,Typ,Preis');
      writeDay(folder(), { ...day, files: { ...day.files, [FILE]: foreign } });
      await runDay(folder());
      assert.deepEqual(readdirSync(kept()), [FILE, `${FILE}.reason.json`]);
    }
    function mend(): void {
      const columns = {
        device_id: { type: 'VARCHAR', required: true, source: ['Nummer'] },
        model: { type: 'VARCHAR', source: ['Typ'] },
        price: { type: 'DECIMAL(10,2)', source: ['Preis'] },
      };
      const { Playback } = smallDay().tables;
      config('table_schemas.json', { tables: { Device: { columns }, Playback } });
    }

    it('takes a file in once its names are known, from landing to the warehouse', async () => {
      await refused();
      const dry = await again('landing-to-raw', { dryRun: true });
      assert.deepEqual(
        dry.result.files.map((f) => [f.file, f.outcome]),
        [[FILE, 'would_put_back']],
      );
      assert.equal(existsSync(landing()), false);
      mend();
      const { result } = await again('landing-to-raw');
      assert.deepEqual(
        result.files.map((f) => [f.file, f.brand, f.table, f.outcome]),
        [[FILE, 'Skylink', 'Device', 'taken_in']],
      );
      assert.deepEqual(readdirSync(kept()), []);
      assert.equal(existsSync(landing()), false);
      const { tables } = await reconcile(await open(folder()), { dates: [DATE], tables: ['Device'] });
      assert.deepEqual([tables[0]?.verdict, tables[0]?.warehouse?.rows], ['same', 80]);
      assert.deepEqual((await again('landing-to-raw')).result.files, []);
    });

    it('keeps it out again, as it was, where nothing was mended', async () => {
      await refused();
      const before = await snapshot(data());
      const { result } = await again('landing-to-raw', { tables: ['Device'] });
      assert.deepEqual(
        result.files.map((f) => f.outcome),
        ['rejected'],
      );
      assert.match(result.files[0]?.because ?? '', /HEADER|COLUMNS/);
      assert.deepEqual(
        differences(before, await snapshot(data())).filter((line) => line.startsWith('rejects')),
        [],
      );
    });

    it('goes on where it was killed: between the move and the note, by itself or by a run', async () => {
      for (const by of ['replay', 'run'] as const) {
        await refused();
        mend();
        renameSync(join(kept(), FILE), landing());
        if (by === 'replay') {
          const { result } = await again('landing-to-raw');
          assert.deepEqual(
            result.files.map((f) => f.outcome),
            ['taken_in'],
          );
        } else {
          const { result } = await runDay(folder());
          assert.equal(result.status, 'ok');
          assert.deepEqual(result.summaries[0]?.files, []);
          assert.deepEqual((await again('landing-to-raw')).result.files, []);
        }
        const raw = (await open(folder())).lake.manifests('raw', DATE);
        assert.equal(raw.filter((m) => m.source?.file === FILE).length, 1);
        for (const name of readdirSync(data()))
          if (name !== 'landing') renameSync(join(data(), name), join(folder(), `${by}-${name}`));
      }
    });

    it('leaves what it must not move: duplicates, changed bytes, a name that is taken, a note that climbs', async () => {
      await refused();
      const note = join(kept(), `${FILE}.reason.json`);
      const left = async (because: RegExp): Promise<void> => {
        const { result } = await again('landing-to-raw');
        assert.deepEqual(
          result.files.map((f) => f.outcome),
          ['left'],
          JSON.stringify(result.files),
        );
        assert.match(result.files[0]?.because ?? '', because);
        assert.equal(existsSync(join(kept(), FILE)), true);
      };
      const text = readFileSync(note, 'utf8');
      const bytes = readFileSync(join(kept(), FILE));
      writeFileSync(note, text.replace(/"code": "\w+"/, '"code": "DUPLICATE_CONTENT"'));
      await left(/repeats/);
      writeFileSync(note, text.replace(`"file": "${FILE}"`, `"file": "../../x/${FILE}"`));
      await left(/no path in landing/);
      writeFileSync(note, text.replace(`"file": "${FILE}"`, `"file": "Skylink_Devise_${DATE}.csv"`));
      await left(/landing would ignore it/);
      writeFileSync(note, text.replace(`"file": "${FILE}"`, `"file": "Digi_Device_${DATE}.csv"`));
      await left(/now means Digi\/Device/);
      writeFileSync(note, text);
      writeFileSync(join(kept(), FILE), 'edited in place');
      await left(/has changed since it was rejected/);
      writeFileSync(join(kept(), FILE), bytes);
      mkdirSync(dirname(landing()), { recursive: true });
      writeFileSync(landing(), 'another delivery');
      await left(/another file of its name waits/);
      // What waited was due, and was judged by the same run: both are kept apart.
      assert.equal(readFileSync(join(kept(), `${FILE}.2`), 'utf8'), 'another delivery');
    });
  });

  it('waits for nobody, moves nothing, and gives everything back', async () => {
    writeDay(folder(), {
      ...smallDay(),
      files: { [`Skylink_Device_${DATE}.csv`]: '<html><body>no</body></html>\n' },
    });
    await runDay(folder());
    const before = await snapshot(data());
    const lock = await takeLock(join(data(), '.state'));
    try {
      await assert.rejects(again('landing-to-raw'), (e) => e instanceof PipelineError && e.code === 'LOCKED');
    } finally {
      await lock.release();
    }
    await assert.rejects(
      again('landing-to-raw', { signal: AbortSignal.abort() }),
      (e) => e instanceof PipelineError && e.code === 'CANCELLED',
    );
    assert.deepEqual(differences(before, await snapshot(data())), []);
  });

  it('compares with one question', () => {
    const file = { stage: 'raw-to-silver', table: "It's", path: '/d/r.parquet', rows: 1 } as const;
    const sql = reasonsSql([file], []);
    assert.match(sql, /SELECT 'It''s' AS "table"/);
    assert.match(sql, /FROM read_parquet\('\/d\/r\.parquet'\)/);
    assert.match(sql, /a\."line" IS NOT DISTINCT FROM b\."line"/);
  });
});
