import type { Execution } from '../scenario/execution.js';
import type { LayerCounts, StoredBytes } from '../counts/layerCounts.js';
import type { Area } from '../energy/area.js';
import type { Energy, EnergyMetrics, LayerEnergy } from '../energy/layerEnergy.js';
import type { Mapping } from '../mapping/mapping.js';
import type { PrecisionSet } from '../model/model.js';
import type { Shape } from '../network/layer.js';
import type { DramBehaviour } from './dramBehaviour.js';

/** How many outputs were compared with the reference, and how many were not what they should be. */
export interface CheckResult {
  readonly outputs: number;
  readonly mismatches: number;
}

/** One layer of one variant. Counts and energy are those of one batch of images. */
export interface LayerResult {
  readonly input: Shape;
  readonly output: Shape;
  /** Absent for layers without weights. */
  readonly kernel?: readonly [number, number];
  /** Name of the storage format; absent for layers without weights. */
  readonly format?: string;
  /** Of the maps that stay on chip, the names of their buffers. */
  readonly kept?: Readonly<Partial<Record<'input' | 'residual' | 'output', string | undefined>>> | undefined;
  readonly mapping: Mapping;
  /** In which the array works on it; absent for layers without MACs where the array can be set to several. */
  readonly dataflow?: string;
  /** What the dataflow has chosen beyond it for the first pass, such as e, p, q, r and t of row stationary. */
  readonly chosen: Readonly<Record<string, number>>;
  readonly steps: number;
  readonly counts: LayerCounts;
  /** Absent where the DRAM was not simulated command by command. */
  readonly dramBehaviour?: DramBehaviour;
  readonly energy: LayerEnergy;
  /** The most that the chip draws in one of the layer's passes; the DRAM is not of the chip. */
  readonly peakChipPowerMw: number;
  /** Over all images; absent when nothing was checked. */
  readonly check?: CheckResult;
}

/** Images whose largest output is the labelled class; ties go to the first of the classes. */
export interface Accuracy {
  readonly images: number;
  readonly machineTop1: number;
  readonly float32Top1: number;
  /** Absent without a check. */
  readonly reference?: {
    readonly top1: number;
    /** Images on which machine and reference name the same class. */
    readonly agreeing: number;
  };
}

/** Sums over a variant's layers, for one batch of images. */
export interface VariantTotals {
  readonly parameters: number;
  readonly weightBytes: StoredBytes;
  readonly weightDenseBytes: number;
  readonly dramBytes: {
    readonly ifmap: number;
    readonly weight: number;
    readonly index: number;
    readonly psum: number;
    readonly ofmap: number;
    readonly total: number;
  };
  /** Absent where the DRAM was not simulated command by command. */
  readonly dramBehaviour?: DramBehaviour;
  readonly macs: {
    readonly dense: number;
    readonly effectual: number;
    readonly effectualUnpadded: number;
    readonly performed: number;
  };
  readonly cycles: number;
  /** Of these, cycles in which the array (or the post-processor of a layer without MACs) works on a pass, port stalls included. */
  readonly computeCycles: number;
  readonly latencyPs: number;
  /** MACs carried out per PE and cycle, 0 to 1. */
  readonly utilization: number;
  readonly stallCycles: LayerCounts['stallCycles'];
}

/** How many times less a variant takes than the dense one in the same dataflow: dense / variant. */
export interface Savings {
  readonly parameters: number;
  readonly weightBytes: number;
  readonly dramBytes: number;
  readonly effectualMacs: number;
  readonly latency: number;
  readonly energy: number;
  readonly edp: number;
}

/** One variant under one storage, in one dataflow. */
export interface VariantResult {
  readonly variant: string;
  /** As asked for: `auto` or a format; what each layer was stored in stands with the layer. */
  readonly storage: string;
  /** Of an array that can be set to several, the first. */
  readonly dataflow: string;
  /** All that the array works in, one layer after the other, in the accelerator's order. */
  readonly usedDataflows: readonly string[];
  readonly description: string;
  /** What the numbers were made of: weights, images, calibration. */
  readonly notes: readonly string[];
  readonly layers: readonly LayerResult[];
  readonly totals: VariantTotals;
  readonly energy: Energy;
  readonly metrics: EnergyMetrics;
  /** The most that the chip draws in any pass of any layer. */
  readonly peakChipPowerMw: number;
  /** Of the chip, register files as large as the layers need where no size is given. */
  readonly area: Area;
  /** Against the dense variant in the same dataflow; absent when the scenario has none. */
  readonly savings?: Savings;
  readonly check?: {
    /** Layers checked on the machine's own inputs. */
    readonly layers: number;
    readonly outputs: number;
    readonly mismatches: number;
    /** The network's result against the reference's own run from the image on; absent when only some layers ran. */
    readonly endToEnd?: CheckResult;
  };
  readonly accuracy?: Accuracy;
}

/** Everything that a simulated scenario says. Plain data. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly description: string;
  readonly network: { readonly name: string; readonly source: string };
  readonly accelerator: {
    readonly name: string;
    /** As its file says; what a variant was run in stands with the variant. */
    readonly dataflow: string;
    readonly rows: number;
    readonly columns: number;
    readonly clockHz: number;
    readonly technologyNm: number;
  };
  readonly energyTable: string;
  readonly precision: PrecisionSet;
  /** Order of the elements of feature maps in DRAM, such as NCHW. */
  readonly layout: string;
  /** How layers were carried out; in `estimate` no data was moved and nothing checked. */
  readonly execution: Execution;
  /** Images that were run, over all batches; 0 in `estimate`. */
  readonly images: number;
  /** Images that a layer takes together: what counts and energies are of. */
  readonly batch: number;
  /** Library, version and backend of the check; absent without one. */
  readonly reference?: string;
  /** What readers must know: origin of weights, figures that were not measured alike. */
  readonly notes: readonly string[];
  readonly variants: readonly VariantResult[];
}

/** Mismatches of all variants, layers and whole networks together. */
export function mismatchesOf({ variants }: Pick<ScenarioResult, 'variants'>): number {
  return variants.reduce(
    (sum, { check }) => sum + (check?.mismatches ?? 0) + (check?.endToEnd?.mismatches ?? 0),
    0,
  );
}
