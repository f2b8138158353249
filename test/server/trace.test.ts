// Lines of landing files through the engine process: real process, generated files of all brands and dialects.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Report } from '../../src/engine';
import { ChannelError, isCancelledCall } from '../../src/shared/channel';
import type { View } from '../../src/shared/previewApi';
import type { LineName, LineTrace } from '../../src/shared/traceApi';
import { startEngine, type EngineProcess } from '../../src/vscode/engine/process';

const SCRIPT = resolve(__dirname, '../../dist/server.js');
const DATE = '20241115';
const PLAIN: View = { sort: [], filters: [] };

describe('lines of landing files, by the engine process', function () {
  this.timeout(120_000);
  let directory: string;
  let engine: EngineProcess;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "m7 tra'ce-"));
    engine = startEngine({
      script: SCRIPT,
      trusted: true,
      directory,
      environment: { SETTLE: '0' },
      log: () => undefined,
    });
    await engine.channel.call('init', { sample: { date: DATE, rows: 60 } });
    await engine.channel.call('run', { selection: { dates: [DATE] } });
  });
  after(async () => {
    engine.stop();
    await engine.gone;
    rmSync(directory, { recursive: true, force: true });
  });

  const trace = async (name: LineName): Promise<LineTrace> =>
    (await engine.channel.call('trace.line', name)).trace;
  const originals = (table: string): readonly string[] => {
    const raw = join(directory, 'data/raw', DATE);
    return readdirSync(raw).flatMap((brand) =>
      readdirSync(join(raw, brand))
        .filter((name) => name.startsWith(`${table}.`) && !name.endsWith('.parquet'))
        .map((name) => join(raw, brand, name)),
    );
  };
  const report = (table: string): Report =>
    JSON.parse(readFileSync(join(directory, 'data/logs/reports', DATE, `${table}.json`), 'utf8'));
  const failed = (code: string) => (error: unknown) => error instanceof ChannelError && error.code === code;

  it('accounts for every line of every brand as the report does', async () => {
    const found = { loaded: 0, kept_out: 0, other: 0 };
    const files = originals('VODCatalog');
    assert.ok(files.length >= 6);
    for (const path of files)
      for (let line = 1; ;) {
        const told = await trace({ kind: 'line', path, line }).catch((error: unknown) => {
          if (failed('USAGE')(error)) return undefined;
          throw error;
        });
        if (told === undefined) break;
        assert.ok(
          ['loaded', 'kept_out', 'no_record'].includes(told.outcome),
          `${path}:${line} ${told.summary}`,
        );
        found[told.outcome === 'loaded' || told.outcome === 'kept_out' ? told.outcome : 'other']++;
        line = (told.line ?? line) + told.lines;
      }
    const { rows } = report('VODCatalog');
    assert.deepEqual([found.loaded, found.kept_out], [rows.loaded, rows.rejected + rows.duplicates]);
  });

  it('marks what the rejects and samples of the report name, within the file', async () => {
    let out = 0;
    let rules = 0;
    for (const path of originals('Playback')) {
      const found = await engine.channel.call('trace.marks', { path });
      assert.ok(found !== null);
      out += new Set(
        found.marks.flatMap(({ message, line }) => (/^(Rejected|Not in gold): /.test(message) ? [line] : [])),
      ).size;
      if (/\.(gz|zip|zst)$/.test(path)) continue;
      const lines = readFileSync(path, 'latin1').split(/\r\n|\r|\n/);
      for (const mark of found.marks) {
        assert.ok(lines[mark.line] !== undefined, `${path}:${mark.line}`);
        assert.ok(mark.message !== '' && mark.code !== '');
        if (mark.link?.kind !== 'rule') continue;
        rules += 1;
        assert.ok(
          report('Playback').findings.some(({ id }) => id === mark.code),
          mark.code,
        );
      }
    }
    const { rows } = report('Playback');
    assert.equal(out, rows.rejected + rows.duplicates);
    assert.ok(out > 0 && rules > 0);
  });

  it('follows a row of every preview: raw, silver, gold, rejects, and the text of a landing file', async () => {
    const { channel } = engine;
    const files = readdirSync(join(directory, 'data'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /Device(\.\d)?\.parquet$/.test(name))
      .map((name) => join(directory, 'data', name));
    const texts = originals('Device').filter((path) => path.endsWith('.csv'));
    assert.ok(files.length > 3 && texts.length > 1);
    const followed = new Set<string>();
    for (const path of [...files, ...texts.slice(0, 3)]) {
      const { handle, follows } = await channel.call('preview.open', { path });
      assert.equal(follows, true, path);
      const origin = await channel.call('preview.origin', { handle, view: PLAIN, position: 0 });
      const told = await trace(origin.follow);
      assert.equal(told.table, 'Device');
      assert.equal(told.text, origin.text, path);
      followed.add(told.steps[0]?.at ?? '');
      await channel.call('preview.close', { handle });
    }
    const { follows } = await channel
      .call('preview.open', { path: join(directory, 'sample_truth.json') })
      .then(
        (opened) => opened,
        () => ({ follows: false }),
      );
    assert.equal(follows, false);
    assert.deepEqual([...followed], ['landing']);
  });

  it('answers while the config is wrong with what is wrong in it, and goes on afterwards', async () => {
    const [path = ''] = originals('Device');
    const rules = join(directory, 'config/validation_rules.json');
    const text = readFileSync(rules, 'utf8');
    writeFileSync(rules, '{"tables": {');
    try {
      await assert.rejects(trace({ kind: 'line', path, line: 2 }), failed('CONFIG_INVALID'));
    } finally {
      writeFileSync(rules, text);
    }
    assert.equal((await trace({ kind: 'line', path, line: 2 })).table, 'Device');
  });

  for (const [what, name, code] of [
    ['a line that is not there', { kind: 'line', path: '', line: 1e9 }, 'USAGE'],
    ['line 0', { kind: 'line', path: '', line: 0 }, 'USAGE'],
    ['another file', { kind: 'line', path: '/etc/hostname', line: 1 }, 'NOT_FOUND'],
    ['a record that is not there', { kind: 'number', path: '', row: 1e9 }, 'USAGE'],
    [
      'a record of nothing',
      { kind: 'record', name: { date: DATE, table: 'x', file: 'y', row: 1 } },
      'NOT_FOUND',
    ],
  ] as const satisfies readonly (readonly [string, LineName, string])[])
    it(`refuses ${what}`, async () => {
      const [path = ''] = originals('Device');
      const asked = 'path' in name && name.path === '' ? { ...name, path } : name;
      await assert.rejects(trace(asked), (error: unknown) => {
        assert.ok(error instanceof ChannelError);
        assert.equal(error.code, code);
        assert.notEqual(error.plain.remedy, '');
        return true;
      });
    });

  it('stops when nobody waits any more', async () => {
    const stop = new AbortController();
    const [path = ''] = originals('Device');
    const asked = engine.channel.call('trace.line', { kind: 'line', path, line: 3 }, { signal: stop.signal });
    stop.abort();
    await assert.rejects(asked, isCancelledCall);
  });

  it('says that an original is gone, and finds it again', async () => {
    const [path = ''] = originals('Device');
    renameSync(path, `${path}.away`);
    try {
      await assert.rejects(trace({ kind: 'line', path, line: 3 }), failed('NOT_FOUND'));
      assert.deepEqual((await engine.channel.call('trace.marks', { path }))?.marks, []);
    } finally {
      renameSync(`${path}.away`, path);
    }
    assert.ok((await trace({ kind: 'line', path, line: 3 })).text !== null);
  });
});
