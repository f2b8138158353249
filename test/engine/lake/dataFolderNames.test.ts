// The lake alone spells the names of folders and files below the data folder.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

const src = resolve(__dirname, '../../../src');
const lake = join('engine', 'lake') + sep;

const NAMES =
  '\\.state|ledger|lock|tmp|runs|reports|openlineage|watch|alerts|replays|manifests|cache|outbox|begun|drafts|spill|undelivered';
/** Names that stand for nothing else. */
const OWN_NAMES = 'summary\\.json|warehouse\\.duckdb|alerts\\.ndjson|openlineage\\.ndjson';
const ARGUMENT = `join\\((?:[^()]|\\([^()]*\\))*['"\`](?:${NAMES}|${OWN_NAMES})['"\`]`;
const SPELLED = new RegExp(
  [ARGUMENT, `['"](?:\\.state|${OWN_NAMES})['"]`, `\\}/(?:${NAMES}|${OWN_NAMES})[/\`]`, '\\}\\.ndjson`'].join(
    '|',
  ),
  'g',
);

const spelledIn = (text: string): readonly string[] => text.match(SPELLED) ?? [];

describe('names below the data folder', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );

  it('are found by this test where they are spelled', () => {
    for (const text of [
      "join(settings.logsDir, 'runs', `${id}.json`)",
      "join(lake.stateDir, 'ledger')",
      "join(stateFolders(settings).stateDir, 'alerts')",
      "const STATE = '.state';",
      '`${folder}/spill`',
      '`${runId}.ndjson`',
      "const SUMMARY = 'summary.json';",
    ])
      assert.equal(spelledIn(text).length > 0, true, text);
    assert.ok(spelledIn(readFileSync(join(src, lake, 'dataFolder.ts'), 'utf8')).length > 10);
  });

  it('are spelled by the lake alone', () => {
    assert.ok(files.length > 500);
    const found = files
      .filter((name) => !name.startsWith(lake))
      .flatMap((name) => spelledIn(readFileSync(join(src, name), 'utf8')).map((text) => `${name}: ${text}`));
    assert.deepEqual(found, []);
  });
});
