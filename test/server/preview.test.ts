// Looking into files through the engine process: real process, real workspace.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { View } from '../../src/shared/previewApi';
import { ChannelError, isCancelledCall } from '../../src/shared/channel';
import { startEngine, type EngineProcess } from '../../src/vscode/engine/process';

const SCRIPT = resolve(__dirname, '../../dist/server.js');
const DATE = '20241115';
const PLAIN: View = { sort: [], filters: [] };

describe('previews of the engine process', () => {
  let directory: string;
  let engine: EngineProcess;
  const parquet = (layer: string): string[] =>
    readdirSync(join(directory, 'data'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.startsWith(layer) && name.endsWith('.parquet'))
      .map((name) => join(directory, 'data', name))
      .sort();

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "m7 pre'view-"));
    engine = startEngine({
      script: SCRIPT,
      trusted: true,
      directory,
      environment: { SETTLE: '0' },
      log: () => undefined,
    });
    await engine.channel.call('init', { sample: { date: DATE, rows: 300 } });
    await engine.channel.call('run', { selection: { dates: [DATE] } });
  });

  after(async () => {
    engine.stop();
    await engine.gone;
    rmSync(directory, { recursive: true, force: true });
  });

  for (const layer of ['raw', 'silver', 'gold'])
    it(`leads a row of ${layer} back to its line in landing`, async () => {
      const { channel } = engine;
      const path = parquet(layer).find((name) => /User/.test(name)) ?? '';
      const { handle, traceable, total } = await channel.call('preview.open', { path });
      assert.equal(traceable, layer !== 'raw');
      assert.ok((total ?? 0) > 0);
      const [row] = (await channel.call('preview.page', { handle, view: PLAIN, offset: 0, limit: 1 })).rows;
      const [first] = row?.cells ?? [];
      const origin = await channel.call('preview.origin', { handle, view: PLAIN, position: 0 });
      assert.ok(origin.original !== null && origin.line !== null && origin.line > 1);
      assert.ok(typeof first === 'string' && origin.text?.includes(first), origin.text ?? '');
      await channel.call('preview.close', { handle });
    });

  it('leads rejected rows back, or says why not', async () => {
    const { channel } = engine;
    const found = parquet('rejects');
    assert.ok(found.length > 0);
    let led = 0;
    for (const path of found) {
      const { handle } = await channel.call('preview.open', { path });
      try {
        const origin = await channel.call('preview.origin', { handle, view: PLAIN, position: 0 });
        assert.notEqual(origin.file, '');
        led += 1;
      } catch (error) {
        assert.ok(error instanceof ChannelError && error.code === 'NOT_FOUND', String(error));
      }
      await channel.call('preview.close', { handle });
    }
    assert.ok(led > 0, 'some are led back');
  });

  it('tells failures and cancellation as such, and goes on', async () => {
    const { channel } = engine;
    const failed = (code: string) => (error: unknown) => error instanceof ChannelError && error.code === code;
    await assert.rejects(channel.call('preview.count', { handle: 'none', view: PLAIN }), failed('NOT_FOUND'));
    await assert.rejects(
      channel.call('preview.open', { path: join(directory, 'none.csv') }),
      failed('NOT_FOUND'),
    );
    const { handle } = await channel.call('preview.open', { path: parquet('gold')[0] ?? '' });
    const control = new AbortController();
    const view: View = { sort: [], filters: [{ kind: 'search', text: 'x', case: false }] };
    const call = channel.call('preview.count', { handle, view }, { signal: control.signal });
    control.abort();
    await assert.rejects(call, isCancelledCall);
    assert.ok((await channel.call('preview.count', { handle, view: PLAIN })) > 0);
    const query = await channel.call('preview.query', { handle, sql: 'SELECT count(*) AS n FROM file' });
    assert.deepEqual(
      query.columns.map((column) => column.name),
      ['n'],
    );
  });

  it('leaves nothing behind when the process ends', async () => {
    const other = startEngine({
      script: SCRIPT,
      trusted: true,
      directory,
      environment: { SETTLE: '0' },
      log: () => undefined,
    });
    await other.channel.call('preview.open', { path: parquet('gold')[0] ?? '' });
    const own = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith(`m7-preview-${other.pid ?? 0}-`));
    assert.equal(own().length, 1);
    other.stop();
    await other.gone;
    assert.deepEqual(own(), []);
  });
});
