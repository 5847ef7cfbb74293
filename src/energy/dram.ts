import type { DramSpec } from '../accelerator/accelerator.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import type { DramActivity } from '../dram/activity.js';
import { backgroundOf, commandEnergy, dramEnergy } from '../dram/dramEnergy.js';
import type { DramPart } from '../dram/part.js';
import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';
import type { DramParts } from './layerEnergy.js';

/** What a layer spent on DRAM, in two splits that have the same total. */
interface LayerDramEnergy {
  readonly totalPj: number;
  readonly tensorsPj: Readonly<Record<Tensor, number>>;
  /** Refresh and background. */
  readonly withoutTensorPj: number;
  readonly parts?: DramParts;
}

/** DRAM energy of a layer: of its bursts where a figure per bit is given, else of the commands that it took. */
export function dramEnergyOf(counts: LayerCounts, dram: DramSpec): LayerDramEnergy {
  if (dram.kind === 'flat') return burstEnergy(counts, dram.burstBytes, dram.energyPjPerBit);
  if (dram.energyPjPerBit !== undefined) return burstEnergy(counts, dram.burstBytes, dram.energyPjPerBit);
  if (counts.dramActivity === undefined) {
    throw new Error(
      `layer ${counts.layer}: what the commands of ${dram.part.name} cost is asked for, none were counted`,
    );
  }
  return partEnergy(counts.dramActivity, dram.part);
}

function burstEnergy({ dram }: LayerCounts, burstBytes: number, pjPerBit: number): LayerDramEnergy {
  const burstPj = burstBytes * 8 * pjPerBit;
  const tensorsPj = perTensor((tensor) => (dram[tensor].readBursts + dram[tensor].writeBursts) * burstPj);
  const totalPj = tensors.reduce((sum, tensor) => sum + tensorsPj[tensor], 0);
  return { totalPj, tensorsPj, withoutTensorPj: 0 };
}

function partEnergy(activity: DramActivity, part: DramPart): LayerDramEnergy {
  const { activatePj, readPj, writePj, refreshPj, backgroundPj, totalPj } = dramEnergy(activity, part);
  const each = commandEnergy(part);
  const tensorsPj = perTensor((_, tag) => {
    const { activates, reads, writes } = activity.tagged[tag] ?? { activates: 0, reads: 0, writes: 0 };
    return activates * each.activatePj + reads * each.readPj + writes * each.writePj;
  });
  const background = backgroundOf(backgroundPj);
  return {
    totalPj,
    tensorsPj,
    withoutTensorPj: refreshPj + background,
    parts: { activate: activatePj, read: readPj, write: writePj, refresh: refreshPj, background },
  };
}

function perTensor(figure: (tensor: Tensor, tag: number) => number): Record<Tensor, number> {
  return Object.fromEntries(tensors.map((tensor, tag) => [tensor, figure(tensor, tag)])) as Record<
    Tensor,
    number
  >;
}
