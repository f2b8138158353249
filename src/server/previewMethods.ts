// Answers about files that are looked into.
import { openPreviewer } from '../engine';
import type { Methods } from '../shared/channel';
import type { PreviewApi } from '../shared/previewApi';

/** The methods of PreviewApi. */
export function previewMethods(): Pick<
  Methods<PreviewApi>,
  'preview.open' | 'preview.page' | 'preview.count' | 'preview.close'
> {
  const previews = openPreviewer();
  return {
    'preview.open': ({ path }, context) => previews.open(path, context),
    'preview.page': ({ handle, ...request }, context) => previews.page(handle, request, context),
    'preview.count': ({ handle, view }, context) => previews.count(handle, view, context),
    'preview.close': async ({ handle }) => {
      await previews.close(handle);
      return null;
    },
  };
}
