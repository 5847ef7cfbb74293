import { denseSupports } from '../sparsity/supports.js';
import { bytesOf } from '../tensor/precision.js';
import { bytesView } from './elementBytes.js';
import { describeLayer, noDecoding } from './format.js';
import type { StorageFormat } from './format.js';

/** Every tap of every kernel, zeros included. */
export const dense: StorageFormat = {
  name: 'dense',
  description:
    'Every tap of every kernel, zeros included; no index.\nThe array cannot tell a zero from a weight and streams all k*k taps.',
  needsWeights: false,
  refusal: () => undefined,
  prepare: (layer) => {
    const { filters, channels, taps } = layer.supports;
    const kernelBytes = taps * bytesOf(layer.precision);
    return {
      format: dense,
      descriptor: describeLayer(layer),
      supports: layer.supports,
      repeats: 1,
      streamed:
        layer.supports.assignment.kind === 'dense' ? layer.supports : denseSupports(filters, channels, taps),
      readsPatternTable: false,
      table: new Uint8Array(0),
      tileSize: ({ filterCount, channelCount }) => ({
        valueBytes: filterCount * channelCount * kernelBytes,
        positionBytes: 0,
        pointerBytes: 0,
      }),
      encodeTile: (weights, tile, out) => {
        const source = bytesView(weights);
        const rowBytes = tile.channelCount * kernelBytes;
        for (let filter = 0; filter < tile.filterCount; filter++) {
          const start = ((tile.filterStart + filter) * channels + tile.channelStart) * kernelBytes;
          out.set(source.subarray(start, start + rowBytes), filter * rowBytes);
        }
      },
      decodeWork: () => noDecoding,
    };
  },
  decodeTile: (bytes, _table, _descriptor, _tile, size, out) => {
    bytesView(out).set(bytes.subarray(0, size.valueBytes));
  },
};
