import type { Accelerator } from '../accelerator/accelerator.js';
import type { Supports } from '../sparsity/supports.js';
import type { AccessTable, DecodeCounts } from './counters.js';
import { createAccessTable } from './counters.js';
import type { PassWindow } from './passWindow.js';
import type { Ports } from './ports.js';

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
export interface ArrayContext {
  readonly rows: number;
  readonly columns: number;
  readonly ports: Ports;
  readonly bufferCount: number;
  readonly postProcessorLanes: number;
  readonly entriesPerCycle: number;
}

export function arrayContext(accelerator: Accelerator, ports: Ports): ArrayContext {
  return {
    rows: accelerator.array.rows,
    columns: accelerator.array.columns,
    ports,
    bufferCount: accelerator.buffers.length,
    postProcessorLanes: accelerator.postProcessor.lanes,
    entriesPerCycle: accelerator.decoder.entriesPerCycle,
  };
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
  /** Multiplications carried out. */
  macs: number;
  idleMacSlots: number;
  patternTableReadBits: number;
  readonly decoding: DecodeCounts;
  /** How often the pass reads each of its weights from the buffer. */
  weightRounds: number;
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
    macs: 0,
    idleMacSlots: 0,
    patternTableReadBits: 0,
    decoding: { entries: 0, maskBits: 0, symbols: 0 },
    weightRounds: 0,
    postProcessorOperations: 0,
  };
}
