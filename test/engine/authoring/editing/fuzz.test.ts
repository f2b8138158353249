// Half-typed files: whatever is cut off or out, nothing throws, and ranges stay inside of the text.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'mocha';
import { initWorkspace, openEditing, type Editing } from '../../../../src/engine';
import { DRAFT_FILES, type DraftFile } from '../../../../src/engine/authoring/editing/model';
import { readLoosely } from '../../../../src/engine/authoring/editing/tolerantJson';

const config = resolve(__dirname, '../../../../config');

describe('half-typed config files', () => {
  let folder = '';
  let editing: Editing;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'm7-editing-'));
    mkdirSync(join(folder, 'data'));
    await initWorkspace(folder);
    editing = openEditing({ directory: folder, environment: { SETTLE: '0' } });
  });
  after(() => {
    editing.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function everything(file: DraftFile, text: string, offset: number): Promise<void> {
    const draft = { file, text };
    const within = ({ start, end }: { start: number; end: number }): void =>
      assert.ok(0 <= start && start <= end && end <= text.length, `${start} to ${end} of ${text.length}`);
    for (const one of await editing.complete(draft, offset)) {
      within(one.range);
      assert.ok(one.range.start <= offset && offset <= one.range.end);
      assert.ok(!text.slice(one.range.start, one.range.end).includes('\n'), 'on one line');
    }
    const found = await editing.hover(draft, offset);
    if (found !== undefined) within(found.range);
    for (const lens of (await editing.lenses(draft)).rules) within(lens.range);
  }

  for (const file of DRAFT_FILES)
    it(`${file}: cut off anywhere`, async () => {
      const text = readFileSync(join(config, `${file}.json`), 'utf8');
      for (let at = 0; at <= text.length; at += file === 'brand_configs' ? 1 : 131)
        await everything(file, text.slice(0, at), at);
    });

  for (const file of DRAFT_FILES)
    it(`${file}: a piece cut out anywhere`, async () => {
      const text = readFileSync(join(config, `${file}.json`), 'utf8');
      for (let at = 0; at <= text.length; at += file === 'brand_configs' ? 3 : 401)
        await everything(file, text.slice(0, at) + text.slice(at + 1 + (at % 13)), at);
    });

  it('diagnoses any of them', async () => {
    let problems = 0;
    for (const file of DRAFT_FILES) {
      const text = readFileSync(join(config, `${file}.json`), 'utf8');
      for (let at = 0; at <= text.length; at += Math.ceil(text.length / 30)) {
        const cut = text.slice(0, at) + text.slice(at + 1 + (at % 13));
        for (const { range } of await editing.diagnose({ file, text: cut })) {
          assert.ok(range.start <= range.end && range.end <= cut.length);
          problems += 1;
        }
      }
    }
    assert.ok(problems > 60, `${problems} problems`);
  });

  it('takes what no editor would write', async () => {
    const texts = [
      '[]',
      '"x"',
      'null',
      '{"tables": null}',
      '{"tables": {"Playback": {"rules": {}}}}',
      '{"tables": {"Playback": {"rules": [null, 1, "x", [], {"rule": 5, "column": {}, "values": 3}]}}}',
      '{"tables": {"Playback": {"columns": []}}}',
      '{"tables": {"Playback": {"columns": {"a": null, "b": {"type": [], "map": 1, "formats": {}}}}}}',
      '{"brands": {"A": null, "B": [], "C": {"code": {}, "aliases": 5}}}',
      '{"tables": {"__proto__": {"rules": [{"rule": "constructor"}]}}}',
      `{"tables": ${'['.repeat(5_000)}`,
      '{"a":'.repeat(5_000),
      '{ rule: range, : , [ } ]',
      '{"a" "b" "c": }',
      '{"tables": {"Playback": {"rules": [{"where": "\\u00',
      '\uFEFF{"tables": {}}',
    ];
    for (const file of DRAFT_FILES)
      for (const text of texts) {
        for (const offset of [0, Math.floor(text.length / 2), text.length])
          await everything(file, text, offset);
        await editing.diagnose({ file, text });
      }
  });

  it('reads a sound text as JSON does', () => {
    for (const file of DRAFT_FILES) {
      const text = readFileSync(join(config, `${file}.json`), 'utf8');
      const { root, sound } = readLoosely(text);
      assert.ok(sound && root !== undefined);
      assert.equal(root.length, text.trimEnd().length);
    }
    assert.equal(readLoosely('{"a": 1,}').sound, false);
    assert.equal(readLoosely('{"a": 1').sound, false);
    assert.equal(readLoosely('{"a": 1} x').sound, false);
  });
});
