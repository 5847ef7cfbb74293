import type { Accelerator } from '../accelerator/accelerator.js';
import { arrayContext } from '../accelerator/arrayContext.js';
import { registerTensors } from '../dataflow/counters.js';
import type { RegisterTensor } from '../dataflow/counters.js';
import { dataflowOf } from '../dataflow/dataflows.js';
import type { Mapping } from './mapping.js';
import { passShape } from './passShape.js';
import type { LayerProblem } from './problem.js';
import { wholeTile } from './problem.js';
import type { Tile } from './tiles.js';

/** A register file of a PE that is too small for a mapping. */
export interface RegisterShortage {
  readonly file: RegisterTensor;
  readonly neededBytes: number;
  readonly capacityBytes: number;
}

/** The first register file that the largest tile of a mapping overflows; undefined when all is well, or no limits are given. */
export function registerShortage(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
): RegisterShortage | undefined {
  const { registerFiles, dataflow } = accelerator.array;
  if (problem.kind === 'vector' || !registerTensors.some((file) => registerFiles[file] !== undefined))
    return undefined;
  const shape = passShape(problem, mapping, firstTile(problem, mapping));
  const entries = dataflowOf(dataflow).registerEntries(shape, arrayContext(accelerator));
  const bits = { ifmap: shape.ifmapBits, weight: shape.weightBits, psum: shape.psumBits };
  for (const file of registerTensors) {
    const capacityBytes = registerFiles[file];
    const neededBytes = Math.ceil((entries[file] * bits[file]) / 8);
    if (capacityBytes !== undefined && neededBytes > capacityBytes)
      return { file, neededBytes, capacityBytes };
  }
  return undefined;
}

/** Such as "weight register file: needs 448 B in each PE, has 224 B". */
export function describeRegisterShortage({ file, neededBytes, capacityBytes }: RegisterShortage): string {
  return `${file} register file: needs ${neededBytes} B in each PE, has ${capacityBytes} B`;
}

function firstTile(problem: LayerProblem, { tile }: Mapping): Tile {
  return {
    group: 0,
    imageStart: 0,
    imageCount: tile.images,
    filterStart: 0,
    filterCount: tile.filters,
    channelStart: 0,
    channelCount: tile.channels,
    rowStart: 0,
    rowCount: tile.rows,
    columnStart: 0,
    columnCount: tile.columns,
    firstChannels: true,
    lastChannels: tile.channels >= wholeTile(problem).channels,
  };
}
