import { setImmediate } from 'node:timers/promises';
import { dependsOnValues } from '../storage/formats.js';
import { openReference } from '../reference/backend.js';
import type { ScenarioResult, VariantResult } from '../report/result.js';
import { savingsOf } from '../report/totals.js';
import { leavesNothingOut } from './dense.js';
import { scenarioNotes } from './notes.js';
import { layersToRun } from './layersToRun.js';
import { planCells } from './plan.js';
import type { CellPlan } from './plan.js';
import { createVariantMaker, loadImages } from './prepare.js';
import { rememberSearches } from './rememberedSearches.js';
import { partsOf, runThreadCount } from './runParts.js';
import { runInThreads } from './runThreads.js';
import { simulateCell } from './simulateCell.js';
import type { Scenario } from './scenario.js';
import type { Cell } from './cells.js';
import type { MappingCache } from './mappingCache.js';
import type { Jobs } from './searchThreads.js';

/** How far a simulation has come. */
export interface Progress {
  readonly variant: string;
  readonly storage: string;
  readonly dataflow: string;
  /** What is being done, and to which layer. */
  readonly activity: string;
  /** Layers mapped and run so far, over all variants and batches. */
  readonly done: number;
  readonly total: number;
}

export interface SimulateOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the simulation at the next layer; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** As of `PlanOptions`. */
  readonly cache?: MappingCache | undefined;
  /**
   * How many threads search for mappings, run variants and images, or share the passes of a single one; 1 unless given. `auto` leaves
   * the latter to this thread unless there is much to run. What comes out does not depend on it.
   */
  readonly jobs?: Jobs | undefined;
}

/**
 * Runs a scenario: every variant's network on the accelerator, on real data, checked against TensorFlow.js, with its
 * counts and energy. Nothing is written.
 *
 * @throws UserError when a layer fits no buffer, weights or images cannot be read, the reference does not load, or an
 *   accumulator overflows
 */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<ScenarioResult> {
  const { settings, network, accelerator, energyTable, cells } = scenario;
  const images = await loadImages(scenario);
  const layers = layersToRun(scenario, network).length * cells.length;
  const total =
    layers * (1 + (settings.execution === 'estimate' ? 1 : images.images.length / settings.batch));
  let done = 0;
  const advance = (cell: Cell, activity: string, by: number): void => {
    done += by;
    const { variant, storage, accelerator: own } = cell;
    const { dataflow } = own.array;
    options.onProgress?.({ variant: variant.name, storage, dataflow, activity, done, total });
  };
  const maker = createVariantMaker(scenario, images);
  const { jobs = 1, signal } = options;
  const { execution, check } = settings;
  const batches = execution === 'estimate' ? 1 : images.images.length / settings.batch;
  const threads = runThreadCount(jobs, scenario, batches);
  const remembered = threads > 1 ? rememberSearches(options.cache) : undefined;
  // Both while other threads search for mappings. What fails here is told when it is needed, after whatever fails before.
  const runsHere = remembered === undefined && execution !== 'estimate';
  const opening = runsHere && check.enabled ? openReference(check.backend) : undefined;
  const ahead = new AbortController();
  const isAhead = runsHere && !cells.some(({ storage }) => dependsOnValues(storage));
  const preparing = isAhead ? maker.prepared(cells[0].variant, ahead.signal) : undefined;
  for (const begun of [opening, preparing]) begun?.catch(() => undefined);
  const plans = await planCells(scenario, maker, {
    onLayer: (cell, layer) => {
      advance(cell, `mapping ${layer}`, 1);
    },
    signal,
    cache: remembered?.cache ?? options.cache,
    jobs,
  }).catch((error: unknown) => {
    ahead.abort();
    throw error;
  });
  const onLayer = (plan: CellPlan, layer: string): void => {
    advance(plan, layer, 1);
  };
  let reference: string | undefined;
  let variants: VariantResult[];
  if (remembered !== undefined) {
    const parts = partsOf(scenario, batches, threads);
    const run = await runInThreads(scenario, parts, threads, remembered.searches, {
      signal,
      onLayer: (cell, layer) => {
        onLayer(plans[cell], layer);
      },
    });
    ({ reference, variants } = run);
  } else {
    const backend = await opening;
    reference = backend?.name;
    variants = [];
    try {
      for (const plan of plans) {
        advance(plan, 'weights', 0);
        await setImmediate();
        signal?.throwIfAborted();
        const reporting = {
          signal,
          onLayer: (layer: string) => {
            onLayer(plan, layer);
          },
        };
        const kernelThreads = jobs === 'auto' ? 1 : jobs;
        variants.push(
          await simulateCell(scenario, plan, maker, images, { backend, kernelThreads, ...reporting }),
        );
      }
    } finally {
      backend?.dispose();
    }
  }
  const { array, clockHz, technologyNm } = accelerator;
  return {
    scenario: settings.name,
    description: settings.description,
    network: { name: network.name, source: network.source },
    accelerator: { name: accelerator.name, ...array, clockHz, technologyNm },
    energyTable: energyTable.name,
    precision: settings.precision,
    layout: settings.layout,
    images: execution === 'estimate' ? 0 : images.images.length,
    execution,
    batch: settings.batch,
    ...(reference !== undefined && { reference }),
    notes: scenarioNotes(
      scenario,
      variants.flatMap(({ energy }) => energy.sources),
    ),
    variants: withSavings(variants, plans),
  };
}

/** Compares each variant with the first of its dataflow that leaves nothing out. */
function withSavings(variants: readonly VariantResult[], plans: readonly CellPlan[]): VariantResult[] {
  return variants.map((variant) => {
    const dense = variants.find(
      ({ dataflow }, index) => dataflow === variant.dataflow && leavesNothingOut(plans[index].sparse),
    );
    return dense === undefined ? variant : { ...variant, savings: savingsOf(variant, dense) };
  });
}
