import type { Supports } from '../sparsity/supports.js';
import type { ArraySettings } from './arraySettings.js';
import type { AccessTable, DecodeCounts, RegisterTensor } from './counters.js';
import { createAccessTable } from './counters.js';
import type { PassWindow } from './passWindow.js';
import type { Ports } from './ports.js';
import type { RowStationaryMapping } from './rowStationary/mapping.js';

/** What one array pass has to compute: a tile of the layer as a matrix product. */
export interface PassShape {
  readonly window: PassWindow;
  /** Output positions of the tile, images included. */
  readonly positions: number;
  readonly filterStart: number;
  readonly filterCount: number;
  readonly channelStart: number;
  readonly channelCount: number;
  /** Supports as the array sees them. */
  readonly streamed: Supports;
  /** Whether the taps are looked up in a table of patterns. */
  readonly readsPatternTable: boolean;
  /** Neighbouring phases of the period that share columns. */
  readonly phasesPerGroup: number;
  /** Of the dataflow `row-stationary`, which chooses one itself unless given. */
  readonly rowStationary?: RowStationaryMapping | undefined;
  /** No partial sums exist yet for this tile. */
  readonly firstChannels: boolean;
  /** The sums are complete after this pass and go to the post-processor. */
  readonly lastChannels: boolean;
  /** The post-processor adds a second feature map. */
  readonly residual: boolean;
  readonly ifmapBits: number;
  readonly weightBits: number;
  readonly psumBits: number;
  readonly ofmapBits: number;
}

/** The array and the ports around it, worked out once per accelerator. */
export interface ArrayContext extends ArraySettings {
  readonly ports: Ports;
  readonly bufferCount: number;
  readonly postProcessorLanes: number;
  readonly entriesPerCycle: number;
}

/** What one pass costs. All figures are exact; a pass of the same shape always costs the same. */
export interface PassCost {
  /** Array cycles, stalls included. */
  cycles: number;
  /** Of these, the first fold's: the previous pass's results drain behind it. */
  firstFoldCycles: number;
  /** Cycles after the pass until its last results have left, hidden behind the next pass. */
  tailDrainCycles: number;
  weightLoadStalls: number;
  decodeStalls: number;
  ifmapStalls: number;
  psumStalls: number;
  drainStalls: number;
  /** Reads by the array and writes by array and post-processor. */
  readonly accesses: AccessTable;
  ifmapRegister: { reads: number; writes: number };
  weightRegister: { reads: number; writes: number };
  psumRegister: { reads: number; writes: number };
  /**
   * Values that pass from a PE to the one next to it: handed on, or on a bus or multicast tree to each PE that takes them
   * after the first. A sum that leaves passes through all PEs between its own and the array's edge. The way from a buffer
   * to the first PE is none, nor is the one between the edge and a buffer.
   */
  readonly hops: Record<RegisterTensor, number>;
  /** PEs that work on a sum, in the fold that has most of them. */
  activePes: number;
  /** Multiplications carried out. */
  macs: number;
  /** Multiplications left out because the activation is zero; their cycle goes by. */
  gatedMacs: number;
  idleMacSlots: number;
  patternTableReadBits: number;
  readonly decoding: DecodeCounts;
  postProcessorOperations: number;
}

export function emptyPassCost(bufferCount: number): PassCost {
  return {
    cycles: 0,
    firstFoldCycles: 0,
    tailDrainCycles: 0,
    weightLoadStalls: 0,
    decodeStalls: 0,
    ifmapStalls: 0,
    psumStalls: 0,
    drainStalls: 0,
    accesses: createAccessTable(bufferCount),
    ifmapRegister: { reads: 0, writes: 0 },
    weightRegister: { reads: 0, writes: 0 },
    psumRegister: { reads: 0, writes: 0 },
    hops: { ifmap: 0, weight: 0, psum: 0 },
    activePes: 0,
    macs: 0,
    gatedMacs: 0,
    idleMacSlots: 0,
    patternTableReadBits: 0,
    decoding: { entries: 0, maskBits: 0, symbols: 0 },
    postProcessorOperations: 0,
  };
}
