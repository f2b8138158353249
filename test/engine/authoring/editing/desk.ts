// A workspace after a real run, and drafts written with a `|` where the cursor stands.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEditing, type Editing } from '../../../../src/engine';
import type { Completion, Draft, DraftFile } from '../../../../src/engine/authoring/editing';
import { runDay, smallDay, writeDay, type Day } from '../../../support/day';

export interface Desk {
  readonly folder: string;
  readonly editing: Editing;
  /** The text of a config file on disk. */
  text(file: DraftFile): string;
}

/** Registers hooks that make the workspace once, with gold and reports of one date. */
export function useDesk(day: Day = smallDay()): () => Desk {
  let desk: Desk | undefined;
  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'm7-editing-'));
    writeDay(folder, day);
    await runDay(folder);
    const editing = openEditing({ directory: folder, environment: { SETTLE: '0' } });
    desk = { folder, editing, text: (file) => readFileSync(join(folder, `config/${file}.json`), 'utf8') };
  });
  after(() => {
    desk?.editing.close();
    if (desk !== undefined) rmSync(desk.folder, { recursive: true, force: true });
  });
  return () => {
    assert.ok(desk);
    return desk;
  };
}

/** Splits a text at its cursor. */
export function cursor(text: string): { readonly text: string; readonly offset: number } {
  const offset = text.indexOf('|');
  assert.ok(offset >= 0, `no cursor in ${text}`);
  return { text: text.slice(0, offset) + text.slice(offset + 1), offset };
}

/** A rule of table Playback in its file. */
export function ruleText(rule: string): string {
  return `{ "tables": { "Playback": { "rules": [ ${rule} ] } } }`;
}

/** A column of table Playback in its file. */
export function columnText(column: string): string {
  return `{ "tables": { "Playback": { "columns": { "device_id": { "type": "VARCHAR" }, ${column} } } } }`;
}

/** The text after a completion was accepted, placeholders as they are first. */
export function accepted(draft: Pick<Draft, 'text'>, completion: Completion): string {
  const edits = [
    { range: completion.range, text: plainText(completion.insert) },
    ...(completion.also ?? []),
  ].sort((a, b) => b.range.start - a.range.start);
  return edits.reduce(
    (text, edit) => text.slice(0, edit.range.start) + edit.text + text.slice(edit.range.end),
    draft.text,
  );
}

/** A snippet as an editor writes it before anything is typed. */
function plainText(snippet: string): string {
  let text = '';
  for (let at = 0; at < snippet.length; at++) {
    if (snippet[at] === '\\') text += snippet[++at] ?? '';
    else if (snippet.startsWith('${', at)) {
      const form = /^\$\{\d+(?:\|((?:\\.|[^,|])*)(?:,(?:\\.|[^|])*)?\||:((?:\\.|[^}\\])*))?\}/.exec(
        snippet.slice(at),
      );
      assert.ok(form, `no placeholder at ${snippet.slice(at)}`);
      text += (form[1] ?? form[2] ?? '').replace(/\\(.)/g, '$1');
      at += form[0].length - 1;
    } else text += snippet[at] ?? '';
  }
  return text;
}
