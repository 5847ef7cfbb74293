import type { Accelerator } from '../accelerator/accelerator.js';
import { countLayer } from '../counts/countLayer.js';
import { UserError } from '../document/userError.js';
import { evaluateEnergy } from '../energy/evaluate.js';
import type { EnergyModel } from '../energy/evaluate.js';
import { estimateLayer, estimateUnless } from '../machine/estimateLayer.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { TimelineCache } from '../machine/sharedTimelines.js';
import type { Mapping } from '../mapping/mapping.js';
import { noLegalMapping } from '../mapping/noMapping.js';
import { noPooledMapping } from '../mapping/noPooledMapping.js';
import { prescribedMapping } from '../mapping/prescribedMapping.js';
import type { LayerProblem } from '../mapping/problem.js';
import type { Layer } from '../network/layer.js';
import type { LayerMappingSpec } from '../scenario/scenario.js';
import type { PassCache } from '../schedule/schedule.js';
import { tensors } from '../tensor/dataSpace.js';
import { needsEnergy, valueOf } from '../scenario/objective.js';
import type { MappingObjective, ObjectiveSums, SearchSpace } from '../scenario/objective.js';
import { withBestPeSets } from './otherPeSets.js';
import { searchMapping } from './searchMapping.js';
import type { Judge, MappingSearch, SearchLimits } from './searchMapping.js';
import { fewestSteps } from './fewestSteps.js';
import { mappingSpaces, mostStepsEver } from './space.js';
import type { MappingSpace } from './space.js';

/** What to search through, and for how long. */
export interface SearchEffort extends Omit<SearchLimits, 'isOver'> {
  readonly space?: SearchSpace | undefined;
  /**
   * How long the search goes on after the quick one, in ms. The time is looked at between two mappings; the look through the whole space
   * that comes first takes as long as it takes.
   */
  readonly budgetMs?: number | undefined;
}

export interface MapLayerOptions {
  /** Least DRAM traffic unless given. */
  readonly objective?: MappingObjective | undefined;
  /** The layer that the problem was made of, and what its machine is charged; only for objectives that ask for energy. */
  readonly priced?: { readonly layer: Layer; readonly model: EnergyModel } | undefined;
  readonly effort?: SearchEffort | undefined;
  /** A mapping that the user prescribes. */
  readonly spec?: LayerMappingSpec | undefined;
}

/** How sure it is that no other mapping is better. */
export interface SearchOutcome {
  readonly space: SearchSpace;
  /** What the mapping costs, and what no mapping of the space falls below, in the objective's unit. */
  readonly cost: number;
  readonly bound: number;
  /** No mapping of the space is better. */
  readonly isProven: boolean;
  /** Mappings estimated exactly, and mappings looked at by the bound. */
  readonly judged: number;
  readonly bounded: number;
}

/** A layer's estimate, and how its mapping was found; absent where the user prescribes it. */
export interface MappedLayer extends LayerEstimate {
  readonly search?: SearchOutcome;
}

/** Enough for a mapping that is near the best one, mostly the best of its space, in no time. */
export const quickEffort: SearchEffort = { space: 'halved' };

/**
 * Limits of a quick search that is given none. Where every kernel has a support of its own no two tiles are alike, and each takes its
 * time.
 */
function quickLimits(problem: LayerProblem): Required<Pick<SearchLimits, 'judgements' | 'refinements'>> & {
  readonly mostSteps: number;
} {
  return isIrregular(problem)
    ? { judgements: 40, refinements: 300, mostSteps: 256 }
    : { judgements: 200, refinements: 4000, mostSteps: mappingSpaces.halved.mostSteps };
}

function isIrregular(problem: LayerProblem): boolean {
  return problem.kind === 'conv' && problem.storage.repeats === Infinity;
}

/**
 * Maps a layer, as prescribed or by search, and estimates it. The search judges mappings by this very estimate.
 *
 * @throws UserError when no tile fits or the prescribed one does not
 */
export function mapLayer(
  problem: LayerProblem,
  accelerator: Accelerator,
  options: MapLayerOptions = {},
): MappedLayer {
  const steps = mapLayerStepwise(problem, accelerator, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As `mapLayer`, in steps between which others get their turn. */
export function* mapLayerStepwise(
  problem: LayerProblem,
  accelerator: Accelerator,
  { objective = 'dram-traffic', priced, effort = quickEffort, spec }: MapLayerOptions = {},
): Generator<void, MappedLayer, void> {
  if (needsEnergy(objective) && priced === undefined)
    throw new Error(`layer ${problem.name}: the objective asks for energy, and nothing is priced`);
  const sums = (estimate: LayerEstimate): ObjectiveSums =>
    sumsOf(estimate, accelerator, needsEnergy(objective) ? priced : undefined);
  const timelines: TimelineCache = new Map();
  const judge: Judge<LayerEstimate> = (mapping, passes, isTooLate) => {
    const estimate = estimateUnless(isTooLate, problem, mapping, accelerator, { passes, timelines });
    return estimate && { sums: sums(estimate), estimate };
  };
  if (spec !== undefined) {
    const passes: PassCache = new Map();
    const judged = new Map<Mapping, LayerEstimate>();
    const mapping = prescribedMapping(problem, spec, accelerator, (each) => {
      const estimate = estimateLayer(problem, each, accelerator, passes);
      judged.set(each, estimate);
      return valueOf(objective, sums(estimate));
    });
    return judged.get(mapping) ?? estimateLayer(problem, mapping, accelerator, passes);
  }

  const search = { problem, accelerator, objective, priced };
  const { space = 'halved', budgetMs, ...counts } = effort;
  const isQuick = space === 'halved';
  const limits = (): SearchLimits => ({
    ...counts,
    ...(budgetMs !== undefined && { isOver: after(budgetMs) }),
  });
  const { mostSteps, ...quick } = quickLimits(problem);
  const small = spaceFor(problem, accelerator, { ...mappingSpaces.halved, mostSteps });
  const first = yield* searchMapping(search, small, judge, isQuick ? { ...quick, ...limits() } : quick);
  if (isQuick) {
    if (first.best === undefined) return outcomeOf(first, space, problem, accelerator);
    const { best, judged } = yield* withBestPeSets(search, first.best, first.nearest, judge);
    const bound = Math.min(first.bound, best.value);
    return outcomeOf({ ...first, best, bound, judged: first.judged + judged }, space, problem, accelerator);
  }
  // What is known of a small space spares looking at most of a large one.
  const large = spaceFor(problem, accelerator, mappingSpaces[space]);
  const found = yield* searchMapping(search, large, judge, limits(), first.best);
  const together = {
    ...found,
    judged: first.judged + found.judged,
    refined: first.refined + found.refined,
    bounded: first.bounded + found.bounded,
  };
  return outcomeOf(together, space, problem, accelerator);
}

function after(ms: number): () => boolean {
  const end = performance.now() + ms;
  return () => performance.now() >= end;
}

/** With as many steps as the layer takes at least. */
function spaceFor(problem: LayerProblem, accelerator: Accelerator, space: MappingSpace): MappingSpace {
  const fewest = fewestSteps(problem, accelerator, space);
  if (fewest > mostStepsEver && fewest !== Infinity) {
    throw new UserError(
      `layer ${problem.name}: the buffers of ${accelerator.name} hold only tiles so small that the layer takes ` +
        `${fewest} steps; expected at most ${mostStepsEver}: enlarge the buffers`,
      { file: accelerator.file },
    );
  }
  return { ...space, mostSteps: Math.max(space.mostSteps, fewest) };
}

function outcomeOf(
  { best, ...found }: MappingSearch<LayerEstimate>,
  space: SearchSpace,
  problem: LayerProblem,
  accelerator: Accelerator,
): MappedLayer {
  if (best === undefined) throw whyNot(problem, accelerator);
  const { bound, isProven, judged, bounded } = found;
  return { ...best.estimate, search: { space, cost: best.value, bound, isProven, judged, bounded } };
}

function whyNot(problem: LayerProblem, accelerator: Accelerator): UserError {
  return problem.kind === 'conv' && problem.pool !== undefined
    ? noPooledMapping(problem, accelerator)
    : noLegalMapping(problem, accelerator);
}

/** What an estimated layer comes to; without energy where nothing is priced. */
export function sumsOf(
  { schedule, timeline }: LayerEstimate,
  accelerator: Accelerator,
  priced?: MapLayerOptions['priced'],
): ObjectiveSums {
  let bursts = 0;
  for (const tensor of tensors)
    bursts += timeline.dram[tensor].readBursts + timeline.dram[tensor].writeBursts;
  const energyPj =
    priced === undefined
      ? 0
      : evaluateEnergy(countLayer(priced.layer, schedule, timeline, accelerator), priced.model).totalPj;
  return { latencyPs: timeline.endPs, energyPj, dramBytes: bursts * accelerator.dram.burstBytes };
}
