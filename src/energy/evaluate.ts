import type { Accelerator } from '../accelerator/accelerator.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import { UserError } from '../document/userError.js';
import type { PrecisionSet } from '../model/model.js';
import type { Tensor } from '../tensor/dataSpace.js';
import { energyOf } from './charge.js';
import type { Charge, Level } from './charge.js';
import { chipCharges } from './chipCharges.js';
import { dramCharges } from './dramCharges.js';
import type { EnergyTable, FigureSource } from './energyTable.js';
import { idleCharges } from './idleCharges.js';
import type { DramParts, EnergyComponents, FigureEnergy, LayerEnergy } from './layerEnergy.js';
import { createPrices } from './prices.js';
import type { Prices } from './prices.js';

/** The energy of layers on one machine, at one precision, by one table. */
export interface EnergyModel {
  readonly accelerator: Accelerator;
  readonly precision: PrecisionSet;
  readonly table: EnergyTable;
  /** What everything costs on behalf of a layer: register files are as large as it needs where no size is given. */
  pricesFor(counts: Pick<LayerCounts, 'registerEntries'>): Prices;
}

/**
 * Prices a machine, and refuses it before anything is run if that cannot be done.
 *
 * @throws UserError when the accelerator's node is not the table's and no scaling is asked for, when the table lacks the precision or
 *   the DRAM's energy, or when a buffer lies outside the SRAM measurements
 */
export function createEnergyModel(
  accelerator: Accelerator,
  precision: PrecisionSet,
  table: EnergyTable,
): EnergyModel {
  const prices = createPrices(accelerator, precision, table);
  const smallest = prices({ ifmap: 1, weight: 1, psum: 1 });
  const { dram } = accelerator;
  if (
    dram.kind === 'flat' &&
    dram.energyPjPerBit === undefined &&
    !(smallest.dramRead && smallest.dramWrite)
  ) {
    throw new UserError(
      `dram: expected an energy per bit and its source, or an energy table with entries for dram read and dram write; ` +
        `got neither here nor in ${table.name}`,
      accelerator.places?.dram ?? { file: accelerator.file },
    );
  }
  return { accelerator, precision, table, pricesFor: ({ registerEntries }) => prices(registerEntries) };
}

/**
 * The energy of one layer: sum of (action count x energy of the action) + leakage power x latency.
 *
 * MACs are charged as performed or gated; buffers by the port word, read or written, of one bank; wires by the bit, DRAM by whole
 * bursts, or by the commands of a real part; registers by the access, the pattern table by the bit.
 */
export function evaluateEnergy(counts: LayerCounts, model: EnergyModel): LayerEnergy {
  const charges = chargesOf(counts, model);
  const sums = sumCharges(charges, model.accelerator);
  if (!Number.isFinite(sums.totalPj)) throw new Error(`layer ${counts.layer}: counts are incomplete`);
  return {
    layer: counts.layer,
    ...sums,
    latencyPs: counts.latencyPs,
    effectualMacs: counts.macs.effectual,
  };
}

/** Everything that a layer is charged for. */
export function chargesOf(counts: LayerCounts, model: EnergyModel): Charge[] {
  const { accelerator, precision } = model;
  const prices = model.pricesFor(counts);
  return [
    ...chipCharges(counts, accelerator, precision, prices),
    ...idleCharges(counts.latencyPs, accelerator, prices),
    ...dramCharges(counts, accelerator.dram, prices),
  ];
}

type Sums = Omit<LayerEnergy, 'layer' | 'latencyPs' | 'effectualMacs'>;

function sumCharges(charges: readonly Charge[], { buffers, dram }: Accelerator): Sums {
  const parts = {
    ...{ mac: 0, registerFiles: 0, network: 0, postProcessor: 0, patternTable: 0, decoder: 0 },
    ...{ dma: 0, dram: 0, clock: 0, leakage: 0 },
  };
  const byBuffer: Record<string, number> = Object.fromEntries(buffers.map(({ name }) => [name, 0]));
  const levelsPj: Record<Level, number> = {
    ...{ dram: 0, buffers: 0, network: 0, registerFiles: 0, arithmetic: 0, control: 0, idle: 0 },
  };
  const tensorsPj: Record<Tensor, number> = { ifmap: 0, weight: 0, index: 0, psum: 0, ofmap: 0 };
  const figures: Record<string, FigureEnergy> = {};
  const dramParts = { activate: 0, read: 0, write: 0, refresh: 0, background: 0 };
  let withoutTensorPj = 0;
  let totalPj = 0;
  for (const charge of charges) {
    const pj = energyOf(charge);
    if (pj === 0) continue;
    const { part, level, name } = charge.component;
    totalPj += pj;
    levelsPj[level] += pj;
    if (part === 'buffers') byBuffer[name] += pj;
    else parts[part] += pj;
    if (part === 'dram') dramParts[dramPartOf(charge.action)] += pj;
    if (charge.tensor === undefined) withoutTensorPj += pj;
    else tensorsPj[charge.tensor] += pj;
    const before = figures[charge.figure]?.energyPj ?? 0;
    figures[charge.figure] = { energyPj: before + pj, source: charge.source };
  }
  const isByCommand = dram.kind === 'commands' && dram.energyPjPerBit === undefined;
  const { mac, registerFiles, network, postProcessor, patternTable, decoder, dma, clock, leakage } = parts;
  const componentsPj: EnergyComponents = {
    ...{ mac, registerFiles, buffers: byBuffer, network, postProcessor, patternTable, decoder, dma },
    dram: parts.dram,
    ...(isByCommand && { dramParts }),
    ...{ clock, leakage },
  };
  return {
    ...{ componentsPj, levelsPj, figures, tensorsPj, withoutTensorPj, totalPj },
    sources: sourcesOf(charges),
  };
}

function dramPartOf(action: string): keyof DramParts {
  if (action === 'bank-refresh') return 'refresh';
  if (action === 'activate' || action === 'read' || action === 'write' || action === 'refresh') return action;
  return 'background';
}

/** Each source once per component, of what came to an energy. */
function sourcesOf(charges: readonly Charge[]): FigureSource[] {
  const sources = new Map<string, FigureSource>();
  for (const { count, pj, component, source } of charges) {
    if (count === 0 || pj === 0) continue;
    const named = { ...source, component: component.part };
    sources.set(`${named.component}|${named.family}|${named.source}`, named);
  }
  return [...sources.values()];
}
