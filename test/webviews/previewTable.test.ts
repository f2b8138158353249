// The rows of a view as far as they are known: they may grow, and never go back while the view stays.
import assert from 'node:assert/strict';
import type { PreviewOpened } from '../../src/shared/previewApi';
import type { Host, PreviewSource } from '../../src/webviews/preview/source';
import { Table } from '../../src/webviews/preview/table';
import { createTasks } from '../../src/webviews/preview/tasks';
import { EVERYTHING } from '../../src/webviews/preview/views';

const turn = (): Promise<void> => new Promise((settle) => setImmediate(settle));

interface Count {
  readonly progress: (rows: number) => void;
  readonly fail: (error: Error) => void;
  readonly answer: (rows: number) => void;
}

describe('the rows of a preview', () => {
  it('stay known where counting begins again after the engine has ended', async () => {
    const counts: Count[] = [];
    const host = {
      call: (method: string, _: unknown, options: { onProgress?: (rows: number) => void }) =>
        new Promise<number>((answer, fail) => {
          if (method === 'preview.count' && options.onProgress !== undefined)
            counts.push({ progress: options.onProgress, fail, answer });
        }),
    } as unknown as Host;
    const opened = { columns: [], total: null } as unknown as PreviewOpened;
    const source = { opened, handle: () => Promise.resolve(1) } as unknown as PreviewSource;
    const ignore = (): void => undefined;
    const table = new Table({
      host,
      source,
      tasks: createTasks(ignore),
      view: EVERYTHING,
      changed: ignore,
      failed: ignore,
    });
    await turn();
    counts[0]?.progress(5_500);
    const known = table.rows;
    assert.ok(known >= 5_500);
    counts[0]?.fail(new Error('The engine has ended.'));
    await turn();
    table.retry();
    await turn();
    assert.equal(counts.length, 2);
    counts[1]?.progress(512);
    assert.equal(table.rows, known, 'a grid that is scrolled there would lose its place');
    counts[1]?.answer(75_000);
    await turn();
    assert.equal(table.rows, 75_000);
    table.close();
  });
});
