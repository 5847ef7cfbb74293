import type { Tensor } from '../tensor/dataSpace.js';
import { tensors } from '../tensor/dataSpace.js';
import type { FigureSource } from './energyTable.js';

/** Energy of a DRAM by what its commands were, in pJ; background is standing by, all ranks together. */
export interface DramParts {
  readonly activate: number;
  readonly read: number;
  readonly write: number;
  readonly refresh: number;
  readonly background: number;
}

/** Energy by component, in pJ. */
export interface EnergyComponents {
  readonly mac: number;
  readonly registerFiles: number;
  /** By the buffer's name in the accelerator. */
  readonly buffers: Readonly<Record<string, number>>;
  readonly postProcessor: number;
  readonly patternTable: number;
  readonly decoder: number;
  readonly dram: number;
  /** What `dram` is made of, where it follows from the currents of a part. */
  readonly dramParts?: DramParts;
  /** Leakage power of PEs and SRAM times the latency. */
  readonly leakage: number;
}

/** Energy of some work, in two splits that have the same total. */
export interface Energy {
  readonly componentsPj: EnergyComponents;
  /** Moving each tensor: register files, buffers, DRAM; pattern table and decoder count as `index`. */
  readonly tensorsPj: Readonly<Record<Tensor, number>>;
  /** What belongs to no tensor: MACs, post-processor, leakage; refresh and background of the DRAM. */
  readonly withoutTensorPj: number;
  readonly totalPj: number;
  readonly latencyPs: number;
  /** MACs that exist, padding counted as the papers do: what figures per MAC are taken over. */
  readonly effectualMacs: number;
  readonly sources: readonly FigureSource[];
}

export interface LayerEnergy extends Energy {
  readonly layer: string;
}

/** Figures of merit that follow from an energy; null where they are undefined (no MACs, no time). */
export interface EnergyMetrics {
  /** Energy-delay product. */
  readonly edpPjS: number;
  readonly edpJs: number;
  readonly pjPerMac: number | null;
  /** 10^12 operations per second; an effectual MAC is two operations. */
  readonly tops: number | null;
  readonly topsPerWatt: number | null;
  readonly averagePowerMw: number | null;
}

/**
 * The energy of several layers. Layers run one after the other, so their latencies add up;
 * give `latencyPs` where they overlap in time.
 */
export function addEnergy(layers: readonly Energy[], latencyPs?: number): Energy {
  const sum = (figure: (energy: Energy) => number): number =>
    layers.reduce((total, energy) => total + figure(energy), 0);
  const names = [...new Set(layers.flatMap((energy) => Object.keys(energy.componentsPj.buffers)))];
  const buffers = Object.fromEntries(
    names.map((name) => [name, sum((energy) => energy.componentsPj.buffers[name] ?? 0)]),
  );
  const tensorsPj = Object.fromEntries(
    tensors.map((tensor) => [tensor, sum((energy) => energy.tensorsPj[tensor])]),
  ) as Record<Tensor, number>;
  const parts = layers.flatMap(({ componentsPj }) => componentsPj.dramParts ?? []);
  const sources = new Map(
    layers
      .flatMap((energy) => energy.sources)
      .map((each) => [`${each.component}|${each.family}|${each.source}`, each]),
  );
  return {
    componentsPj: {
      mac: sum((energy) => energy.componentsPj.mac),
      registerFiles: sum((energy) => energy.componentsPj.registerFiles),
      buffers,
      postProcessor: sum((energy) => energy.componentsPj.postProcessor),
      patternTable: sum((energy) => energy.componentsPj.patternTable),
      decoder: sum((energy) => energy.componentsPj.decoder),
      dram: sum((energy) => energy.componentsPj.dram),
      ...(parts.length > 0 && { dramParts: addDramParts(parts) }),
      leakage: sum((energy) => energy.componentsPj.leakage),
    },
    tensorsPj,
    withoutTensorPj: sum((energy) => energy.withoutTensorPj),
    totalPj: sum((energy) => energy.totalPj),
    latencyPs: latencyPs ?? sum((energy) => energy.latencyPs),
    effectualMacs: sum((energy) => energy.effectualMacs),
    sources: [...sources.values()],
  };
}

function addDramParts(all: readonly DramParts[]): DramParts {
  const sum = (part: keyof DramParts): number => all.reduce((total, parts) => total + parts[part], 0);
  return {
    activate: sum('activate'),
    read: sum('read'),
    write: sum('write'),
    refresh: sum('refresh'),
    background: sum('background'),
  };
}

/** EDP = E * T; power = E / T; throughput = 2 * MACs / T; efficiency = 2 * MACs / E. */
export function energyMetrics(energy: Energy): EnergyMetrics {
  const { totalPj, latencyPs, effectualMacs } = energy;
  const edpPjS = totalPj * latencyPs * 1e-12;
  const operations = 2 * effectualMacs;
  return {
    edpPjS,
    edpJs: edpPjS * 1e-12,
    pjPerMac: effectualMacs > 0 ? totalPj / effectualMacs : null,
    // Operations per picosecond are 10^12 per second, operations per pJ are 10^12 per joule; pJ per ps is a watt.
    tops: latencyPs > 0 ? operations / latencyPs : null,
    topsPerWatt: totalPj > 0 ? operations / totalPj : null,
    averagePowerMw: latencyPs > 0 ? (totalPj / latencyPs) * 1000 : null,
  };
}
