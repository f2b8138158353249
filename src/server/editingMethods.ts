// Answers to an editor of the config files; what is read and opened for them is kept between two calls.
import { openEditing } from '../engine';
import type { Methods } from '../shared/channel';
import type { EditingApi } from '../shared/editingApi';

/** The methods of EditingApi for one folder, for as long as the process lives. */
export function editingMethods(directory: string): Partial<Methods<EditingApi>> {
  const editing = openEditing({ directory });
  return {
    'editing.files': () => editing.files(),
    'editing.complete': ({ draft, offset }, { signal }) => editing.complete(draft, offset, signal),
    'editing.diagnose': ({ draft }, { signal }) => editing.diagnose(draft, signal),
  };
}
