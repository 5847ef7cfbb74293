import type { RegisterTensor } from '../dataflow/counters.js';
import { registerTensors } from '../dataflow/counters.js';
import type { PrecisionSet } from '../model/model.js';
import { bitsOf } from '../tensor/precision.js';
import { layerKinds } from './action.js';
import type { Action, Component, LayerKind } from './action.js';
import type { EnergyEntry } from './energyTable.js';

/** What a figure is asked for: entries may be confined to some of it by `when`. */
export interface PricedCase {
  readonly precision: PrecisionSet;
  /** For the post-processor. */
  readonly layer?: LayerKind;
  /** For register files. */
  readonly tensor?: RegisterTensor;
  /** For buffers: its name. */
  readonly buffer?: string;
}

/** All sets of precisions that a machine can run: all integers, or all float32. */
export const precisionSets: readonly PrecisionSet[] = [
  ...(['int8', 'int16'] as const).flatMap((weight) =>
    (['int8', 'int16'] as const).flatMap((ifmap) =>
      (['int16', 'int32', 'int48'] as const).map((accumulator) => ({ weight, ifmap, accumulator })),
    ),
  ),
  { weight: 'float32', ifmap: 'float32', accumulator: 'float32' },
];

/**
 * Every case in which an action may be asked for at a set of precisions.
 *
 * @param buffers names that entries tell apart
 */
export function casesOf(
  { component }: Action,
  precision: PrecisionSet,
  buffers: readonly string[] = [],
): PricedCase[] {
  if (component === 'post-processor') return layerKinds.map((layer) => ({ precision, layer }));
  if (component === 'register-file') return registerTensors.map((tensor) => ({ precision, tensor }));
  if (component === 'buffer' && buffers.length > 0) {
    return buffers.map((buffer) => ({ precision, buffer }));
  }
  return [{ precision }];
}

/** The entries that price an action in a case: one, in a sound table. */
export function entriesFor(
  entries: readonly EnergyEntry[],
  { component, action }: Pick<Action, 'component' | 'action'>,
  { precision, layer, tensor, buffer }: PricedCase,
): EnergyEntry[] {
  return entries.filter(
    ({ when, ...entry }) =>
      entry.component === component &&
      entry.action === action &&
      (when.weight?.includes(precision.weight) ?? true) &&
      (when.ifmap?.includes(precision.ifmap) ?? true) &&
      (when.accumulator?.includes(precision.accumulator) ?? true) &&
      (layer === undefined || (when.layer?.includes(layer) ?? true)) &&
      (tensor === undefined || (when.tensor?.includes(tensor) ?? true)) &&
      (buffer === undefined || (when.buffer?.includes(buffer) ?? true)),
  );
}

/** Bits of a register file's words. */
export function registerBits(tensor: RegisterTensor, precision: PrecisionSet): number {
  return bitsOf(precision[tensor === 'psum' ? 'accumulator' : tensor]);
}

/** Variables of the formulas, as `variablesOf` fills them in. */
export type Variables = Readonly<Record<string, number>>;

/** Of every formula; `bits` are those of the wider operand, but of its words for a register file. */
export function precisionVariables(precision: PrecisionSet): Variables {
  const [weightBits, ifmapBits] = [bitsOf(precision.weight), bitsOf(precision.ifmap)];
  return {
    ...{ weightBits, ifmapBits },
    accumulatorBits: bitsOf(precision.accumulator),
    bits: Math.max(weightBits, ifmapBits),
  };
}

const wholeTrial = {
  ...{ rows: 16, columns: 12, macLanes: 1 },
  ...{ ifmapEntries: 12, weightEntries: 24, psumEntries: 48 },
};

/**
 * What formulas of a component may use beyond the precisions' widths, with values as of some small machine: with these a
 * table's formulas are tried when it is read, long before an accelerator is known.
 */
export const trialVariables: Readonly<Record<Component, Variables>> = {
  mac: {},
  'register-file': { entries: 24, bits: 16 },
  buffer: { bankBytes: 4096, wordBits: 64, banks: 4, areaMm2: 0.05 },
  network: { pePitchMm: 0.05, arrayWidthMm: 0.6, arrayHeightMm: 0.8, rows: 16, columns: 12 },
  'pattern-table': {},
  decoder: {},
  'post-processor': {},
  dma: {},
  clock: { ...wholeTrial, periodNs: 2 },
  chip: wholeTrial,
  dram: {},
};
