import type { Accelerator } from '../accelerator/accelerator.js';
import type { SearchSpace } from '../scenario/objective.js';
import type { TileSizeKind } from '../mapping/tileSizes.js';

/** The mappings among which the best one is searched for; all that are legal, of these tile sizes and orders. */
export interface MappingSpace {
  readonly tileSizes: TileSizeKind;
  /** `unlike`: of the orders in which every tensor is moved equally often, the first. */
  readonly orders: 'unlike' | 'all';
  /**
   * `useful`: two slots before one where there is room for them, all slots where tiles would be moved again without them. `all`: every
   * combination.
   */
  readonly bufferings: 'useful' | 'all';
  /** PE sets of a row-stationary array: those that it chooses by itself, or all that fit as well. */
  readonly peSets: 'own' | 'all';
  /** Tilings of more steps are left out while there are others. */
  readonly mostSteps: number;
}

/** The spaces by name, each a part of the next. */
export const mappingSpaces = {
  /** Tiles halved again and again: what a run without further wishes looks at. */
  halved: { tileSizes: 'halved', orders: 'unlike', bufferings: 'useful', peSets: 'own', mostSteps: 20_000 },
  /** All tiles that cut loops evenly or suit the array. */
  aligned: { tileSizes: 'aligned', orders: 'unlike', bufferings: 'useful', peSets: 'all', mostSteps: 20_000 },
  /** Everything. */
  full: { tileSizes: 'all', orders: 'all', bufferings: 'all', peSets: 'all', mostSteps: 2_000_000 },
} as const satisfies Readonly<Record<SearchSpace, MappingSpace>>;

/** Layers of more steps than this are not worth simulating one by one. */
export const mostStepsEver = 2_000_000;

/** Names of the dataflows among which a mapping can choose. */
export function dataflowsOf({ array }: Accelerator): readonly string[] {
  return array.dataflows ?? [array.dataflow];
}
