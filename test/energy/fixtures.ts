import { plainArray } from '../dataflow/passes.js';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import type { RegisterTensor } from '../../src/dataflow/counters.js';
import type { Component, LayerKind } from '../../src/energy/action.js';
import type { Area } from '../../src/energy/area.js';
import type { EnergyEntry, EnergyTable } from '../../src/energy/energyTable.js';
import { createEnergyModel, evaluateEnergy } from '../../src/energy/evaluate.js';
import type { LayerEnergy } from '../../src/energy/layerEnergy.js';
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

/** Figures of the toy table by action, as entries write them. */
export const toyFigures: Readonly<Record<string, string>> = {
  'mac mac': '0.5 pJ',
  'mac gated': '0.03125 pJ',
  'mac leak': '0.25 mW',
  'mac area': '100 um^2',
  'register-file read': '0.01 pJ/bit',
  'register-file write': '0.02 pJ/bit',
  'register-file leak': '0.0625 mW * entries',
  'register-file area': '2 um^2 * entries * bits',
  'buffer route': '0 pJ/bit',
  'network deliver': '0 pJ/bit',
  'network hop': '0 pJ/bit',
  'pattern-table read': '0.25 pJ/bit',
  'decoder entry': '0.75 pJ',
  'decoder mask': '0.125 pJ/bit',
  'decoder symbol': '1.5 pJ',
  'post-processor operation (conv2d, fully-connected)': '3 pJ',
  'post-processor operation (max-pool)': '0.125 pJ',
  'post-processor operation (average-pool)': '0.5 pJ',
  'post-processor operation (add)': '6 pJ',
  'post-processor operation (relu)': '0.0625 pJ',
  'post-processor leak': '0 mW',
  'dma transfer': '0 pJ/bit',
  'clock cycle': '0 pJ',
  'chip leak': '0 mW',
};

/** Entries of a table, from figures by name: kinds of layers or register files in brackets. */
function entries(figures: Readonly<Record<string, string>>): EnergyEntry[] {
  return Object.entries(figures).map(([name, formula]): EnergyEntry => {
    const [, component, action, cases = ''] = /^(\S+) (\S+)(?: \((.*)\))?$/.exec(name)!;
    const narrowed = cases === '' ? [] : cases.split(', ');
    return {
      component: component as Component,
      action,
      when: {
        ...(component === 'post-processor' && narrowed.length > 0 && { layer: narrowed as LayerKind[] }),
        ...(component === 'register-file' && narrowed.length > 0 && { tensor: narrowed as RegisterTensor[] }),
      },
      formula,
      technologyNm: 45,
      source: `invented for ${component}`,
      family: 'toy',
      place: { file: 'toy.yaml', line: 7, column: 5 },
    };
  });
}

export function table(
  changes: Readonly<Record<string, string>> = {},
  sram: SramTable = smallSram(),
): EnergyTable {
  return {
    name: 'toy',
    description: '',
    file: 'toy.yaml',
    technologyNm: 45,
    family: 'toy',
    entries: entries({ ...toyFigures, ...changes }),
    files: ['toy.yaml'],
    sram,
  };
}

/** The toy table with these figures and no others. */
export function withFigures(figures: Readonly<Record<string, string>>): EnergyTable {
  return { ...table(), entries: entries(figures) };
}

/** A layer's energy on a machine, by a table. */
export function energyOf(
  layer: LayerCounts,
  machine: Accelerator = accelerator(),
  by: EnergyTable = table(),
  precision: PrecisionSet = int8,
): LayerEnergy {
  return evaluateEnergy(layer, createEnergyModel(machine, precision, by));
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
    copiedBytes: perTensor(() => 0),
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

/** Of a chip that nobody has measured. */
export const noArea: Area = {
  componentsMm2: {
    mac: null,
    registerFiles: null,
    buffers: {},
    postProcessor: null,
    decoder: null,
    dma: null,
  },
  totalMm2: 0,
  pePitchMm: null,
  sources: [],
};
