import type { StallCause } from '../dataflow/counters.js';
import type { Mapping } from '../mapping/mapping.js';
import type { MappingObjective } from '../scenario/objective.js';
import type { SearchOutcome } from '../search/mapLayer.js';
import type { LevelAccess } from './levelAccesses.js';
import type { LoopNest } from './loopNest.js';

/** What a layer under its mapping comes to. */
export interface MappingSummary {
  readonly steps: number;
  readonly cycles: number;
  readonly latencyPs: number;
  readonly energyPj: number;
  readonly dramBytes: number;
  /** Exact value of the objective: pJ x ps for `edp`, pJ, ps, or bytes for `dram-traffic`. */
  readonly cost: number;
  /** MACs carried out per MAC unit and cycle, 0 to 1; absent for layers without MACs. */
  readonly utilization?: number;
  /** The largest first; the first is what limits the layer. */
  readonly limits: readonly LayerLimit[];
}

/** What a layer spends its time on. */
export interface LayerLimit {
  /** `computing`, or what the array waits for. */
  readonly by: 'computing' | StallCause;
  /** Of the layer's cycles, 0 to 1. */
  readonly share: number;
}

export interface MappedLayer {
  readonly layer: string;
  /** Such as `conv2d 64 x 64 x 3 x 3, 32 x 32 outputs`. */
  readonly shape: string;
  /** Name of the storage format; absent for layers without weights. */
  readonly format?: string;
  /** By a scenario or a mapping file, and not searched for. */
  readonly isPrescribed: boolean;
  readonly mapping: Mapping;
  /** The array sees taps that repeat from filter to filter, so that `phasesPerGroup` may matter. */
  readonly hasPeriod: boolean;
  readonly nest: LoopNest;
  readonly accesses: readonly LevelAccess[];
  readonly summary: MappingSummary;
  /** Absent where nothing was searched, or the search does not say. */
  readonly search?: SearchOutcome;
}

export interface MappedCell {
  readonly variant: string;
  /** As asked for. */
  readonly storage: string;
  readonly dataflow: string;
  readonly layers: readonly MappedLayer[];
}

/** The mappings of a scenario's cells. Plain data. */
export interface MappedScenario {
  readonly scenario: string;
  readonly network: string;
  readonly accelerator: string;
  readonly objective: MappingObjective;
  readonly batch: number;
  readonly notes: readonly string[];
  readonly cells: readonly MappedCell[];
}
