import type { Accelerator } from '../accelerator/accelerator.js';
import { arrayContext } from '../accelerator/arrayContext.js';
import { dependsOnActivations, passCostWith } from '../dataflow/activations.js';
import { mappedDataflow } from '../mapping/mappedDataflow.js';
import type { PassCost } from '../dataflow/pass.js';
import { passShape } from '../mapping/passShape.js';
import { storedBox, storedMap } from '../mapping/storedTile.js';
import { inputPatch } from '../mapping/tiles.js';
import type { Patch } from '../mapping/tiles.js';
import type { Layer, MapName, PoolLayer, Shape } from '../network/layer.js';
import { elementsOf, inputsOf } from '../network/layer.js';
import type { CompressedLayout } from '../schedule/compressedMap.js';
import { withDecoding } from '../schedule/decode.js';
import { withPasses } from '../schedule/schedule.js';
import type { Schedule } from '../schedule/schedule.js';
import { allocateElements, bytesOf, symmetricLimit } from '../tensor/precision.js';
import type { ElementArray, Precision } from '../tensor/precision.js';
import { createRandom, deriveSeed } from '../tensor/random.js';
import { elementsIn } from './buffers.js';
import { createStoredMap, storeCompressed, unpadded } from './compressedDram.js';
import type { StoredMap } from './compressedDram.js';
import { plainMover } from './dma.js';
import type { LayerEstimate } from './estimateLayer.js';
import { networkAddresses } from './dram/addresses.js';
import type { DramObservers } from './dram/commands.js';
import { createDram } from './dram/createDram.js';
import { runTimeline } from './timeline.js';

/** A layer to be estimated. */
export interface EstimatedLayer {
  readonly layer: Layer;
  readonly estimate: LayerEstimate;
  /** Fused into the layer. */
  readonly pool?: PoolLayer | undefined;
  /** Where the layer's output lies if it is to lie compressed. */
  readonly outputLayout?: CompressedLayout | undefined;
}

export interface EstimateOptions {
  /** Share of a feature map's elements that are not zero. */
  readonly densityOf: (map: MapName) => number;
  readonly seed: number;
  readonly observers?: DramObservers;
}

/**
 * The execution `estimate` of a network. What depends on values (gated and skipped activations, compressed maps) is worked out
 * on feature maps whose zeros are drawn at random, independently, with the densities given; nothing is multiplied.
 */
export function* estimateNetwork(
  layers: readonly EstimatedLayer[],
  accelerator: Accelerator,
  { densityOf, seed, observers }: EstimateOptions,
): Generator<{ readonly layer: Layer; readonly estimate: LayerEstimate }, void, void> {
  const compressed = new Map<MapName, StoredMap>();
  const drawn = new Map<MapName, ElementArray>();
  const draw = (name: MapName, elements: number, precision: Precision): ElementArray => {
    const known = drawn.get(name);
    if (known !== undefined) return known;
    const map = drawMap(elements, precision, densityOf(name), deriveSeed(seed, name));
    drawn.set(name, map);
    return map;
  };

  const dram = createDram(accelerator.dram, observers);
  const addresses = networkAddresses(
    layers.map(({ layer, estimate: { schedule }, pool, outputLayout }) => ({
      layer,
      schedule,
      pool,
      outputLayout,
    })),
    accelerator,
  );
  for (const [index, { layer, estimate, pool, outputLayout }] of layers.entries()) {
    const stored = (pool ?? layer).output;
    const { problem } = estimate.schedule;
    const [input, residual] = inputsOf(layer);
    const passes = gatedPasses(estimate.schedule, accelerator, () =>
      draw(input, problem.images * elementsOf(problem.window.input), problem.precision),
    );
    const schedule = passes === undefined ? estimate.schedule : withPasses(estimate.schedule, passes);
    const output =
      outputLayout &&
      compress(
        schedule,
        outputLayout,
        draw(stored, problem.images * elementsOf(storedMap(problem)), problem.precision),
      );
    const maps = { input: compressed.get(input), residual: compressed.get(residual ?? ''), output };
    if (output !== undefined) compressed.set(stored, output);
    const isAsPlanned =
      schedule === estimate.schedule &&
      Object.values(maps).every((map) => map === undefined) &&
      accelerator.dram.kind === 'flat';
    const timeline = isAsPlanned
      ? estimate.timeline
      : runTimeline(schedule, accelerator, { maps, dram, addresses: addresses[index] });
    yield { layer, estimate: { schedule, timeline } };
  }
}

function drawMap(elements: number, precision: Precision, density: number, seed: number): ElementArray {
  const random = createRandom(seed);
  const map = allocateElements(precision, elements);
  const limit = precision === 'float32' ? 1 : symmetricLimit(precision);
  for (let i = 0; i < elements; i++) {
    if (random.next() < density)
      map[i] = precision === 'float32' ? limit : 1 + Math.floor(random.next() * limit);
  }
  return map;
}

/** What passes cost with the activations drawn; undefined where that does not depend on them. */
function gatedPasses(
  { problem, mapping, steps }: Schedule,
  accelerator: Accelerator,
  drawInput: () => ElementArray,
): PassCost[] | undefined {
  const context = arrayContext(accelerator);
  if (problem.kind !== 'conv' || !dependsOnActivations(context)) return undefined;
  const dataflow = mappedDataflow(accelerator, mapping);
  const input = drawInput();
  return steps.map(({ tile }) => {
    const patch = inputPatch(problem, tile);
    const shape = passShape(problem, mapping, tile);
    const held = elementsIn(
      patchBytes(input, problem.window.input, patch, problem.precision),
      problem.precision,
    );
    const cost = passCostWith(dataflow, shape, context, (operand) => held[operand] === 0);
    return withDecoding(cost, problem, shape, dataflow, context);
  });
}

function compress({ problem, steps }: Schedule, layout: CompressedLayout, output: ElementArray): StoredMap {
  const map = createStoredMap(layout);
  for (const { tile, store } of steps) {
    if (store === undefined) continue;
    const box = storedBox(problem, tile);
    storeCompressed(map, box, patchBytes(output, layout, unpadded(box), layout.precision));
  }
  return map;
}

/** A part of a map as it lies in a buffer. */
function patchBytes(map: ElementArray, shape: Shape, patch: Patch, precision: Precision): Uint8Array {
  const { box, height, width } = patch;
  const bytes = new Uint8Array(box.imageCount * box.channelCount * height * width * bytesOf(precision));
  const source = new Uint8Array(map.buffer, map.byteOffset, map.byteLength);
  plainMover.loadPatch(patch, shape, bytesOf(precision), source, bytes);
  return bytes;
}
