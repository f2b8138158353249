// The sample's config: without a problem, using every rule kind, laid out as it is written to a workspace.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfig } from '../../src/engine/workspace/config';
import { openDatabase } from '../../src/engine/base/duckdb';
import { ruleKinds } from '../../src/engine/rules';
import { ROWS, marketOf, sizesOf } from '../../src/sample/market';
import { PLANTS } from '../../src/sample/plants';
import { stylesOf } from '../../src/sample/styles';
import { layoutOf, rulesOf, TABLE_NAMES, type TableName } from '../../src/sample/tables';
import { workspaceFiles } from '../../src/sample/workspace';
import { loadSettings } from '../../src/engine/workspace/settings';

const config = join(__dirname, '../../config');

function plantedRules(table: TableName): string[] {
  return PLANTS[table].flatMap((p) => (p.effect.kind === 'rules' ? Object.keys(p.effect.breaks) : []));
}

describe('sample config', () => {
  it('has no problem, SQL included', async () => {
    const workspace = mkdtempSync(join(tmpdir(), 'm7-config-'));
    const database = await openDatabase({ folders: [] });
    const connection = await database.connect();
    try {
      const settings = await loadSettings({
        workspace,
        environment: { SETTLE: '0' },
        overrides: { CONFIG_DIR: config },
      });
      const checked = await checkConfig(settings, { connection });
      assert.deepEqual(checked.problems, []);
      assert.ok(checked.config);
      assert.equal(checked.config.brands.length, 7);
      const { rules } = checked.config;
      assert.ok(rules.length >= 40);
      assert.deepEqual([...new Set(rules.map((r) => r.kind))].sort(), ruleKinds.map((k) => k.name).sort());
      // The generator names the rules as the loader does, and knows which of them keep rows out.
      for (const table of TABLE_NAMES) {
        const loaded = rules.filter((r) => r.table === table && r.enabled);
        const named = rulesOf(table);
        assert.deepEqual(
          named.map((r) => r.id),
          loaded.map((r) => r.id),
        );
        const planted = new Set(plantedRules(table));
        assert.deepEqual(
          named.filter((r) => r.rejects && planted.has(r.id)).map((r) => r.id),
          loaded.filter((r) => r.onFail === 'reject' && planted.has(r.id)).map((r) => r.id),
        );
      }
    } finally {
      connection.close();
      database.close();
      rmSync(workspace, { recursive: true, force: true });
    }
  });

  it('is written to a workspace as it lies in the repository', () => {
    const written = workspaceFiles().filter((f) => /config\/\w+\.json$/.test(f.path));
    assert.equal(written.length, 3);
    for (const { path, text } of written)
      assert.equal(text, readFileSync(join(config, '..', path), 'utf8'), path);
  });

  it('gives rows as wide as its tables', () => {
    const [style] = stylesOf(false);
    assert.ok(style);
    for (const table of TABLE_NAMES) {
      const market = marketOf(style, table, '20240331', {
        sizes: sizesOf(10),
        seed: 1,
        lastDate: '20240331',
      });
      assert.equal(ROWS[table](market, 0).length, layoutOf(table).columns.length, table);
    }
  });

  it('plants a fault for each rule about rows, and none for unknown rules', () => {
    const whole =
      /_(filled|steady|rows|columns|models|usual_length|of_the_day|mean_price|long_runtime|covered|total|volume|layers)$/;
    for (const table of TABLE_NAMES)
      assert.deepEqual(
        [...new Set(plantedRules(table))].sort(),
        rulesOf(table)
          .map((r) => r.id)
          .filter((id) => !whole.test(id))
          .sort(),
        table,
      );
  });
});
