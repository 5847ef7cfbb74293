import type { Tensor } from '../tensor/dataSpace.js';
import { tensors } from '../tensor/dataSpace.js';
import { levels } from './charge.js';
import type { Level } from './charge.js';
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
  /** Wires: between buffers and array, and from PE to PE. */
  readonly network: number;
  readonly postProcessor: number;
  readonly patternTable: number;
  readonly decoder: number;
  readonly dma: number;
  readonly dram: number;
  /** What `dram` is made of, where it follows from the currents of a part. */
  readonly dramParts?: DramParts;
  /** The clock's tree, cycle by cycle. */
  readonly clock: number;
  /** Leakage power of all that is on the chip, times the latency. */
  readonly leakage: number;
}

/** A figure of the tables and what was spent on it: what the total depends on. */
export interface FigureEnergy {
  readonly energyPj: number;
  readonly source: FigureSource;
}

/** Energy of some work, in splits that all have the same total. */
export interface Energy {
  readonly componentsPj: EnergyComponents;
  readonly levelsPj: Readonly<Record<Level, number>>;
  /** By the name of the figure, such as `register-file read`; energy is proportional to each. */
  readonly figures: Readonly<Record<string, FigureEnergy>>;
  /** Moving each tensor: register files, buffers, wires, DMA, DRAM; pattern table and decoder count as `index`. */
  readonly tensorsPj: Readonly<Record<Tensor, number>>;
  /** What belongs to no tensor: MACs, post-processor, clock, leakage; refresh and background of the DRAM. */
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
  /** Of all but the DRAM. */
  readonly chipPowerMw: number | null;
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
      network: sum((energy) => energy.componentsPj.network),
      postProcessor: sum((energy) => energy.componentsPj.postProcessor),
      patternTable: sum((energy) => energy.componentsPj.patternTable),
      decoder: sum((energy) => energy.componentsPj.decoder),
      dma: sum((energy) => energy.componentsPj.dma),
      dram: sum((energy) => energy.componentsPj.dram),
      ...(parts.length > 0 && { dramParts: addDramParts(parts) }),
      clock: sum((energy) => energy.componentsPj.clock),
      leakage: sum((energy) => energy.componentsPj.leakage),
    },
    levelsPj: Object.fromEntries(
      levels.map((level) => [level, sum((energy) => energy.levelsPj[level])]),
    ) as Record<Level, number>,
    figures: addFigures(layers),
    tensorsPj,
    withoutTensorPj: sum((energy) => energy.withoutTensorPj),
    totalPj: sum((energy) => energy.totalPj),
    latencyPs: latencyPs ?? sum((energy) => energy.latencyPs),
    effectualMacs: sum((energy) => energy.effectualMacs),
    sources: [...sources.values()],
  };
}

function addFigures(layers: readonly Energy[]): Record<string, FigureEnergy> {
  const sums: Record<string, FigureEnergy> = {};
  for (const { figures } of layers) {
    for (const [name, { energyPj, source }] of Object.entries(figures)) {
      sums[name] = { energyPj: (sums[name]?.energyPj ?? 0) + energyPj, source };
    }
  }
  return sums;
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
    chipPowerMw: latencyPs > 0 ? ((totalPj - energy.componentsPj.dram) / latencyPs) * 1000 : null,
  };
}
