import type { MappingObjective } from '../scenario/objective.js';

/** What a layer costs, exactly or at least. */
export interface LayerSums {
  readonly latencyPs: number;
  readonly energyPj: number;
  /** Bytes of all bursts. */
  readonly dramBytes: number;
}

/** The objective's value: pJ, ps, pJ x ps, bytes, or what weights make of them. It grows with each of the three. */
export function valueOf(objective: MappingObjective, { latencyPs, energyPj, dramBytes }: LayerSums): number {
  switch (objective) {
    case 'energy':
      return energyPj;
    case 'latency':
      return latencyPs;
    case 'edp':
      return energyPj * latencyPs;
    case 'dram-traffic':
      return dramBytes;
    default: {
      const { energy = 0, latency = 0, dramBytes: perByte = 0 } = objective;
      return energy * energyPj + latency * latencyPs + perByte * dramBytes;
    }
  }
}

/** Whether the objective can be told without prices. */
export function needsEnergy(objective: MappingObjective): boolean {
  if (typeof objective === 'string') return objective === 'energy' || objective === 'edp';
  return (objective.energy ?? 0) > 0;
}

/** An objective as people read it. */
export function describeObjective(objective: MappingObjective): string {
  if (typeof objective === 'string') return objective;
  const parts = (['energy', 'latency', 'dramBytes'] as const).flatMap((key) => {
    const weight = objective[key] ?? 0;
    return weight === 0 ? [] : [`${String(weight)} x ${key} in ${units[key]}`];
  });
  return parts.join(' + ');
}

const units = { energy: 'pJ', latency: 'ps', dramBytes: 'bytes' };
