import type { Sensitivity } from '../energy/sensitivity.js';
import type { SensitivityMetric } from '../energy/sensitivityMetric.js';
import type { MappingObjective } from '../scenario/objective.js';

/** A variant beside the dense one in its dataflow. */
export interface VariantSensitivity extends Sensitivity {
  readonly variant: string;
  /** As asked for: `auto` or a format. */
  readonly storage: string;
  readonly dataflow: string;
  readonly dense: { readonly variant: string; readonly storage: string };
}

/** How far the comparisons of a scenario depend on its energy tables. Plain data. */
export interface SensitivityResult {
  readonly scenario: string;
  readonly network: string;
  readonly accelerator: string;
  readonly energyTable: string;
  readonly metric: SensitivityMetric;
  /** Share of itself by which a figure is changed. */
  readonly by: number;
  /** What mappings were searched for, with the figures as they stand. */
  readonly objective: MappingObjective;
  readonly notes: readonly string[];
  readonly variants: readonly VariantSensitivity[];
}

/** What a variant and its dense one are called, with storage and dataflow where several are compared. */
export interface Titles {
  readonly variant: string;
  readonly dense: string;
}

export function titlesOf(variants: readonly VariantSensitivity[]): Titles[] {
  const storages = new Set(variants.flatMap(({ storage, dense }) => [storage, dense.storage]));
  const dataflows = new Set(variants.map(({ dataflow }) => dataflow));
  const title = (...words: readonly [variant: string, storage: string, dataflow: string]): string =>
    words.filter((_, place) => place === 0 || [storages, dataflows][place - 1].size > 1).join(' ');
  return variants.map(({ variant, storage, dataflow, dense }) => ({
    variant: title(variant, storage, dataflow),
    dense: title(dense.variant, dense.storage, dataflow),
  }));
}
