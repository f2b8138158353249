// Looking into a run while it stands still: places in order, rows and failing rows of a rule, rules brought anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteIdentifier, quotePath } from '../../../src/engine/base/duckdb';
import { CONTINUE, type Resumption, type PausePoint } from '../../../src/engine/stages/inspector';
import { DATE, failures, open, runDay, smallDay, worked, writeDay, type Drained } from '../../support/day';
import { useFolder } from '../../support/folder';

const name = ({ kind, step }: PausePoint): string =>
  [kind, step.stage, step.table, step.brand ?? ''].filter((part) => part !== '').join(' ');

describe('looking into a run', () => {
  const folder = useFolder();

  async function look(at: (place: PausePoint) => Promise<Resumption>): Promise<Drained> {
    return runDay(folder(), { options: { inspector: { at } } });
  }

  it('shows every place, one step after the other, and changes nothing', async () => {
    writeDay(folder(), smallDay());
    const seen: string[] = [];
    let inside = 0;
    const drained = await look(async (place) => {
      inside += 1;
      assert.equal(inside, 1, 'one place at a time');
      await new Promise((settle) => setImmediate(settle));
      inside -= 1;
      seen.push(name(place));
      return CONTINUE;
    });
    assert.equal(drained.result.status, 'ok', failures(drained).join());
    assert.deepEqual(
      seen.filter((one) => one.includes('Playback') && !one.includes('Digi')),
      [
        'step landing-to-raw Playback Skylink',
        'end landing-to-raw Playback Skylink',
        'step raw-to-silver Playback Skylink',
        'columns raw-to-silver Playback Skylink',
        'end raw-to-silver Playback Skylink',
        'step silver-to-gold Playback',
        'end silver-to-gold Playback',
        'step gold-to-snowflake Playback',
        'rules gold-to-snowflake Playback',
        'end gold-to-snowflake Playback',
      ],
    );
    assert.deepEqual(worked(await runDay(folder())), [], 'and the run counts as any other');
  });

  it('gives the converted rows with what did not convert, before they are published', async () => {
    writeDay(folder(), smallDay());
    const { lake } = await open(folder());
    const found: unknown[] = [];
    await look(async (place) => {
      if (place.kind === 'columns' && place.step.table === 'Playback' && place.step.brand === 'Skylink') {
        const [rows] = await place.connection.rows(
          `SELECT count(*) AS n FROM read_parquet(${quotePath(place.rows)})`,
        );
        found.push(
          rows?.['n'],
          place.counts,
          place.conversions.map((c) => [c.column, c.failed]),
        );
        assert.equal(lake.published('silver', DATE, 'Playback', 'Skylink'), undefined);
      }
      return CONTINUE;
    });
    assert.deepEqual(found, [
      42,
      { rowsIn: 42, rowsOut: 42, rowsRejected: 0, duplicates: 0 },
      [['started_at', 1]],
    ]);
  });

  it('finds all rows that one column stumbled over, whatever the columns are called', async () => {
    const day = smallDay();
    writeDay(folder(), {
      ...day,
      tables: {
        Playback: {
          columns: {
            _text: { type: 'VARCHAR', source: ['playback_id'] },
            _Rejected: { type: 'VARCHAR', source: ['device_id'] },
            started_at: { type: 'TIMESTAMP', required: true },
            seconds: { type: 'UTINYINT' },
          },
        },
      },
      rules: {},
      settings: 'EXPECTED_TABLES=Playback\n',
    });
    const found: unknown[] = [];
    await look(async (place) => {
      if (place.kind !== 'columns' || place.step.brand !== 'Skylink') return CONTINUE;
      for (const column of place.table.columns) {
        const { failing } = await place.look(column);
        if (failing === undefined) {
          found.push(column.name);
          continue;
        }
        const { columns, rows } = await place.connection.table(`FROM ${quoteIdentifier(failing)}`);
        found.push([column.name, columns.map((one) => one.name).join(' '), rows.length, rows[0]]);
      }
      return CONTINUE;
    });
    const names =
      'm7__text _reason m7__rejected _text _Rejected started_at seconds _brand _source_file _source_row';
    const file = `Skylink_Playback_${DATE}.csv`;
    const late = '"not a time" is not a TIMESTAMP';
    assert.deepEqual(found, [
      '_text',
      '_Rejected',
      [
        'started_at',
        names,
        1,
        ['not a time', `started_at: ${late}`, true, 'late', 'x', null, null, 'Skylink', file, 42],
      ],
      [
        'seconds',
        names,
        4,
        [
          ...['259', 'seconds: "259" is not a UTINYINT', false, 'p37', 'S37', '2024-11-15 10:37:00', null],
          ...['Skylink', file, 38],
        ],
      ],
    ]);
  });

  it('finds all rows that break one rule, also of a rule that only reports', async () => {
    writeDay(folder(), smallDay());
    const found: unknown[] = [];
    await look(async (place) => {
      if (place.kind !== 'rules' || place.step.table !== 'Playback') return CONTINUE;
      for (const rule of place.rules) {
        const { finding, failing } = await place.look(rule);
        assert.ok(failing);
        const rows = await place.connection.rows(
          `SELECT playback_id FROM ${quoteIdentifier(place.rows)} JOIN ${quoteIdentifier(failing)} USING (_row) ORDER BY _row`,
        );
        found.push([finding.rule, finding.failing, rows.map((row) => row['playback_id'])]);
      }
      return CONTINUE;
    });
    assert.deepEqual(found, [
      ['references', 4, ['p0', 'late', 'p0', 'late']],
      ['range', 2, ['late', 'late']],
    ]);
  });

  it('evaluates other rules while it stands still, and goes on with what they say', async () => {
    writeDay(folder(), smallDay());
    const rules = join(folder(), 'config/validation_rules.json');
    let turns = 0;
    const { result } = await look(async (place) => {
      if (place.kind !== 'rules' || place.step.table !== 'Playback') return CONTINUE;
      turns += 1;
      if (turns > 1) return CONTINUE;
      assert.equal(place.rejected, 2);
      writeFileSync(rules, readFileSync(rules, 'utf8').replace('"min": 0', '"min": 7'));
      return { kind: 'again', config: (await open(folder())).config };
    });
    assert.equal(turns, 2);
    const report = result.reports.find((one) => one.table === 'Playback');
    assert.equal(report?.findings.find((one) => one.rule === 'range')?.failing, 4);
  });

  it('tells how a step failed, and a look that throws fails its step alone', async () => {
    const day = smallDay();
    writeDay(folder(), {
      ...day,
      rules: { Playback: { rules: [{ rule: 'range', column: 'seconds', min: 100, error: 0 }] } },
    });
    const ends: unknown[] = [];
    const drained = await look((place) => {
      if (place.kind === 'end' && place.step.stage === 'gold-to-snowflake')
        ends.push([place.step.table, place.outcome.status]);
      if (place.kind === 'step' && place.step.table === 'Device' && place.step.brand === 'Digi')
        throw new Error('The look failed.');
      return Promise.resolve(CONTINUE);
    });
    assert.deepEqual(ends, [['Playback', 'failed']]);
    assert.match(failures(drained).join('\n'), /landing-to-raw Device Digi: BUG The look failed\./);
  });
});
