import type { Supports } from '../sparsity/supports.js';
import type { ElementArray, Precision } from '../tensor/precision.js';
import { bytesOf } from '../tensor/precision.js';
import { bytesView } from './elementBytes.js';
import type { LayerDescriptor, StorageFormat, WeightTile } from './format.js';

/** Every tap of every kernel, zeros included. */
export const dense: StorageFormat = {
  name: 'dense',
  description:
    'Every tap of every kernel, zeros included; no index.\nThe array cannot tell a zero from a weight and streams all k*k taps.',
  exposesSupports: false,
  refusal: () => undefined,
  encodeTable: () => new Uint8Array(0),
  tableBytes: () => 0,
  tileSize: (supports, tile, precision) => ({
    valueBytes: tile.filterCount * tile.channelCount * supports.taps * bytesOf(precision),
    indexBytes: 0,
  }),
  encodeTile,
  decodeTile,
};

function encodeTile(
  weights: ElementArray,
  supports: Supports,
  tile: WeightTile,
  precision: Precision,
  out: Uint8Array,
): void {
  const source = bytesView(weights);
  const kernelBytes = supports.taps * bytesOf(precision);
  const rowBytes = tile.channelCount * kernelBytes;
  for (let filter = 0; filter < tile.filterCount; filter++) {
    const kernel = (tile.filterStart + filter) * supports.channels + tile.channelStart;
    out.set(source.subarray(kernel * kernelBytes, kernel * kernelBytes + rowBytes), filter * rowBytes);
  }
}

function decodeTile(
  bytes: Uint8Array,
  _table: Uint8Array,
  descriptor: LayerDescriptor,
  tile: WeightTile,
  out: ElementArray,
): void {
  const length = tile.filterCount * tile.channelCount * descriptor.taps * bytesOf(descriptor.precision);
  bytesView(out).set(bytes.subarray(0, length));
}
