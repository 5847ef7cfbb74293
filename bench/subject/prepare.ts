import type { CellPlan } from '../../src/explore/plan.js';
import { planScenario } from '../../src/explore/plan.js';
import type { MappingCache } from '../../src/explore/mappingCache.js';
import { createVariantMaker, loadImages } from '../../src/explore/prepare.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { storeWeights } from '../../src/machine/layerDram.js';
import type { RunnableLayer } from '../../src/machine/runNetwork.js';
import { quantizeInput } from '../../src/model/buildModel.js';
import type { Model } from '../../src/model/model.js';
import type { SearchEffort } from '../../src/search/mapLayer.js';
import type { ElementArray } from '../../src/tensor/precision.js';

/** A network, or a layer alone, that is mapped and has its numbers. */
export interface Subject {
  readonly plan: CellPlan;
  readonly model: Model;
  /** With weights as they lie in DRAM. */
  readonly layers: readonly RunnableLayer[];
  /** Of the reference (channels, height, width). */
  readonly image: Float32Array;
  /** The same as the machine's operands. */
  readonly input: ElementArray;
  readonly effectualMacs: number;
  /** Until all layers were mapped, and from there until their weights lay in DRAM. */
  readonly mappingMs: number;
  readonly weightsMs: number;
}

export interface PrepareOptions {
  /** In place of the scenario's first one. */
  readonly variant?: string | undefined;
  readonly cache?: MappingCache | undefined;
  readonly effort?: SearchEffort | undefined;
}

/** @param file of a scenario */
export async function prepareSubject(
  file: string,
  { variant, cache, effort }: PrepareOptions = {},
): Promise<Subject> {
  const start = performance.now();
  const scenario = await loadScenario(file, variant === undefined ? {} : { variants: [variant] });
  const first = { ...scenario, cells: scenario.cells.slice(0, 1) };
  const [plan] = await planScenario(first, { cache, effort });
  const mapped = performance.now();
  const images = await loadImages(scenario);
  const { model } = await createVariantMaker(scenario, images).prepared(plan.variant);
  const layers = plan.layers.map(({ estimate }, index): RunnableLayer => {
    const modelLayer = model.layers[index];
    return { modelLayer, estimate, stored: storeWeights(modelLayer, estimate.schedule) };
  });
  const weightsMs = performance.now() - mapped;
  const [image] = images.images;
  return {
    plan,
    model,
    layers,
    image,
    input: quantizeInput(model, image),
    effectualMacs: effectualMacsOf(plan),
    mappingMs: mapped - start,
    weightsMs,
  };
}

function effectualMacsOf({ layers }: CellPlan): number {
  let macs = 0;
  for (const { estimate } of layers) {
    for (const { pass } of estimate.schedule.steps) macs += pass.macs;
  }
  return macs;
}
