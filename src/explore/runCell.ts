import { setImmediate } from 'node:timers/promises';
import { createMemory } from '../machine/memory.js';
import { storeWeights } from '../machine/layerDram.js';
import type { LayerEstimate } from '../machine/estimateLayer.js';
import type { ComputingExecution } from '../machine/execution.js';
import { runNetwork } from '../machine/runNetwork.js';
import type { RunnableLayer } from '../machine/runNetwork.js';
import { floatNetwork } from '../model/floatForward.js';
import type { NetworkImages } from '../model/images.js';
import { quantizeInput } from '../model/buildModel.js';
import { modelLayerOf } from '../model/modelLayerOf.js';
import type { MapName } from '../network/layer.js';
import { checkEndToEnd, checkLayer } from '../reference/check.js';
import { createReference } from '../reference/networkReference.js';
import type { ReferenceBackend } from '../reference/backend.js';
import type { Accuracy, CheckResult } from '../report/result.js';
import { compressedLayout } from '../schedule/compressedMap.js';
import { findActivationFormat } from '../storage/activations/activationFormats.js';
import type { ElementArray } from '../tensor/precision.js';
import { inBatches, joinMaps, mapsOfImages } from './batches.js';
import { isReported } from './layersToRun.js';
import type { CellPlan } from './plan.js';
import type { PreparedVariant } from './prepare.js';
import type { BatchRange } from './runParts.js';
import type { Scenario } from './scenario.js';
import { tally } from './tally.js';
import type { Answers } from './tally.js';

/** What running a cell's images said beside its counts, which no image changes. */
export interface CellRun {
  /** By layer name. */
  readonly checks: ReadonlyMap<string, CheckResult>;
  /** Of the first batch, by layer name; all batches have the same unless it depends on values. */
  readonly estimates: ReadonlyMap<string, LayerEstimate>;
  readonly endToEnd?: CheckResult;
  readonly accuracy?: Accuracy;
}

export interface RunOptions {
  /** No check without one. */
  readonly backend: ReferenceBackend | undefined;
  readonly execution: ComputingExecution;
  readonly signal: AbortSignal | undefined;
  /** Called after each layer of each batch. */
  readonly onLayer: (layer: string) => void;
  /** Which batches are run; all unless given. */
  readonly batches?: BatchRange | undefined;
  /** Threads that share the passes of a layer, this one included. */
  readonly kernelThreads: number;
}

/**
 * Runs a cell's images through the machine, batch by batch and layer by layer, and checks every reported layer on the machine's
 * own inputs, image by image; where the last layer is among them, also the whole network from the image on.
 */
export async function runCell(
  scenario: Scenario,
  plan: CellPlan,
  prepared: PreparedVariant,
  images: NetworkImages,
  { backend, execution, signal, onLayer, batches, kernelThreads }: RunOptions,
): Promise<CellRun> {
  const { settings } = scenario;
  const { accelerator } = plan;
  const { model } = prepared;
  const { network } = model;
  const codec = findActivationFormat(settings.activations);
  const runnable = plan.layers.map(({ layer, pool, estimate, kept }): RunnableLayer => {
    const modelLayer = modelLayerOf(model, layer);
    const { problem, mapping } = estimate.schedule;
    return {
      modelLayer,
      estimate,
      pool: pool && modelLayerOf(model, pool),
      stored: storeWeights(modelLayer, estimate.schedule),
      outputLayout: codec && compressedLayout(problem, mapping, codec, accelerator.dram.burstBytes),
      kept,
    };
  });
  const memory = createMemory(accelerator.buffers, { kernel: settings.kernel, threads: kernelThreads });
  const reference = backend === undefined ? undefined : createReference(backend, model, settings.batch);
  const reported = new Set(
    plan.layers
      .filter((planned) => isReported(scenario, planned))
      .flatMap(({ layer, pool }) => [layer.name, pool?.name ?? layer.name]),
  );
  const checks = new Map<string, CheckResult>();
  const estimates = new Map<string, LayerEstimate>();
  const answers: Answers[] = [];
  const ownBatches = inBatches(images.images, settings.batch).slice(batches?.first, batches?.end);
  const labels = images.labels?.slice((batches?.first ?? 0) * settings.batch);
  let endToEnd: CheckResult | undefined;
  try {
    for (const batch of ownBatches) {
      const inputs = batch.map((image) => quantizeInput(model, image));
      const ofImages = inputs.map((input) => new Map<MapName, ElementArray>([['input', input]]));
      const maps = new Map<MapName, ElementArray>([['input', joinMaps(inputs, model.precision.ifmap)]]);
      for (const finished of runNetwork(runnable, memory, maps, accelerator, execution)) {
        const made = finished.pooled === undefined ? [finished] : [finished, finished.pooled];
        for (const { layer, output } of made) {
          for (const [image, own] of mapsOfImages(output, batch.length).entries()) {
            ofImages[image].set(layer.output, own);
            if (reference === undefined || !reported.has(layer.name)) continue;
            const index = model.layers.findIndex((each) => each.layer === layer);
            const check = checkLayer(reference, index, ofImages[image], own);
            checks.set(layer.name, add(checks.get(layer.name), check));
          }
          onLayer(layer.name);
        }
        const { name } = finished.layer;
        if (!estimates.has(name)) estimates.set(name, finished.estimate);
        await setImmediate();
        signal?.throwIfAborted();
      }
      if (!ofImages[0].has(network.output)) continue;
      for (const [index, image] of batch.entries()) {
        let answer: ElementArray | undefined;
        if (reference !== undefined) {
          const check = checkEndToEnd(reference, inputs[index], ofImages[index]);
          endToEnd = add(endToEnd, check);
          answer = check.expected;
        }
        const machine = ofImages[index].get(network.output);
        if (prepared.operands === undefined || machine === undefined) continue;
        const float32 = floatNetwork(network, prepared.operands, image).get(network.output);
        answers.push({ machine, float32: float32 ?? [], reference: answer });
      }
    }
  } finally {
    reference?.dispose();
    await memory.close();
  }
  return {
    checks,
    estimates,
    ...(endToEnd && { endToEnd }),
    ...(labels !== undefined && answers.length > 0 && { accuracy: tally(labels, answers) }),
  };
}

function add(sum: CheckResult | undefined, { outputs, mismatches }: CheckResult): CheckResult {
  return { outputs: (sum?.outputs ?? 0) + outputs, mismatches: (sum?.mismatches ?? 0) + mismatches };
}
