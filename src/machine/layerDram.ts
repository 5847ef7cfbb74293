import type { StoredMap } from './compressedDram.js';
import type { MachineMemory } from './memory.js';
import type { Shape } from '../network/layer.js';
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
  readonly output?: Uint8Array | undefined;
}

/**
 * The DRAM that one layer touches, region by region; feature maps and partial sums lie in the problem's layout. The region of a map
 * that stays on chip lies in its buffer.
 */
export interface LayerDram {
  readonly regions: Readonly<Record<Region, Uint8Array>>;
  /** Feature maps that lie compressed, and not in their regions. */
  readonly maps: StoredMaps;
  /** A copy of the ofmap region as elements, in the problem's layout. */
  output(): ElementArray;
}

/**
 * @param memory where the regions of feature maps and partial sums lie
 * @param input (images, channels, height, width), and so is `residual`
 */
export function createLayerDram(
  schedule: Schedule,
  memory: MachineMemory,
  weights: StoredWeights,
  input: ElementArray,
  residual: ElementArray | undefined,
  maps: StoredMaps,
  kept: KeptBytes = {},
): LayerDram {
  const { problem } = schedule;
  const { input: ifmap, output: ofmap } = problem.window;
  const outputs = problem.images * elementsInDram(problem.layout, ofmap);
  const stored = problem.images * elementsInDram(problem.layout, storedMap(problem));
  const output = kept.output ?? memory.allocate(stored * bytesOf(problem.precision)).fill(0);
  const regionOf = (map: Shape, maps: ElementArray): Uint8Array => {
    const bytes = bytesView(mapsInLayout(problem, map, maps));
    const region = memory.allocate(bytes.length);
    region.set(bytes);
    return region;
  };
  const psumBytes = schedule.footprint.psum === undefined ? 0 : outputs * bytesOf(problem.accumulator);
  return {
    regions: {
      input: kept.input ?? regionOf(ifmap, input),
      residual: kept.residual ?? (residual === undefined ? new Uint8Array(0) : regionOf(ofmap, residual)),
      weights: weights.bytes,
      table: weights.table,
      psum: memory.allocate(psumBytes),
      output,
      pointers: new Uint8Array(0),
    },
    maps,
    output: () => viewElements(problem.precision, new Uint8Array(output).buffer, 0, stored),
  };
}
