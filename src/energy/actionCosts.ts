import type { PrecisionSet } from '../model/model.js';
import { bitsOf } from '../tensor/precision.js';
import type { ActionCosts, EnergyComponent, EnergyEntry, FigureSource, LayerKind } from './energyTable.js';

/** What one action's figure is: an energy in pJ, an energy per bit in pJ, or a power in mW. */
export type FigureKind = 'energy' | 'energy-per-bit' | 'power';

/** An action that every table prices. */
export interface Action {
  readonly component: EnergyComponent;
  readonly action: string;
  readonly figure: FigureKind;
  /** Key of `EnergyComponents` that the action's energy is reported under. */
  readonly reportedAs: string;
}

/** What the sources of gated MACs stand under: they matter only where a MAC is gated. */
export const gatedMacs = 'gated MACs';

/** Components and their actions, named as Accelergy names them. */
const priced = {
  mac: { component: 'mac', action: 'mac', figure: 'energy', reportedAs: 'mac' },
  gatedMac: { component: 'mac', action: 'gated', figure: 'energy', reportedAs: gatedMacs },
  registerRead: {
    component: 'register-file',
    action: 'read',
    figure: 'energy-per-bit',
    reportedAs: 'registerFiles',
  },
  registerWrite: {
    component: 'register-file',
    action: 'write',
    figure: 'energy-per-bit',
    reportedAs: 'registerFiles',
  },
  patternTableRead: {
    component: 'pattern-table',
    action: 'read',
    figure: 'energy-per-bit',
    reportedAs: 'patternTable',
  },
  decodeEntry: { component: 'decoder', action: 'entry', figure: 'energy', reportedAs: 'decoder' },
  decodeMask: { component: 'decoder', action: 'mask', figure: 'energy-per-bit', reportedAs: 'decoder' },
  decodeSymbol: { component: 'decoder', action: 'symbol', figure: 'energy', reportedAs: 'decoder' },
  postProcessor: {
    component: 'post-processor',
    action: 'operation',
    figure: 'energy',
    reportedAs: 'postProcessor',
  },
  peLeakage: { component: 'pe', action: 'leak', figure: 'power', reportedAs: 'leakage' },
} as const satisfies Record<string, Action>;

export const actions: readonly Action[] = Object.values(priced);

export const layerKinds: readonly LayerKind[] = [
  'conv2d',
  'fully-connected',
  'max-pool',
  'average-pool',
  'add',
  'relu',
];

/** All sets of precisions that a machine can run: all integers, or all float32. */
export const precisionSets: readonly PrecisionSet[] = [
  ...(['int8', 'int16'] as const).flatMap((weight) =>
    (['int8', 'int16'] as const).flatMap((ifmap) =>
      (['int16', 'int32', 'int48'] as const).map((accumulator) => ({ weight, ifmap, accumulator })),
    ),
  ),
  { weight: 'float32', ifmap: 'float32', accumulator: 'float32' },
];

/** Variables that formulas may use. */
export function formulaVariables(precision: PrecisionSet): Record<string, number> {
  return {
    weightBits: bitsOf(precision.weight),
    ifmapBits: bitsOf(precision.ifmap),
    accumulatorBits: bitsOf(precision.accumulator),
  };
}

/** The entries that price an action at these precisions, for this kind of layer: one, in a sound table. */
export function entriesFor(
  entries: readonly EnergyEntry[],
  { component, action }: Action,
  precision: PrecisionSet,
  layer: LayerKind,
): EnergyEntry[] {
  return entries.filter(
    (entry) =>
      entry.component === component &&
      entry.action === action &&
      (entry.when.weight?.includes(precision.weight) ?? true) &&
      (entry.when.ifmap?.includes(precision.ifmap) ?? true) &&
      (entry.when.accumulator?.includes(precision.accumulator) ?? true) &&
      (entry.when.layer?.includes(layer) ?? true),
  );
}

/**
 * Works out all actions at one set of precisions, or returns undefined when an action has no entry for it.
 *
 * @param figureOf the entry's formula in pJ, pJ per bit, or mW
 */
export function actionCosts(
  entries: readonly EnergyEntry[],
  family: string,
  precision: PrecisionSet,
  figureOf: (entry: EnergyEntry, figure: FigureKind, precision: PrecisionSet) => number,
): ActionCosts | undefined {
  const sources: FigureSource[] = [];
  const price = (action: Action, layer: LayerKind = 'conv2d'): number | undefined => {
    const entry = entriesFor(entries, action, precision, layer).at(0);
    if (entry === undefined) return undefined;
    const { source, derived } = entry;
    const known = sources.some((each) => each.component === action.reportedAs && each.source === source);
    if (!known) {
      sources.push({
        component: action.reportedAs,
        family: entry.family,
        source,
        foreign: entry.family !== family,
        derived: derived !== undefined,
      });
    }
    return figureOf(entry, action.figure, precision);
  };

  const macPj = price(priced.mac);
  const gatedMacPj = price(priced.gatedMac);
  const registerReadPjPerBit = price(priced.registerRead);
  const registerWritePjPerBit = price(priced.registerWrite);
  const patternTableReadPjPerBit = price(priced.patternTableRead);
  const decodeEntryPj = price(priced.decodeEntry);
  const decodeMaskPjPerBit = price(priced.decodeMask);
  const decodeSymbolPj = price(priced.decodeSymbol);
  const peLeakageMw = price(priced.peLeakage);
  const postProcessorPj: Partial<Record<LayerKind, number>> = {};
  for (const layer of layerKinds) {
    const pj = price(priced.postProcessor, layer);
    if (pj !== undefined) postProcessorPj[layer] = pj;
  }
  if (
    macPj === undefined ||
    gatedMacPj === undefined ||
    registerReadPjPerBit === undefined ||
    registerWritePjPerBit === undefined ||
    patternTableReadPjPerBit === undefined ||
    decodeEntryPj === undefined ||
    decodeMaskPjPerBit === undefined ||
    decodeSymbolPj === undefined ||
    peLeakageMw === undefined ||
    !hasEveryKind(postProcessorPj)
  ) {
    return undefined;
  }
  return {
    macPj,
    gatedMacPj,
    registerReadPjPerBit,
    registerWritePjPerBit,
    patternTableReadPjPerBit,
    decodeEntryPj,
    decodeMaskPjPerBit,
    decodeSymbolPj,
    postProcessorPj,
    peLeakageMw,
    registerBits: {
      ifmap: bitsOf(precision.ifmap),
      weight: bitsOf(precision.weight),
      psum: bitsOf(precision.accumulator),
    },
    sources,
  };
}

function hasEveryKind(costs: Partial<Record<LayerKind, number>>): costs is Record<LayerKind, number> {
  return layerKinds.every((kind) => costs[kind] !== undefined);
}
