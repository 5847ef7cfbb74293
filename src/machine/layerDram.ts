import type { StoredMap } from './compressedDram.js';
import { mapsInLayout } from './layoutDma.js';
import { storedMap } from '../mapping/storedTile.js';
import type { ModelLayer } from '../model/model.js';
import type { Schedule } from '../schedule/schedule.js';
import type { Region } from '../schedule/transfer.js';
import { bytesView } from '../storage/elementBytes.js';
import { elementsInDram } from '../storage/featureMapLayout.js';
import type { ElementArray } from '../tensor/precision.js';
import { bytesOf, viewElements } from '../tensor/precision.js';

/** A layer's weights as they lie in DRAM, encoded once and run for as many batches as wanted. */
export interface StoredWeights {
  readonly bytes: Uint8Array;
  readonly table: Uint8Array;
}

/** Encodes a convolution's weights, tile by tile, at the places that the schedule gives them. */
export function storeWeights(
  { layer, operands }: ModelLayer,
  { problem, weightLayout }: Schedule,
): StoredWeights {
  if (problem.kind === 'vector' || weightLayout === undefined) {
    return { bytes: new Uint8Array(0), table: new Uint8Array(0) };
  }
  if (operands === undefined) throw new Error(`layer ${layer.name} has no weights`);
  const { storage } = problem;
  const bytes = new Uint8Array(weightLayout.regionBytes);
  for (const { tile, offset } of weightLayout.tiles.values()) {
    storage.encodeTile(operands.weights, tile, bytes.subarray(offset));
  }
  return { bytes, table: storage.table };
}

/** A layer's maps that lie compressed in DRAM; the output's is empty before it runs. */
export interface StoredMaps {
  readonly input?: StoredMap | undefined;
  readonly residual?: StoredMap | undefined;
  readonly output?: StoredMap | undefined;
}

/** The bytes of a layer's maps that stay on chip, in their buffers. */
export interface KeptBytes {
  readonly input?: Uint8Array | undefined;
  readonly residual?: Uint8Array | undefined;
  readonly output?: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * The DRAM that one layer touches, region by region; feature maps and partial sums lie in the problem's layout. The region of a map
 * that stays on chip lies in its buffer.
 */
export interface LayerDram {
  readonly regions: Readonly<Record<Region, Uint8Array>>;
  /** Feature maps that lie compressed, and not in their regions. */
  readonly maps: StoredMaps;
  /** The ofmap region as elements, in the problem's layout; of a map that stays on chip a copy. */
  output(): ElementArray;
}

/** @param input (images, channels, height, width), and so is `residual` */
export function createLayerDram(
  { problem }: Schedule,
  weights: StoredWeights,
  input: ElementArray,
  residual: ElementArray | undefined,
  maps: StoredMaps,
  kept: KeptBytes = {},
): LayerDram {
  const { input: ifmap, output: ofmap } = problem.window;
  const outputs = problem.images * elementsInDram(problem.layout, ofmap);
  const stored = problem.images * elementsInDram(problem.layout, storedMap(problem));
  const output = kept.output ?? new Uint8Array(stored * bytesOf(problem.precision));
  return {
    regions: {
      input: kept.input ?? bytesView(mapsInLayout(problem, ifmap, input)),
      residual:
        kept.residual ??
        (residual === undefined ? new Uint8Array(0) : bytesView(mapsInLayout(problem, ofmap, residual))),
      weights: weights.bytes,
      table: weights.table,
      psum: new Uint8Array(problem.kind === 'conv' ? outputs * bytesOf(problem.accumulator) : 0),
      output,
      pointers: new Uint8Array(0),
    },
    maps,
    output: () => {
      const { buffer } = kept.output === undefined ? output : output.slice();
      return viewElements(problem.precision, buffer, 0, stored);
    },
  };
}
