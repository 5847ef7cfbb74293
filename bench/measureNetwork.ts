import { createVariantMaker, loadImages } from '../src/explore/prepare.js';
import { planScenario } from '../src/explore/plan.js';
import { loadScenario } from '../src/explore/scenario.js';
import { createMemory } from '../src/machine/memory.js';
import { estimateLayer } from '../src/machine/estimateLayer.js';
import { storeWeights } from '../src/machine/layerDram.js';
import { runNetwork } from '../src/machine/runNetwork.js';
import { quantizeInput } from '../src/model/buildModel.js';
import { openReference } from '../src/reference/backend.js';
import { timeInference } from '../src/reference/timeInference.js';

/** Times of one network for one image, medians, all taken in the same run. */
export interface Measurement {
  readonly scenario: string;
  readonly variant: string;
  /** Tile execution of all layers: real bytes moved, real outputs computed. */
  readonly tileMs: number;
  /** Schedules and timelines of all layers, without data. */
  readonly estimateMs: number;
  /** Mapping search of all layers, once. */
  readonly mappingMs: number;
  /** The same network in float32 on TensorFlow.js. */
  readonly inferenceMs: number;
  /** Median over the repeats of tile execution / inference, measured next to each other. */
  readonly ratio: number;
  readonly reference: string;
  readonly effectualMacs: number;
}

/** Tile execution and inference take turns, so that a busy machine slows both. */
export async function measureNetwork(file: string, variant: string, repeats: number): Promise<Measurement> {
  const scenario = await loadScenario(file, { variants: [variant] });
  const planned = performance.now();
  const [plan] = await planScenario(scenario);
  const mappingMs = performance.now() - planned;
  const images = await loadImages(scenario);
  const { model } = await createVariantMaker(scenario, images).prepared(plan.variant);
  const layers = plan.layers.map(({ estimate: known }, index) => ({
    modelLayer: model.layers[index],
    estimate: known,
    stored: storeWeights(model.layers[index], known.schedule),
  }));
  const input = quantizeInput(model, images.images[0]);
  const memory = createMemory(plan.accelerator.buffers);
  const backend = await openReference('wasm');

  const tile = (): number =>
    timed(() => {
      const maps = new Map([['input', input]]);
      for (const layer of runNetwork(layers, memory, maps, plan.accelerator)) void layer;
    });
  const estimate = (): number =>
    timed(() => {
      for (const { estimate: known } of plan.layers) {
        estimateLayer(known.schedule.problem, known.schedule.mapping, plan.accelerator);
      }
    });
  const infer = (): number => timeInference(backend, model, images.images[0], 1);

  tile();
  estimate();
  const rounds = Array.from({ length: repeats }, () => ({
    tileMs: tile(),
    inferenceMs: infer(),
    estimateMs: estimate(),
  }));
  backend.dispose();
  const effectualMacs = plan.layers.reduce((sum, { estimate: known }) => {
    const passes = known.schedule.steps.reduce((macs, { pass }) => macs + pass.macs, 0);
    return sum + passes;
  }, 0);
  return {
    scenario: scenario.settings.name,
    variant,
    tileMs: median(rounds.map(({ tileMs }) => tileMs)),
    estimateMs: median(rounds.map(({ estimateMs }) => estimateMs)),
    mappingMs,
    inferenceMs: median(rounds.map(({ inferenceMs }) => inferenceMs)),
    ratio: median(rounds.map(({ tileMs, inferenceMs }) => tileMs / inferenceMs)),
    reference: backend.name,
    effectualMacs,
  };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
