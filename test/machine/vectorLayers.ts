import type { ModelLayer } from '../../src/model/model.js';
import type { MapName } from '../../src/network/layer.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { pool } from '../model/networks.js';

/** A layer of every kind without weights, int8, and the maps of `images` images that they read. */
export function vectorLayers(images = 1): { layers: ModelLayer[]; maps: Map<MapName, ElementArray> } {
  const shape = { channels: 3, height: 7, width: 6 };
  const requantization = {
    multiplier: Int32Array.of(40000),
    shift: Uint8Array.of(18),
    residualMultiplier: Float64Array.of(70000),
    min: -127,
    max: 127,
  };
  const base = { outputShape: shape, relu: false };
  return {
    layers: [
      { layer: pool('max', 'max-pool', 'input', shape, 3, 2, 1) },
      { layer: { ...pool('max', 'max-pool', 'input', shape, 2), relu: true } },
      { layer: pool('average', 'average-pool', 'input', shape, 3, 1, 1), requantization },
      {
        layer: { ...base, kind: 'add', name: 'add', inputs: ['input', 'other'], output: 'add' },
        requantization,
      },
      { layer: { ...base, kind: 'relu', name: 'relu', input: 'input', output: 'relu' }, requantization },
    ],
    maps: new Map<MapName, ElementArray>([
      ['input', Int8Array.from({ length: images * 126 }, (_, i) => ((i * 37) % 255) - 127)],
      ['other', Int8Array.from({ length: images * 126 }, (_, i) => ((i * 91) % 255) - 127)],
    ]),
  };
}
