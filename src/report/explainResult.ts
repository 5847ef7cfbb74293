import type { TensorTraffic } from '../counts/compulsoryTraffic.js';
import type { CycleParts } from '../counts/cycleParts.js';
import type { Roofline } from '../counts/roofline.js';
import type { CompulsoryEnergy } from '../energy/compulsoryEnergy.js';
import type { Mapping } from '../mapping/mapping.js';
import type { MappingObjective } from '../scenario/objective.js';
import type { Tensor } from '../tensor/dataSpace.js';

/** What a machine takes for some work. */
export interface Figures {
  /** Of the objective: pJ x ps, pJ, ps, B of whole bursts, or what weights make of them. */
  readonly objective: number;
  readonly latencyPs: number;
  readonly energyPj: number;
  /** Whole bursts. */
  readonly dramBytes: number;
  /** Of the whole chip, as far as the energy table knows it; register files as large as the reported layers need where no size is given. */
  readonly areaMm2: number;
}

/** Traffic of a tensor, and the buffer that it goes through. */
export interface BufferedTraffic extends TensorTraffic {
  readonly buffer: string;
  readonly capacityBytes: number;
}

/** Part of an energy. */
export interface NamedEnergy {
  readonly name: string;
  readonly pj: number;
}

/** Where cycles, traffic and energy of a layer or of a network go. */
export interface Diagnosis {
  readonly roofline: Roofline;
  readonly cycles: number;
  /** Add up to `cycles`. */
  readonly cycleParts: CycleParts;
  readonly traffic: Readonly<Record<Tensor, BufferedTraffic>>;
  readonly energyPj: number;
  /** Add up to `energyPj`, each. */
  readonly byComponent: readonly NamedEnergy[];
  readonly byTensor: readonly NamedEnergy[];
  readonly compulsoryEnergy: CompulsoryEnergy;
}

/** What a change of the machine makes of some work. */
export interface ChangeOutcome {
  /** Such as `capacity:ifmap-buffer`. */
  readonly change: string;
  /** For people. */
  readonly title: string;
  /** What the energy table does not say of it. */
  readonly caveats: readonly string[];
  readonly after: Figures;
  /** Objective before over objective after: above 1 it helps. */
  readonly gain: number;
  /** Layers for which the mapping of the unchanged machine is better than the one that was searched for. */
  readonly mappingsKept: number;
}

/** A change that cannot be judged. */
export interface RefusedChange {
  readonly change: string;
  readonly title: string;
  readonly reason: string;
}

/** Some work, and what would help it. */
export interface Explained extends Diagnosis {
  readonly figures: Figures;
  /** The largest gain first. */
  readonly changes: readonly ChangeOutcome[];
}

export interface ExplainedLayer extends Explained {
  readonly layer: string;
  readonly kind: string;
  readonly mapping: Mapping;
  /** Of the objective of all reported layers together: of EDP the mean of the shares in energy and latency; null where layers were named. */
  readonly shareOfObjective: number | null;
}

/** A point under the roofline. */
export interface RooflinePoint {
  readonly layer: string;
  readonly intensity: number | null;
  readonly attainedPerCycle: number;
}

export interface ExplainedVariant {
  readonly variant: string;
  readonly storage: string;
  readonly dataflow: string;
  /** All reported layers together; absent where layers were named. */
  readonly network?: Explained;
  /** Those named, or those that cost most of the objective, the costliest first. */
  readonly layers: readonly ExplainedLayer[];
  /** Of all reported layers with MACs. */
  readonly points: readonly RooflinePoint[];
  readonly refused: readonly RefusedChange[];
}

/** What bounds a scenario's layers, and which one change would help most. Plain data. */
export interface ExplainResult {
  readonly scenario: string;
  readonly network: string;
  readonly accelerator: string;
  readonly energyTable: string;
  readonly objective: MappingObjective;
  /** Images that all figures are for. */
  readonly batch: number;
  readonly periodPs: number;
  readonly notes: readonly string[];
  readonly variants: readonly ExplainedVariant[];
}
