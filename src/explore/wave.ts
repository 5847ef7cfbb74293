import { setImmediate } from 'node:timers/promises';
import { UserError } from '../document/userError.js';
import { dataflowOf } from '../dataflow/dataflows.js';
import type { PassShape } from '../dataflow/pass.js';
import { createMemory } from '../machine/memory.js';
import { executeLayer } from '../machine/executeLayer.js';
import { storeWeights } from '../machine/layerDram.js';
import type { ArrayState } from '../machine/register/arrayState.js';
import { runNetwork } from '../machine/runNetwork.js';
import type { RunnableLayer } from '../machine/runNetwork.js';
import { passShape } from '../mapping/passShape.js';
import { quantizeInput } from '../model/buildModel.js';
import { modelLayerOf } from '../model/modelLayerOf.js';
import { isConv } from '../network/layer.js';
import type { MapName } from '../network/layer.js';
import type { ElementArray } from '../tensor/precision.js';
import { inBatches, joinMaps } from './batches.js';
import { planCells } from './plan.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { Scenario } from './scenario.js';

/** Which pass of a scenario's layer to look at. */
export interface WaveRequest {
  readonly layer: string;
  /** Number of the pass among the layer's, from 0. */
  readonly pass: number;
}

/** A pass, and the machine that ran it. */
export interface ObservedPass {
  readonly shape: PassShape;
  readonly variant: string;
  readonly dataflow: string;
  readonly passes: number;
  readonly periodPs: number;
  readonly isFloat: boolean;
}

/**
 * Runs the first batch of a scenario's first cell up to a layer, and that layer register by register.
 *
 * @param begin called once, before the pass; what it returns is called at the end of every cycle of the pass
 * @throws UserError when the scenario has no such layer or pass, or the layer has no MACs
 */
export async function observePass(
  scenario: Scenario,
  { layer: name, pass }: WaveRequest,
  begin: (pass: ObservedPass) => (state: ArrayState) => void,
): Promise<ObservedPass> {
  const images = await loadImages(scenario);
  const maker = createVariantMaker(scenario, images);
  const [plan] = await planCells(
    { ...scenario, cells: scenario.cells.slice(0, 1), layers: [name] },
    maker,
    {},
  );
  const taker = plan.layers.find(({ pool }) => pool?.name === name);
  if (taker !== undefined) {
    throw new UserError(
      `expected a layer that runs on the array, got ${name}, which is fused into ${taker.layer.name} and has no passes of its own; ` +
        `take that layer, or leave ${name} out of fuse`,
    );
  }
  const { model } = await maker.prepared(plan.variant);
  const { accelerator } = plan;
  const memory = createMemory(accelerator.buffers);
  const [batch] = inBatches(images.images, scenario.settings.batch);
  const inputs = batch.map((image) => quantizeInput(model, image));
  const maps = new Map<MapName, ElementArray>([['input', joinMaps(inputs, model.precision.ifmap)]]);
  const runnable = plan.layers.map(({ layer, pool, estimate, kept }): RunnableLayer => {
    const modelLayer = modelLayerOf(model, layer);
    const stored = storeWeights(modelLayer, estimate.schedule);
    return { modelLayer, estimate, stored, pool: pool && modelLayerOf(model, pool), kept };
  });
  const index = plan.layers.findIndex(({ layer }) => layer.name === name);
  const before = runnable.slice(0, index);
  const layersBefore = runNetwork(before, memory, maps, accelerator);
  while (layersBefore.next().done !== true) await setImmediate();

  const { modelLayer, estimate, stored, pool, kept } = runnable[index];
  const { schedule } = estimate;
  const { layer } = modelLayer;
  if (!isConv(layer) || schedule.problem.kind !== 'conv')
    throw new UserError(
      `expected a layer that runs on the array, got ${name}, which is of kind ${layer.kind}`,
    );
  if (pass >= schedule.steps.length) {
    throw new UserError(
      `expected a pass of layer ${name} below ${schedule.steps.length}, got ${pass}; passes count from 0`,
    );
  }
  const observed: ObservedPass = {
    shape: passShape(schedule.problem, schedule.mapping, schedule.steps[pass].tile),
    variant: plan.variant.name,
    dataflow: dataflowOf(accelerator.array.dataflow).name,
    passes: schedule.steps.length,
    periodPs: accelerator.periodPs,
    isFloat: schedule.problem.precision === 'float32',
  };
  const observe = begin(observed);
  const input = maps.get(layer.input);
  if (input === undefined) throw new Error(`feature map ${layer.input} has not been computed`);
  const residual = layer.residual === undefined ? undefined : maps.get(layer.residual);
  executeLayer(modelLayer, schedule, accelerator, stored, memory, input, residual, {
    pool,
    execution: 'register',
    kept,
    observe: (step, state) => {
      if (step === pass) observe(state);
    },
  });
  return observed;
}
