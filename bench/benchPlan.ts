import type { SearchEffort } from '../src/search/mapLayer.js';
import type { SearchSpace } from '../src/scenario/objective.js';
import type { TurnLimits } from './timing/inTurns.js';

/** A network that is run. */
export interface PlannedNetwork {
  readonly scenario: string;
  readonly variant: string;
  /** Where the scenario lies, below the package. */
  readonly file: string;
  /** Tile execution / inference that is to be reached. */
  readonly goal?: number;
  readonly effort?: SearchEffort;
  readonly limits: TurnLimits;
}

/** What a run of the benchmark measures, and for how long. */
export interface BenchPlan {
  readonly networks: readonly PlannedNetwork[];
  /** Processes of their own, by the network's number in the list above. */
  readonly startUps: ReadonlyArray<{
    readonly network: number;
    readonly processes: number;
    readonly goalBytes: number;
  }>;
  /** Of work of milliseconds. */
  readonly short: TurnLimits;
  /** Of the plain kernels, and of works with many sizes. */
  readonly long: TurnLimits;
  readonly command: { readonly help: TurnLimits; readonly run: TurnLimits };
  readonly arithmetics: number;
  readonly growth: { readonly quantities: readonly string[]; readonly sizes: number };
  readonly mapping: { readonly variants: readonly string[]; readonly spaces: readonly SearchSpace[] };
  readonly isQuick: boolean;
  /** Of the storage formats, the memory controller and the bounds of the search. */
  readonly repeats: number;
}

const resnet18 = 'configs/scenarios/resnet18-cifar10.yaml';
const tileLimits: TurnLimits = { warmUps: 8, least: 9, most: 25, budgetMs: 6000 };

function resnet18With(variant: string, limits: TurnLimits, goal?: number): PlannedNetwork {
  return {
    ...{ scenario: 'resnet18-cifar10', file: resnet18, variant, limits },
    ...(goal !== undefined && { goal }),
  };
}

const megabyte = 1e6;

export const fullPlan: BenchPlan = {
  networks: [
    resnet18With('PSD4_P8', tileLimits, 1),
    resnet18With('pSC9', tileLimits),
    resnet18With('PSD1_P16', tileLimits),
    {
      ...{ scenario: 'vgg16-cifar10', file: 'configs/scenarios/vgg16-cifar10.yaml' },
      ...{ variant: 'PSD4_P8', limits: tileLimits },
    },
    {
      ...{ scenario: 'vgg16-imagenet', file: 'bench/scenarios/vgg16-imagenet.yaml' },
      ...{ variant: 'PSD4_P8', goal: 1.5 },
      // Mappings near the best are enough here; those of a run are searched for longer.
      effort: { space: 'halved', judgements: 4, refinements: 100 },
      limits: { warmUps: 1, least: 3, most: 7, budgetMs: 20_000 },
    },
  ],
  startUps: [
    { network: 0, processes: 3, goalBytes: 300 * megabyte },
    { network: 4, processes: 1, goalBytes: 1000 * megabyte },
  ],
  short: { warmUps: 10, least: 15, most: 60, budgetMs: 1500 },
  long: { warmUps: 2, least: 5, most: 15, budgetMs: 3000 },
  command: {
    help: { warmUps: 1, least: 7, most: 11, budgetMs: 3000 },
    run: { warmUps: 0, least: 2, most: 7, budgetMs: 10_000 },
  },
  arithmetics: Infinity,
  growth: { quantities: ['MACs', 'channels', 'PEs', 'KiB of buffers'], sizes: Infinity },
  mapping: { variants: ['PSD4_P8', 'pSC9'], spaces: ['halved', 'aligned'] },
  isQuick: false,
  repeats: 7,
};

export const quickPlan: BenchPlan = {
  networks: [
    resnet18With('PSD4_P8', { warmUps: 6, least: 5, most: 15, budgetMs: 3000 }, 1),
    resnet18With('pSC9', { warmUps: 1, least: 3, most: 9, budgetMs: 1000 }),
  ],
  startUps: [{ network: 0, processes: 1, goalBytes: 300 * megabyte }],
  short: { warmUps: 5, least: 7, most: 30, budgetMs: 500 },
  long: { warmUps: 1, least: 3, most: 5, budgetMs: 500 },
  command: {
    help: { warmUps: 1, least: 3, most: 5, budgetMs: 1000 },
    run: { warmUps: 0, least: 1, most: 3, budgetMs: 3000 },
  },
  arithmetics: 1,
  growth: { quantities: ['MACs', 'PEs'], sizes: 3 },
  mapping: { variants: ['PSD4_P8'], spaces: ['halved'] },
  isQuick: true,
  repeats: 3,
};
