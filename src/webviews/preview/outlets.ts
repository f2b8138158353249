// What leaves the preview: to the clipboard, to a file, to the landing line a row came from.
import type { ExportFormat } from '../../shared/previewApi';
import { copyBlock, neutralizedWords, type CopyFormat } from './copy';
import type { PreviewContext } from './context';
import { block } from './selection';
import { t } from './words';

export interface Outlets {
  /** Copies what is chosen. */
  readonly copy: (format: CopyFormat, header: boolean, exact?: boolean) => void;
  readonly copyText: (text: string) => void;
  /** Opens the landing file at the line of a row. */
  readonly source: (row: number) => void;
  /** Shows what became of a row. */
  readonly follow: (row: number) => void;
  /** Writes the view to a file: its rows, and its columns as they are arranged. */
  readonly exportAs: (format: ExportFormat, exact?: boolean) => void;
}

export function createOutlets(context: PreviewContext): Outlets {
  const { host, tasks, banner, announcer, failed } = context;
  return {
    copy: (format, header, exact = false) => {
      const { table, layout, selection } = context.tab;
      const chosen = block(selection, { rows: table.rows, columns: layout.columns.length });
      if (chosen === undefined) return;
      tasks
        .run(t('Copying…'), (signal) =>
          copyBlock(host, { table, layout, block: chosen, format, header, exact }, signal),
        )
        .then(({ kind, words, changed = false }) => {
          announcer.say(words);
          if (kind === 'too_many') banner.show('warning', words);
          else if (changed) banner.show('note', words);
        }, failed);
    },
    copyText: (text) => {
      host.call('host.copy', { text }).then(() => announcer.say(t('Copied.')), failed);
    },
    source: (row) => {
      const { source, table } = context.tab;
      tasks
        .run(t('Looking for the landing line…'), async (signal) => {
          const params = { handle: await source.handle(), view: table.view, position: row };
          await host.call('host.openOrigin', await host.call('preview.origin', params, { signal }));
        })
        .catch(failed);
    },
    follow: (row) => {
      const { source, table } = context.tab;
      tasks
        .run(t('Looking for the landing line…'), async (signal) => {
          const params = { handle: await source.handle(), view: table.view, position: row };
          await host.call('host.follow', await host.call('preview.origin', params, { signal }));
        })
        .catch(failed);
    },
    exportAs: (format, exact = false) => {
      const { source, table, layout, layoutState } = context.tab;
      const { hidden, order, pinned } = layoutState;
      const arranged = hidden.length + order.length + pinned.length > 0;
      const columns = layout.columns.map(({ column }) => column.name);
      tasks
        .run(t('Exporting…'), async (signal) => {
          const params = { handle: await source.handle(), view: table.view, format, exact };
          return host.call('host.export', arranged ? { ...params, columns } : params, { signal });
        })
        .then((done) => {
          if (done === null) return;
          const written = t('{0} rows written to {1}.', done.rows, done.target);
          banner.show('note', [written, ...neutralizedWords(done.neutralized)].join(' '));
          announcer.say(t('{0} rows written.', done.rows));
        }, failed);
    },
  };
}
