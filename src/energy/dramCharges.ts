import type { DramSpec } from '../accelerator/accelerator.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import type { DramActivity, TaggedActivity } from '../dram/activity.js';
import { commandEnergy, standbyEnergy } from '../dram/dramEnergy.js';
import type { DramPart } from '../dram/part.js';
import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';
import { chargeAt } from './charge.js';
import type { Charge, ChargedComponent } from './charge.js';
import type { FigureSource } from './energyTable.js';
import type { Price } from './price.js';
import type { Prices } from './prices.js';

const component: ChargedComponent = { part: 'dram', level: 'dram', name: 'dram' };
const dma: ChargedComponent = { part: 'dma', level: 'network', name: 'dma' };

/**
 * DRAM and DMA. The DMA is charged for all that it moves, by way of the DRAM or on chip; the DRAM by the layer's bursts where a
 * figure per bit is given, else by the commands that it took.
 */
export function dramCharges(counts: LayerCounts, dram: DramSpec, prices: Prices): Charge[] {
  const perBit = pricesPerBit(dram, prices);
  return [
    ...tensors.map((tensor) => {
      const { readBytes, writeBytes } = counts.dram[tensor];
      const bits = (readBytes + writeBytes + counts.copiedBytes[tensor]) * 8;
      return chargeAt(dma, 'transfer', bits, prices.dmaTransfer, tensor);
    }),
    ...(perBit === undefined
      ? commandCharges(counts, dram)
      : tensors.flatMap((tensor) => burstCharges(counts, dram, tensor, perBit))),
  ];
}

interface PerBit {
  readonly read: Price;
  readonly write: Price;
}

/** pJ per bit, where there is such a figure: the DRAM's own, or that of the energy table which it leaves it to. */
function pricesPerBit(dram: DramSpec, prices: Prices): PerBit | undefined {
  if (dram.energyPjPerBit !== undefined) {
    const price = { value: dram.energyPjPerBit, figure: 'dram energy per bit', source: sourceOf(dram) };
    return { read: price, write: price };
  }
  if (dram.kind === 'commands') return undefined;
  const { dramRead: read, dramWrite: write } = prices;
  if (read === undefined || write === undefined) {
    throw new Error('the table of a DRAM without an energy of its own gives none either');
  }
  return { read, write };
}

function burstCharges(
  { dram: counts }: LayerCounts,
  { burstBytes }: DramSpec,
  tensor: Tensor,
  { read, write }: PerBit,
): Charge[] {
  const { readBursts, writeBursts } = counts[tensor];
  const burst = (price: Price): Price => ({ ...price, value: burstBytes * 8 * price.value });
  return [
    chargeAt(component, 'read', readBursts, burst(read), tensor),
    chargeAt(component, 'write', writeBursts, burst(write), tensor),
  ];
}

/** Of commands: activates, reads and writes by tensor; refreshes and standing by, which belong to none. */
function commandCharges({ layer, dramActivity: activity }: LayerCounts, dram: DramSpec): Charge[] {
  if (dram.kind === 'flat' || activity === undefined) {
    throw new Error(`layer ${layer}: what the commands of a DRAM cost is asked for, none were counted`);
  }
  const source = sourceOf(dram);
  const each = commandEnergy(dram.part);
  const charge = (action: string, count: number, pj: number, tensor?: Tensor): Charge =>
    chargeAt(component, action, count, { value: pj, figure: `dram ${action}`, source }, tensor);
  const requested = ({ activates, reads, writes }: TaggedActivity, tensor?: Tensor): Charge[] => [
    charge('activate', activates, each.activatePj, tensor),
    charge('read', reads, each.readPj, tensor),
    charge('write', writes, each.writePj, tensor),
  ];
  return [
    ...tensors.flatMap((tensor, tag) => requested(activity.tagged[tag] ?? nothing, tensor)),
    ...requested(untagged(activity)),
    charge('refresh', activity.refreshes, each.refreshPj),
    charge('bank-refresh', activity.bankRefreshes, each.bankRefreshPj),
    ...standingBy(activity, dram.part, source),
  ];
}

const nothing: TaggedActivity = { activates: 0, reads: 0, writes: 0 };

/** Commands for nobody who is known. */
function untagged({ activates, reads, writes, tagged }: DramActivity): TaggedActivity {
  const of = (key: keyof TaggedActivity): number => tagged.reduce((sum, each) => sum + each[key], 0);
  return {
    activates: activates - of('activates'),
    reads: reads - of('reads'),
    writes: writes - of('writes'),
  };
}

/** By the clock of a rank, in each of its states. */
function standingBy(activity: DramActivity, part: DramPart, source: FigureSource): Charge[] {
  const each = standbyEnergy(part);
  const charge = (state: string, clocks: number, value: number): Charge =>
    chargeAt(component, 'background', clocks, {
      ...{ value, figure: 'dram background', source },
      arguments: { state },
    });
  return [
    charge('active-standby', activity.activeStandbyClocks, each.activeStandby),
    charge('precharge-standby', activity.prechargeStandbyClocks, each.prechargeStandby),
    charge('active-power-down', activity.activePowerDownClocks, each.activePowerDown),
    charge('precharge-power-down', activity.prechargePowerDownClocks, each.prechargePowerDown),
  ];
}

function sourceOf(dram: DramSpec): FigureSource {
  return {
    component: 'dram',
    family: dram.kind === 'flat' ? 'flat' : dram.part.name,
    source: dram.source,
    foreign: true,
    derived: false,
  };
}
