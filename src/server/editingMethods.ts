// Answers to an editor of the config files; what is read and opened for them is kept between two calls.
import { openEditing } from '../engine';
import type { Methods } from '../shared/channel';
import type { EditingApi } from '../shared/editingApi';

/** The methods of EditingApi for one folder, for as long as the process lives. */
export function editingMethods(directory: string): Methods<EditingApi> {
  const editing = openEditing({ directory });
  process.once('exit', () => editing.close());
  return {
    'editing.files': () => editing.files(),
    'editing.complete': ({ draft, offset }, { signal }) => editing.complete(draft, offset, signal),
    'editing.hover': async ({ draft, offset }, { signal }) =>
      (await editing.hover(draft, offset, signal)) ?? null,
    'editing.diagnose': ({ draft }, { signal }) => editing.diagnose(draft, signal),
    'editing.lenses': ({ draft }) => editing.lenses(draft),
    'editing.locate': async (wanted) => (await editing.locate(wanted)) ?? null,
    'editing.nameColumn': async ({ draft, ...wanted }) => (await editing.nameColumn(draft, wanted)) ?? null,
    'editing.dates': ({ table }) => editing.dates(table),
    'editing.tryRule': ({ draft, ...wanted }, context) => editing.tryRule(draft, wanted, context),
    'editing.failingRows': async ({ draft, ...wanted }, context) =>
      (await editing.failingRows(draft, wanted, context)) ?? null,
    'editing.whatWouldChange': ({ draft, ...wanted }, context) =>
      editing.whatWouldChange(draft, wanted, context),
  };
}
