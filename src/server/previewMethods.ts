// Answers about files that are looked into.
import { openData, openPreviewer } from '../engine';
import type { Methods } from '../shared/channel';
import type { PreviewApi } from '../shared/previewApi';

/** The methods of PreviewApi; rows are led back to landing by the data of this folder. */
export function previewMethods(directory: string): Methods<PreviewApi> {
  const previews = openPreviewer({ lake: () => openData({ directory }), workspace: directory });
  const { session } = previews;
  return {
    'preview.open': ({ path }, context) => previews.open(path, context),
    'preview.query': ({ handle, sql }, context) => previews.query(handle, sql, context),
    'preview.page': ({ handle, ...request }, context) => session(handle).page(request, context),
    'preview.count': ({ handle, view }, context) => session(handle).count(view, context),
    'preview.find': ({ handle, ...request }, context) => session(handle).find(request, context),
    'preview.profile': ({ handle, ...request }, context) => session(handle).profile(request, context),
    'preview.metadata': ({ handle }, context) => session(handle).metadata(context),
    'preview.cell': ({ handle, ...request }, context) => session(handle).cell(request, context),
    'preview.export': ({ handle, ...request }, context) => session(handle).export(request, context),
    'preview.copy': ({ handle, ...request }, context) => session(handle).copy(request, context),
    'preview.origin': async ({ handle, ...request }, context) =>
      session(handle).origin(request, await previews.lake(), context),
    'preview.close': async ({ handle }) => {
      await previews.close(handle);
      return null;
    },
  };
}
