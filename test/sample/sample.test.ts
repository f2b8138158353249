// The sample says exactly what is in it: same options, same bytes; every count found again by other readers.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PipelineError } from '../../src/engine/model/errors';
import { writeSample, type SampleOptions, type SampleTruth } from '../../src/sample';
import { readBack, type ReadBack } from './readBack';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'm7-sample-'));
  folders.push(made);
  return made;
};

function hashes(root: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name))
      .sort()
      .map((path) => [
        path.slice(root.length),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ]),
  );
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((n, item) => n + of(item), 0);

async function refused(options: SampleOptions, code: string, words: RegExp): Promise<void> {
  await assert.rejects(writeSample(options), (error: unknown) => {
    assert.ok(error instanceof PipelineError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    assert.notEqual(error.remedy, '');
    return true;
  });
}

describe('sample', () => {
  after(() => folders.forEach((f) => rmSync(f, { recursive: true, force: true })));

  const root = folder();
  const landing = join(root, 'data', 'landing');
  let truth: SampleTruth;
  const parsed = new Map<string, ReadBack>();
  before(async () => {
    truth = await writeSample({ workspace: root, date: '20240331', rows: 2600, errorPage: true });
    for (const file of truth.files.filter((f) => f.fate === 'read'))
      parsed.set(file.file, await readBack(landing, file));
  });

  /** Rows of a table as objects by config column, read back from the files of all brands that have one name for it. */
  function column(table: string, index: number): string[] {
    return truth.files
      .filter((f) => f.table === table && f.fate === 'read')
      .flatMap((f) => {
        const width = f.style?.columns.length ?? 0;
        // FocusSat's files begin with the last third of the columns.
        const first = f.brand === 'FocusSat' ? Math.floor((width * 2) / 3) : 0;
        return (parsed.get(f.file)?.rows ?? []).map((row) => row[(index - first + width) % width] ?? '');
      });
  }

  it('gives the same bytes for the same options, others for another seed', async () => {
    const [again, other] = [folder(), folder()];
    await writeSample({ workspace: again, date: '20240331', rows: 2600, errorPage: true });
    assert.deepEqual(hashes(again), hashes(root));
    await writeSample({ workspace: other, date: '20240331', rows: 2600, errorPage: true, seed: 8 });
    const [a, b] = [hashes(join(again, 'data')), hashes(join(other, 'data'))];
    assert.deepEqual(Object.keys(a), Object.keys(b));
    assert.notEqual(
      a['/landing/CanalDigitaal_EPG_20240331.csv'],
      b['/landing/CanalDigitaal_EPG_20240331.csv'],
    );
  });

  it('tells what lies in landing, no more and no less', () => {
    const there = readdirSync(landing, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name).slice(landing.length + 1));
    assert.deepEqual(there.sort(), truth.files.map((f) => f.file).sort());
    const fated = (fate: string): number => truth.files.filter((f) => f.fate === fate).length;
    assert.deepEqual([fated('read'), fated('ignored'), fated('duplicate'), fated('rejected')], [48, 3, 1, 1]);
    assert.deepEqual(truth.missing, [{ date: '20240331', brand: 'TéléSAT', table: 'VODCatalogExtended' }]);
    assert.deepEqual(JSON.parse(readFileSync(join(root, 'sample_truth.json'), 'utf8')), truth);
  });

  it('counts records, ragged ones and other lines as other readers find them', () => {
    let footers = 0;
    for (const file of truth.files.filter((f) => f.fate === 'read')) {
      const found = parsed.get(file.file);
      assert.ok(found);
      assert.deepEqual(
        {
          raw: found.rows.length,
          few: found.tooFew,
          many: found.tooMany,
          blank: found.blank,
          preamble: found.preamble.length,
          header: found.header,
        },
        {
          raw: file.raw,
          few: file.too_few_fields,
          many: file.too_many_fields,
          blank: file.blank,
          preamble: file.preamble,
          header: file.header === 1 ? file.style?.columns : [],
        },
        file.file,
      );
      assert.equal(file.records, file.raw + file.too_few_fields + file.too_many_fields, file.file);
      if (found.footer === undefined) continue;
      footers += 1;
      assert.deepEqual(found.footer, ['TOTAL', String(file.records)]);
    }
    assert.ok(footers > 0 && parsed.size > 20, `${parsed.size} files, ${footers} footers`);
  });

  it('shows every style it promises', () => {
    const styles = truth.files.flatMap((f) => f.style ?? []);
    const all = (of: (s: (typeof styles)[number]) => string): string[] => [...new Set(styles.map(of))].sort();
    assert.deepEqual(
      all((s) => s.delimiter),
      ['\t', ',', ';', '^', '|', '||'],
    );
    assert.deepEqual(
      all((s) => s.encoding),
      ['utf-16le', 'utf-8', 'windows-1250', 'windows-1252'],
    );
    assert.deepEqual(
      all((s) => s.compression),
      ['gzip', 'none', 'zip', 'zstd'],
    );
    assert.deepEqual(
      all((s) => s.escape),
      ['backslash', 'doubled'],
    );
    assert.deepEqual(
      all((s) => s.quoting),
      ['all', 'minimal'],
    );
    assert.deepEqual(
      all((s) => s.newline),
      ['\n', '\r\n'],
    );
    assert.deepEqual(parsed.get('DIVEO_User_20240331.csv')?.preamble, ['sep=;']);
    assert.deepEqual(parsed.get('Focus_User_20240331.csv')?.preamble, [
      'Focus Sat daily export 20240331',
      '',
    ]);
    assert.ok(parsed.get('SkylinkCZ_User_20240331.csv')?.rows.some((row) => row.includes('Řezníček')));
    assert.ok(parsed.get('DIVEO_User_20240331.csv')?.rows.some((row) => row.includes('Großmann')));
    assert.ok(parsed.get('telesat/TéléSAT_User_20240331.csv')?.header.includes('Prénom'));
    assert.ok(parsed.get('DIVEO_EPG_20240331.csv')?.rows.some((row) => row.some((v) => v.includes('\r\n'))));
  });

  it('adds up from files to slots to tables', () => {
    for (const slot of truth.slots) {
      const files = truth.files.filter(
        (f) => f.fate === 'read' && f.date === slot.date && f.brand === slot.brand && f.table === slot.table,
      );
      assert.equal(
        slot.raw,
        sum(files, (f) => f.raw),
      );
      assert.equal(slot.silver, slot.raw - sum(slot.rejected, (r) => r.rows));
    }
    for (const table of truth.tables) {
      const slots = truth.slots.filter((s) => s.date === table.date && s.table === table.table);
      assert.equal(
        table.silver,
        sum(slots, (s) => s.silver),
      );
      assert.equal(table.gold, table.silver - table.duplicates - table.key_missing);
      assert.equal(table.accepted, table.gold - table.rejected);
      assert.ok(table.duplicates > 0 && table.rejected > 0, table.table);
    }
    assert.equal(truth.slots.filter((s) => s.table === 'Playback' && s.brand === 'CanalDigitaal').length, 1);
    assert.equal(truth.files.filter((f) => f.table === 'Playback' && f.brand === 'CanalDigitaal').length, 2);
  });

  it('plants what it says: keys, duplicates and references found by hand', () => {
    const rule = (table: string, id: string): number | undefined =>
      truth.tables.find((t) => t.table === table)?.rules[id];
    const users = column('User', 0);
    assert.equal(
      users.length - new Set(users).size,
      truth.tables.find((t) => t.table === 'User')?.duplicates,
    );
    const cards = column('Smartcard', 0).filter((v) => v !== '' && v !== '\\N');
    assert.equal(
      cards.length - new Set(cards).size,
      truth.tables.find((t) => t.table === 'Smartcard')?.duplicates,
    );
    assert.equal(cards.filter((v) => !/^\d{14}$/.test(v)).length, rule('Smartcard', 'card_number_form'));
    const known = new Set(users);
    const viewers = column('Playback', 1).filter((v) => v !== '' && v !== '\\N');
    assert.equal(viewers.filter((v) => !known.has(v)).length, rule('Playback', 'playback_user_known'));
    const titles = new Set(column('VODCatalog', 0));
    const facts = column('VODCatalogExtended', 0);
    assert.equal(facts.filter((v) => !titles.has(v)).length, rule('VODCatalogExtended', 'vodx_title_known'));
    // Duplicates repeat a serial number and its device; the planted ones repeat only the serial number.
    const serials = new Map<string, Set<string>>();
    const devices = column('Device', 0);
    column('Device', 2).forEach((serial, i) => {
      const key = serial.toUpperCase();
      serials.set(key, (serials.get(key) ?? new Set()).add(devices[i] ?? ''));
    });
    const shared = [...serials].filter(([serial, of]) => /^[A-Z]{3}\d{9}$/.test(serial) && of.size > 1);
    assert.equal(
      sum(shared, ([, of]) => of.size),
      rule('Device', 'device_serial_once'),
    );
  });

  it('names the record of each planted row', () => {
    const place = truth.planted.find((p) => p.plant === 'build of a developer');
    assert.ok(place);
    const [record] = place.source_rows;
    const row = parsed.get(place.file)?.rows[(record ?? 0) - 1];
    assert.ok(row?.includes('dev-build'), `${place.file} ${String(record)}`);
  });

  it('repeats one file byte for byte', () => {
    const twin = truth.files.find((f) => f.fate === 'duplicate');
    assert.ok(twin?.reason);
    assert.deepEqual(readFileSync(join(landing, twin.file)), readFileSync(join(landing, twin.reason)));
  });

  it('makes days that differ in every file and keep their subscribers', async () => {
    const at = folder();
    const days = await writeSample({ workspace: at, date: '20240301', rows: 3, days: 3, seed: 1 });
    assert.deepEqual(days.dates, ['20240228', '20240229', '20240301']);
    const read = days.files.filter((f) => f.fate === 'read');
    assert.equal(read.length, 3 * 49 - 1 + 1);
    const contents = read.map((f) =>
      createHash('sha256')
        .update(readFileSync(join(at, 'data/landing', f.file)))
        .digest('hex'),
    );
    assert.equal(new Set(contents).size, read.length);
    assert.deepEqual(days.planted, []);
    const names = async (date: string): Promise<unknown> => {
      const file = read.find((f) => f.brand === 'Diveo' && f.table === 'User' && f.date === date);
      assert.ok(file);
      const { rows } = await readBack(join(at, 'data/landing'), file);
      return rows.map((row) => row.slice(0, 10));
    };
    assert.deepEqual(await names('20240228'), await names('20240301'));
  });

  it('makes clean files of several delimiters on demand', async () => {
    const at = folder();
    const clean = await writeSample({ workspace: at, date: '20240331', rows: 200, clean: true });
    assert.equal(clean.files.length, 49);
    assert.deepEqual(clean.planted, []);
    assert.deepEqual(clean.missing, []);
    assert.deepEqual([...new Set(clean.files.map((f) => f.style?.delimiter))].sort(), ['\t', ',', ';', '|']);
    for (const file of clean.files) {
      const found = await readBack(join(at, 'data/landing'), file);
      assert.equal(found.rows.length, file.raw);
      assert.equal(found.tooFew + found.tooMany, 0);
    }
    for (const table of clean.tables) assert.equal(table.accepted, table.silver);
  });

  it('refuses options out of bounds and writes nothing', async () => {
    const workspace = folder();
    await refused({ workspace, date: '20240230' }, 'USAGE', /is not a valid date/);
    await refused({ workspace, date: '2024-03-31' }, 'USAGE', /is not a valid date/);
    await refused({ workspace, date: '20240331', rows: 0 }, 'USAGE', /^0 is not a valid number of rows/);
    await refused({ workspace, date: '20240331', rows: 1.5 }, 'USAGE', /^1.5 is not a valid number of rows/);
    await refused({ workspace, date: '20240331', rows: Number.NaN }, 'USAGE', /^NaN is not/);
    await refused({ workspace, date: '20240331', days: -1 }, 'USAGE', /^-1 is not a valid number of days/);
    await refused({ workspace, date: '20240331', seed: Infinity }, 'USAGE', /seed Infinity/);
    assert.deepEqual(readdirSync(workspace), []);
  });

  it('never overwrites unasked', async () => {
    const workspace = folder();
    writeFileSync(join(workspace, '.env'), 'MINE=1\n');
    await refused({ workspace, date: '20240331', rows: 5 }, 'USAGE', /\.env already exists/);
    assert.deepEqual(readdirSync(workspace), ['.env']);
    await writeSample({ workspace, date: '20240331', rows: 5, overwrite: true });
    assert.doesNotMatch(readFileSync(join(workspace, '.env'), 'utf8'), /MINE/);
  });

  it('says where a file stands in the way of a folder', async () => {
    const workspace = folder();
    writeFileSync(join(workspace, 'data'), 'not a folder');
    await assert.rejects(writeSample({ workspace, date: '20240331', rows: 5 }), (error: unknown) => {
      assert.ok(error instanceof PipelineError);
      assert.equal(error.code, 'FILE_UNREADABLE');
      return true;
    });
  });

  it('stops when it is told to', async () => {
    const workspace = folder();
    const stop = new AbortController();
    const work = writeSample({
      workspace,
      date: '20240331',
      rows: 100_000,
      signal: stop.signal,
      progress: (written) => {
        if (written === 9) setImmediate(() => stop.abort());
      },
    });
    await assert.rejects(
      work,
      (error: unknown) => error instanceof PipelineError && error.code === 'CANCELLED',
    );
    assert.ok(!existsSync(join(workspace, 'sample_truth.json')));
  });
});
