// Answers of the views: what lies in the layers, and what the warehouse confirms.
import { readLayerDates, readLayerFiles, readLayers, readTableLoads } from '../engine';
import type { Methods } from '../shared/channel';
import type { LayersApi } from '../shared/serverApi';

/** The methods of LayersApi for one folder. */
export function layersMethods(directory: string): Methods<LayersApi> {
  return {
    layers: (_, { signal }) => readLayers({ directory, signal }),
    layerDates: ({ layer, dates }, { signal }) => readLayerDates({ directory, signal }, layer, dates),
    layerFiles: ({ layer, date }, { signal }) => readLayerFiles({ directory, signal }, layer, date),
    loads: (_, { signal }) => readTableLoads({ directory, signal }),
  };
}
