import type { StoredMap } from './compressedDram.js';
import { mapsInLayout } from './layoutDma.js';
import { storedMap } from '../mapping/storedTile.js';
import type { ModelLayer } from '../model/model.js';
import type { Schedule } from '../schedule/schedule.js';
import type { Region } from '../schedule/transfer.js';
import { bytesView } from '../storage/elementBytes.js';
import { elementsInDram } from '../storage/featureMapLayout.js';
import type { ElementArray } from '../tensor/precision.js';
import { allocateElements, bytesOf } from '../tensor/precision.js';

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

/** The DRAM that one layer touches, region by region; feature maps and partial sums lie in the problem's layout. */
export interface LayerDram {
  readonly regions: Readonly<Record<Region, Uint8Array>>;
  /** Feature maps that lie compressed, and not in their regions. */
  readonly maps: StoredMaps;
  /** The ofmap region as elements, in the problem's layout. */
  readonly output: ElementArray;
}

/** @param input (images, channels, height, width), and so is `residual` */
export function createLayerDram(
  { problem }: Schedule,
  weights: StoredWeights,
  input: ElementArray,
  residual: ElementArray | undefined,
  maps: StoredMaps,
): LayerDram {
  const { input: ifmap, output: ofmap } = problem.window;
  const outputs = problem.images * elementsInDram(problem.layout, ofmap);
  const stored = problem.images * elementsInDram(problem.layout, storedMap(problem));
  const output = allocateElements(problem.precision, stored);
  return {
    regions: {
      input: bytesView(mapsInLayout(problem, ifmap, input)),
      residual:
        residual === undefined ? new Uint8Array(0) : bytesView(mapsInLayout(problem, ofmap, residual)),
      weights: weights.bytes,
      table: weights.table,
      psum: new Uint8Array(problem.kind === 'conv' ? outputs * bytesOf(problem.accumulator) : 0),
      output: bytesView(output),
      pointers: new Uint8Array(0),
    },
    maps,
    output,
  };
}
