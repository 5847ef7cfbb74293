import fc from 'fast-check';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { storeWeights } from '../../src/machine/layerDram.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import type { RunnableLayer } from '../../src/machine/runNetwork.js';
import { keepGraph } from '../../src/mapping/keep/keepGraph.js';
import type { KeptLayer } from '../../src/mapping/keep/keepGraph.js';
import { leastKept } from '../../src/mapping/keep/leastKept.js';
import { lifetimes } from '../../src/mapping/keep/lifetimes.js';
import { smallestNeeds } from '../../src/mapping/keep/smallestNeeds.js';
import { convProblem, vectorProblem } from '../../src/mapping/layerProblem.js';
import type { LayerProblem } from '../../src/mapping/problem.js';
import { buildModel, quantizeInput } from '../../src/model/buildModel.js';
import { seededImages } from '../../src/model/images.js';
import type { Model, PrecisionSet } from '../../src/model/model.js';
import { inputsOf, isConv } from '../../src/network/layer.js';
import type { Network } from '../../src/network/network.js';
import { elementsInDram, layoutOf } from '../../src/storage/featureMapLayout.js';
import { storeLayer } from '../../src/storage/formats.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { bytesOf } from '../../src/tensor/precision.js';
import { seededParameters } from '../model/collectedParameters.js';

/** A network with numbers, and inputs for it: (images, channels, height, width). */
export interface Seeded {
  readonly model: Model;
  readonly inputs: readonly ElementArray[];
}

export async function seededNetwork(
  network: Network,
  precision: PrecisionSet,
  images: number,
  seed: number,
): Promise<Seeded> {
  const { images: drawn } = seededImages(network, images, seed);
  const supports = new Map();
  const parameters = seededParameters({ network, supports, seed, calibrationImages: drawn });
  const model = await buildModel({
    ...{ network, variant: 'dense', supports, parameters, precision },
    calibrationImages: drawn,
  });
  return { model, inputs: drawn.map((image) => quantizeInput(model, image)) };
}

/** Of each layer the problem with all maps in DRAM. */
export function problemsOf({ model, inputs }: Seeded, layout: string): LayerProblem[] {
  const { precision } = model;
  return model.layers.map(({ layer }) => {
    if (!isConv(layer)) return vectorProblem(layer, precision, inputs.length, layoutOf(layout));
    const { filters, channelsPerGroup, kernelHeight, kernelWidth } = layer.geometry;
    const supports = denseSupports(filters, channelsPerGroup, kernelHeight * kernelWidth);
    const stored = storeLayer('auto', { supports, precision: precision.weight }, layer.name);
    return convProblem(layer, precision, stored, inputs.length, layoutOf(layout));
  });
}

/** Of each buffer the name, or undefined for the DRAM, by the map's place among those that can stay on chip. */
export type Wish = (map: number) => string | undefined;

/** Keeps as many maps as fit where they are wished; undefined when a layer does not fit even with all maps in DRAM. */
export async function keepAsWished(
  network: Network,
  problems: readonly LayerProblem[],
  accelerator: Accelerator,
  wish: Wish,
): Promise<readonly KeptLayer[] | undefined> {
  const maps = new Map(
    [...lifetimes(network)].map(([name, life], index) => {
      const { images, layout, precision } = problems[life.writer];
      const { outputShape } = network.layers[life.writer];
      const bytes = images * elementsInDram(layout, outputShape) * bytesOf(precision);
      const wished = wish(index);
      return [name, { ...life, bytes, places: wished === undefined ? [undefined] : [undefined, wished] }];
    }),
  );
  const graph = await keepGraph({
    layers: network.layers.map((layer) => ({ inputs: inputsOf(layer), output: layer.output })),
    maps,
    buffers: accelerator.buffers,
    allPlaces: true,
    cost: (layer, kept) => {
      const needs = smallestNeeds(problems[layer], accelerator);
      const fits = accelerator.buffers.every(
        ({ name, capacityBytes }) => (needs.get(name) ?? 0) + (kept?.bytes[name] ?? 0) <= capacityBytes,
      );
      const energyPj = kept?.output === undefined ? 2 : 1;
      return Promise.resolve(fits ? { energyPj, latencyPs: 1, dramBytes: 1 } : undefined);
    },
  });
  return 'attempts' in graph ? undefined : leastKept(graph, 'energy').layers;
}

export function runnableLayers(
  { model }: Seeded,
  problems: readonly LayerProblem[],
  kept: readonly KeptLayer[],
  accelerator: Accelerator,
): RunnableLayer[] {
  return model.layers.map((modelLayer, index) => {
    const { maps, places } = kept[index];
    const problem = maps === undefined ? problems[index] : { ...problems[index], kept: maps };
    const estimate = mapLayer(problem, accelerator);
    return { modelLayer, estimate, stored: storeWeights(modelLayer, estimate.schedule), kept: places };
  });
}

/** Which buffer each map is wished in, by draw. */
export function wishes(draws: readonly number[], { buffers }: Accelerator): Wish {
  const places = [undefined, ...buffers.map(({ name }) => name)];
  return (map) => places[draws[map % draws.length] % places.length];
}

export const wishDraws = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 });
