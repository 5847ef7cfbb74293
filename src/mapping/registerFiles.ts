import type { Accelerator } from '../accelerator/accelerator.js';
import { arrayContext } from '../accelerator/arrayContext.js';
import { registerTensors } from '../dataflow/counters.js';
import type { RegisterTensor } from '../dataflow/counters.js';
import type { RegisterEntries } from '../dataflow/dataflow.js';
import { mappedDataflow } from './mappedDataflow.js';
import type { Mapping } from './mapping.js';
import { passShape } from './passShape.js';
import type { ConvProblem, LayerProblem } from './problem.js';
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
  const { registerFiles } = accelerator.array;
  if (problem.kind === 'vector' || !registerTensors.some((file) => registerFiles[file] !== undefined))
    return undefined;
  const { entries, bits } = needOf(problem, mapping, accelerator);
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

/**
 * Entries of each register file of a PE: the whole ones that the bytes given in the accelerator hold, and what the largest
 * tile of a mapping needs where none are given. A layer without MACs needs none.
 */
export function registerEntries(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
): RegisterEntries {
  if (problem.kind === 'vector') return { ifmap: 0, weight: 0, psum: 0 };
  const { registerFiles } = accelerator.array;
  const { entries, bits } = needOf(problem, mapping, accelerator);
  const size = (file: RegisterTensor): number => {
    const capacityBytes = registerFiles[file];
    return capacityBytes === undefined ? entries[file] : Math.floor((capacityBytes * 8) / bits[file]);
  };
  return { ifmap: size('ifmap'), weight: size('weight'), psum: size('psum') };
}

interface RegisterNeed {
  readonly entries: RegisterEntries;
  /** Of an entry. */
  readonly bits: Readonly<Record<RegisterTensor, number>>;
}

/** What a PE needs for the largest tile of a mapping. */
function needOf(problem: ConvProblem, mapping: Mapping, accelerator: Accelerator): RegisterNeed {
  const shape = passShape(problem, mapping, firstTile(problem, mapping));
  return {
    entries: mappedDataflow(accelerator, mapping).registerEntries(shape, arrayContext(accelerator)),
    bits: { ifmap: shape.ifmapBits, weight: shape.weightBits, psum: shape.psumBits },
  };
}

/** The tile that the others are no larger than. */
export function firstTile(problem: LayerProblem, { tile }: Mapping): Tile {
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
