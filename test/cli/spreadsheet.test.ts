// What people open in a spreadsheet is not computed by it: m7 preview as CSV, and the rejects that are corrected by hand.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATE, smallDay, writeDay } from '../support/day';
import { useFolder } from '../support/folder';
import { buildCommand, m7 } from './command';

describe('formulas in files for people', function () {
  this.timeout(30_000);
  const folder = useFolder();
  before(buildCommand);

  it('are neutralized in CSV of m7 preview, which says how many, and exact on wish', async () => {
    const file = join(folder(), 'a.csv');
    writeFileSync(file, 'id,"=cmd|\' /C calc\'!A0"\n1,=1+1\n2,-5.2\n3,fine\n');
    const preview = (...more: string[]): ReturnType<typeof m7> => m7(['preview', file, ...more]);
    const safe = await preview('--format', 'csv');
    assert.equal(safe.code, 0, safe.err);
    assert.equal(safe.out, "id,'=cmd|' /C calc'!A0\r\n1,'=1+1\r\n2,-5.2\r\n3,fine\r\n");
    assert.match(safe.err, /2 cells begin like formulas: they have a ' in front.*--exact/);
    const exact = await preview('--format', 'csv', '--exact');
    assert.equal(exact.out, "id,=cmd|' /C calc'!A0\r\n1,=1+1\r\n2,-5.2\r\n3,fine\r\n");
    assert.equal(exact.err, '');
    const wrong = await preview('--exact');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /--exact is about CSV/);
  });

  it('are exact in rejects that are read again, which says so', async () => {
    const day = smallDay(40);
    const name = `Skylink_Playback_${DATE}.csv`;
    const bad = `\n=1+1,too few`;
    writeDay(folder(), { ...day, files: { ...day.files, [name]: `${String(day.files[name])}${bad}` } });
    await m7(['run', '--date', DATE, '--quiet'], { cwd: folder() });
    const words = ['replay', '--date', DATE, '--stage', 'landing-to-raw', '--table', 'Playback'];
    const { code, err } = await m7([...words, '--export', 'fix.csv'], { cwd: folder() });
    assert.equal(code, 0, err);
    const sheet = readFileSync(join(folder(), 'fix.csv'), 'utf8');
    assert.match(sheet, /,"=1\+1,too few"\n/);
    assert.match(err, /1 cell begins like a formula and is as it came: open the file as text/);
  });
});
