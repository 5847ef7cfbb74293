import { plainArray } from '../dataflow/passes.js';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { precisionKey, type ActionCosts, type EnergyTable } from '../../src/energy/energyTable.js';
import type { SramPoint, SramTable } from '../../src/energy/sram.js';
import type { PrecisionSet } from '../../src/model/model.js';
import type { BufferAccess, DramAccess } from '../../src/dataflow/counters.js';
import type { Tensor } from '../../src/tensor/dataSpace.js';

export const int8: PrecisionSet = { weight: 'int8', ifmap: 'int8', accumulator: 'int32' };

function point(capacityBytes: number, wordBits: number, readPj: number, writePj: number): SramPoint {
  return { capacityBytes, wordBits, readPj, writePj, leakageMw: 0.25, areaMm2: 1, accessNs: 1 };
}

/** Two capacities by two widths, and a smaller bank that is measured at the narrow word only. */
export function smallSram(): SramTable {
  return {
    name: 'small',
    family: 'toy-sram',
    source: 'invented for the test',
    file: 'small.yaml',
    cells: [
      {
        cell: 'toy',
        technologyNm: 45,
        widths: [
          { wordBits: 32, points: [point(512, 32, 1, 1), point(1024, 32, 2, 3), point(4096, 32, 8, 12)] },
          { wordBits: 128, points: [point(1024, 128, 8, 6), point(4096, 128, 32, 24)] },
        ],
      },
    ],
  };
}

export function costs(changes: Partial<ActionCosts> = {}): ActionCosts {
  return {
    macPj: 0.5,
    gatedMacPj: 0.03125,
    registerReadPjPerBit: 0.01,
    registerWritePjPerBit: 0.02,
    patternTableReadPjPerBit: 0.25,
    decodeEntryPj: 0.75,
    decodeMaskPjPerBit: 0.125,
    decodeSymbolPj: 1.5,
    postProcessorPj: {
      conv2d: 3,
      'fully-connected': 3,
      'max-pool': 0.125,
      'average-pool': 0.5,
      add: 6,
      relu: 0.0625,
    },
    peLeakageMw: 0.5,
    registerBits: { ifmap: 8, weight: 8, psum: 32 },
    sources: [],
    ...changes,
  };
}

export function table(actionCosts: ActionCosts = costs(), sram: SramTable = smallSram()): EnergyTable {
  return {
    name: 'toy',
    description: '',
    file: 'toy.yaml',
    technologyNm: 45,
    family: 'toy',
    entries: [],
    costs: new Map([[precisionKey(int8), actionCosts]]),
    sram,
  };
}

/** 2 x 3 PEs; `left` is one bank of 1 KiB by 32 bits, `right` four of 4 KiB by 128 bits. */
export function accelerator(changes: Partial<Accelerator> = {}): Accelerator {
  const buffer = { ports: 1, sharedPorts: false, doubleBuffered: false, cell: 'toy' };
  return {
    name: 'toy',
    description: '',
    file: 'machine.yaml',
    technologyNm: 45,
    clockHz: 1e9,
    periodPs: 1000,
    array: { rows: 2, columns: 3, dataflow: 'output-stationary', ...plainArray },
    buffers: [
      { ...buffer, name: 'left', holds: ['ifmap'], capacityBytes: 1024, wordBits: 32, banks: 1 },
      {
        ...buffer,
        name: 'right',
        holds: ['weight', 'index', 'psum', 'ofmap'],
        capacityBytes: 16384,
        wordBits: 128,
        banks: 4,
      },
    ],
    postProcessor: { lanes: 1 },
    decoder: { entriesPerCycle: 3 },
    dram: {
      kind: 'flat',
      bandwidthBytesPerSecond: 1e9,
      latencyPs: 0,
      burstBytes: 64,
      energyPjPerBit: 8,
      source: 'invented for the test',
    },
    energyTable: 'toy',
    ...changes,
  };
}

export function bufferAccess(readTransactions = 0, writeTransactions = 0): BufferAccess {
  return {
    readElements: 0,
    writeElements: 0,
    readTransactions,
    writeTransactions,
    readBytes: 0,
    writeBytes: 0,
  };
}

function dramAccess(readBursts = 0, writeBursts = 0): DramAccess {
  return { readBytes: 0, writeBytes: 0, readBursts, writeBursts };
}

export function perTensor<T>(valueOf: (tensor: Tensor) => T): Record<Tensor, T> {
  return {
    ifmap: valueOf('ifmap'),
    weight: valueOf('weight'),
    index: valueOf('index'),
    psum: valueOf('psum'),
    ofmap: valueOf('ofmap'),
  };
}

/** A layer that did nothing, but for the changes. */
export function counts(changes: Partial<LayerCounts> = {}): LayerCounts {
  const none = { reads: 0, writes: 0 };
  return {
    layer: 'conv',
    kind: 'conv2d',
    macs: { dense: 0, effectual: 0, effectualUnpadded: 0, performed: 0, gated: 0 },
    cycles: 0,
    latencyPs: 0,
    computeCycles: 0,
    stallCycles: { 'weight-load': 0, decode: 0, ifmap: 0, psum: 0, drain: 0, dram: 0 },
    activePes: 0,
    idleMacSlots: 0,
    dram: perTensor(() => dramAccess()),
    buffers: { left: perTensor(() => bufferAccess()), right: perTensor(() => bufferAccess()) },
    delivered: perTensor(() => ({ readBytes: 0, writeBytes: 0 })),
    registers: { ifmap: none, weight: none, psum: none },
    registerEntries: { ifmap: 0, weight: 0, psum: 0 },
    hops: { ifmap: 0, weight: 0, psum: 0 },
    patternTableReadBits: 0,
    decoding: { entries: 0, maskBits: 0, symbols: 0 },
    postProcessorOperations: 0,
    weightBytes: { value: 0, position: 0, pointer: 0, table: 0 },
    weightDenseBytes: 0,
    parameters: 0,
    ...changes,
  };
}

export function dramBursts(bursts: Partial<Record<Tensor, readonly [number, number]>>): LayerCounts['dram'] {
  return perTensor((tensor) => dramAccess(...(bursts[tensor] ?? [0, 0])));
}
