// The sample from landing into the warehouse, compared with the truth that was counted while it was written.
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, quoteLiteral } from '../../../src/engine/base/duckdb';
import {
  openWorkspace,
  readReport,
  run,
  trace,
  type OpenWorkspace,
  type RunEvent,
  type RunResult,
  type Selection,
} from '../../../src/engine';
import type { Manifest } from '../../../src/engine/lake/manifest';
import { writeSample, type SampleTruth } from '../../../src/sample';

const DATE = '20241115';

async function drain(
  workspace: OpenWorkspace,
  selection: Selection = { dates: [DATE] },
): Promise<{ events: RunEvent[]; result: RunResult }> {
  const events: RunEvent[] = [];
  const running = run(workspace, selection);
  for (;;) {
    const next = await running.next();
    if (next.done === true) return { events, result: next.value };
    events.push(next.value);
  }
}

const ran = (result: RunResult): string[] =>
  result.steps
    .filter((s) => s.status !== 'skipped')
    .map((s) => `${s.stage} ${s.table}${s.brand === undefined ? '' : ` ${s.brand}`}`);

describe('a day of the sample', function () {
  this.timeout(180_000);
  let folder = '';
  let truth: SampleTruth;
  let workspace: OpenWorkspace;
  let first: { events: RunEvent[]; result: RunResult };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'm7-run-'));
    truth = await writeSample({ workspace: folder, date: DATE, rows: 400 });
    workspace = await openWorkspace({ directory: folder, environment: { SETTLE: '0' } });
    first = await drain(workspace);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const report = (table: string) => {
    const found = readReport(workspace, DATE, table);
    assert.ok(found !== undefined, `${table} has a report`);
    return found;
  };

  it('runs every step without a failure that the truth does not foresee', () => {
    const failed = first.result.steps.filter((s) => s.status === 'failed');
    assert.deepEqual(
      failed.map((s) => [s.stage, s.table, s.brand, s.error?.message]),
      [],
    );
    assert.equal(first.events.filter((e) => e.event === 'step_finished').length, first.result.steps.length);
    assert.equal(first.events.at(-1)?.event, 'run_finished');
  });

  it('reads each file as it was written, or keeps it out as meant', () => {
    const parts = new Map<string, Manifest>();
    for (const m of workspace.lake.manifests('raw', DATE))
      if (m.source !== undefined) parts.set(m.source.file, m);
    const summary = first.result.summaries[0];
    assert.ok(summary !== undefined);
    assert.ok(truth.files.length > 20);
    for (const file of truth.files) {
      const part = parts.get(file.file);
      if (file.fate === 'read') {
        assert.ok(part?.source !== undefined, `${file.file} was read`);
        assert.equal(part.output.rows, file.raw, `${file.file}: rows`);
        assert.equal(
          part.rejects?.rows ?? 0,
          file.too_few_fields + file.too_many_fields,
          `${file.file}: rejected lines`,
        );
        assert.equal(part.source.format.delimiter, file.style?.delimiter, `${file.file}: delimiter`);
        const other = part.edges[0]?.other ?? {};
        assert.deepEqual(
          {
            header: other['header'] ?? 0,
            preamble: other['preamble'] ?? 0,
            footer: other['footer'] ?? 0,
            blank: other['blank'] ?? 0,
          },
          { header: file.header, preamble: file.preamble, footer: file.footer, blank: file.blank },
          file.file,
        );
      } else {
        assert.equal(part, undefined, `${file.file} was not read`);
        assert.ok(
          summary.files.some((f) => f.path === file.file && f.status === file.fate),
          `${file.file} is listed as ${file.fate}`,
        );
      }
    }
    assert.deepEqual(
      summary.arrivals.filter((a) => a.status === 'missing').map(({ brand, table }) => ({ brand, table })),
      truth.missing.map(({ brand, table }) => ({ brand, table })),
    );
  });

  it('finds every planted conversion fault, by brand and column', () => {
    assert.ok(truth.slots.length > 0);
    for (const slot of truth.slots) {
      const silver = workspace.lake.manifest('silver', DATE, slot.table, slot.brand);
      assert.ok(silver !== undefined, `${slot.brand} ${slot.table}`);
      assert.equal(silver.output.rows, slot.silver, `${slot.brand} ${slot.table}: silver rows`);
      const nulls = (silver.conversions ?? [])
        .filter((c) => c.on_error === 'null' && c.failed > 0)
        .map((c) => [c.column, c.failed]);
      assert.deepEqual(
        Object.fromEntries(nulls),
        Object.fromEntries(slot.conversions.map((c) => [c.column, c.values])),
        `${slot.brand} ${slot.table}: values that became NULL`,
      );
      assert.equal(
        silver.rejects?.rows ?? 0,
        slot.rejected.reduce((sum, r) => sum + r.rows, 0),
        `${slot.brand} ${slot.table}: rejected rows`,
      );
    }
  });

  it('counts duplicates, missing keys and the failing rows of every rule exactly', () => {
    for (const expected of truth.tables) {
      const found = report(expected.table);
      assert.equal(found.rows.silver, expected.silver, `${expected.table}: silver`);
      assert.equal(found.rows.gold, expected.gold, `${expected.table}: gold`);
      assert.equal(found.rows.duplicates, expected.duplicates, `${expected.table}: duplicates`);
      assert.deepEqual(
        Object.fromEntries(
          found.findings.filter((f) => f.id in expected.rules).map((f) => [f.id, f.failing]),
        ),
        expected.rules,
        `${expected.table}: failing rows by rule`,
      );
      assert.equal(found.rows.accepted, expected.accepted, `${expected.table}: accepted`);
      assert.equal(found.rows.loaded, expected.accepted, `${expected.table}: loaded`);
    }
  });

  it('balances every edge, by numbers that add up', () => {
    assert.ok(truth.tables.length > 0);
    for (const { table } of truth.tables) {
      const { edges } = report(table);
      assert.ok(edges.length >= 3, table);
      for (const edge of edges) {
        const other = Object.values(edge.other ?? {}).reduce((sum, n) => sum + n, 0);
        assert.equal(
          edge.in,
          edge.out + edge.rejected + edge.duplicates + other,
          `${table} ${edge.from} → ${edge.to}`,
        );
        assert.ok(edge.balanced);
      }
    }
  });

  it('has in the warehouse exactly the accepted rows', async () => {
    const database = await openDatabase({ folders: [workspace.settings.dataDir] });
    const connection = await database.connect();
    try {
      await connection.run(
        `ATTACH ${quoteLiteral(join(workspace.settings.dataDir, 'warehouse.duckdb'))} AS w (READ_ONLY)`,
      );
      for (const { table, accepted } of truth.tables) {
        const [row] = await connection.rows(
          `SELECT count(*) AS n, count(DISTINCT LOAD_DATE) AS dates FROM w."STG_SG"."${table.toUpperCase()}"`,
        );
        assert.deepEqual(row, { n: accepted, dates: 1 }, table);
      }
    } finally {
      connection.close();
      database.close();
    }
  });

  it('leads gold rows of every brand back to their line', async () => {
    const slots = truth.slots.filter((s) => s.table === 'Device');
    assert.ok(slots.length > 1);
    for (const slot of slots) {
      const result = await trace(workspace, {
        date: DATE,
        table: 'Device',
        where: `_brand = '${slot.brand}'`,
        limit: 3,
      });
      assert.equal(result.rows.length, 3, slot.brand);
      const at = result.columns.indexOf('device_id');
      for (const row of result.rows) {
        assert.equal(row.brand, slot.brand);
        assert.ok(row.line !== null && row.line > 0);
        assert.ok(
          row.text?.includes(String(row.values[at])) === true,
          `${slot.brand}: line ${row.line} is ${String(row.text)}`,
        );
      }
    }
  });

  it('does nothing when it is run again', async () => {
    const { result } = await drain(workspace);
    assert.deepEqual(ran(result), []);
    assert.equal(result.status, 'ok');
  });

  it('re-validates and loads only the table whose rule changed', async () => {
    const path = join(folder, 'config/validation_rules.json');
    const text = await readFile(path, 'utf8');
    const rules = JSON.parse(text) as { tables: Record<string, { rules: Record<string, unknown>[] }> };
    const one = rules.tables['EPG']?.rules[0];
    assert.ok(one !== undefined);
    one['where'] = '1 = 1';
    await writeFile(path, JSON.stringify(rules, undefined, 2));
    const changed = await openWorkspace({ directory: folder, environment: { SETTLE: '0' } });
    const { result } = await drain(changed);
    assert.deepEqual(ran(result), ['gold-to-snowflake EPG']);
    await writeFile(path, text);
    await drain(workspace);
  });

  it('restates only the date and table of a late file', async () => {
    const source = truth.files.find((f) => f.fate === 'read' && f.table === 'EPG');
    const original = workspace.lake.manifests('raw', DATE).find((m) => m.source?.file === source?.file)
      ?.source?.original;
    assert.ok(source !== undefined && original !== undefined);
    // The same records once more with one line break added at the end: other bytes, all of them duplicates.
    const landing = join(workspace.settings.landingDir, source.file);
    await copyFile(workspace.lake.absolute(original), landing);
    await writeFile(landing, source.style?.encoding.startsWith('utf-16') === true ? '\n\0' : '\n', {
      flag: 'a',
    });
    const before = report('EPG');
    const { result } = await drain(workspace);
    const steps = ran(result);
    // Rules of Playback refer to it.
    const meant = (step: string): boolean => step.includes('EPG') || step === 'gold-to-snowflake Playback';
    assert.ok(steps.length >= 4 && steps.every(meant), steps.join('; '));
    const after = report('EPG');
    assert.equal(after.rows.gold, before.rows.gold);
    assert.equal(after.rows.loaded, before.rows.loaded);
    assert.ok(after.rows.duplicates > before.rows.duplicates);
    await assert.rejects(stat(landing));
  });
});
