import type { Accelerator } from '../accelerator/accelerator.js';
import { arrayContext } from '../accelerator/arrayContext.js';
import { dependsOnActivations, passCostWith } from '../dataflow/activations.js';
import { mappedDataflow } from '../mapping/mappedDataflow.js';
import { passShape } from '../mapping/passShape.js';
import type { ModelLayer } from '../model/model.js';
import { withDecoding } from '../schedule/decode.js';
import type { Schedule, Step } from '../schedule/schedule.js';
import { elementsIn } from './buffers.js';
import type { BufferMemory } from './buffers.js';
import { createCompiledPass } from './compiledPass.js';
import type { DmaEngine } from './dmaEngine.js';
import type { LayerPasses, MeasuredPass } from './layerPasses.js';
import type { MachineMemory } from './memory.js';
import { createPlainPass } from './plainPass.js';
import type { PassOptions } from './plainPass.js';

/**
 * What the array does in a step: sum, and hand complete sums to the post-processor. By compiled kernels where the memory has them and
 * they can, which compute what `plainPass` defines, to the last bit.
 */
export function createConvolutionPass(
  modelLayer: ModelLayer,
  schedule: Schedule,
  accelerator: Accelerator,
  slots: BufferMemory,
  memory: MachineMemory,
  dma: DmaEngine,
  options: PassOptions,
): LayerPasses {
  const compiled =
    options.execution === 'tile' ? createCompiledPass(modelLayer, schedule, slots, memory, dma) : undefined;
  if (compiled === undefined) return createPlainPass(modelLayer, schedule, accelerator, slots, dma, options);
  const measure = activationCosts(schedule, accelerator, slots);
  if (measure === undefined) return compiled;
  return {
    ...compiled,
    begin(step, index) {
      compiled.begin(step, index);
      return measure(step);
    },
  };
}

/** What passes cost where that depends on which activations are zero; undefined where it does not. */
function activationCosts(
  { problem, mapping }: Schedule,
  accelerator: Accelerator,
  slots: BufferMemory,
): ((step: Step) => MeasuredPass) | undefined {
  const context = arrayContext(accelerator);
  if (problem.kind !== 'conv' || !dependsOnActivations(context)) return undefined;
  const dataflow = mappedDataflow(accelerator, mapping);
  const ifmaps = slots.ifmap.slots.map((bytes) => elementsIn(bytes, problem.precision));
  return ({ tile, slots: where }) => {
    const shape = passShape(problem, mapping, tile);
    const ifmap = ifmaps[where.ifmap];
    const cost = passCostWith(dataflow, shape, context, (operand) => ifmap[operand] === 0);
    withDecoding(cost, problem, shape, dataflow, context);
    return cost;
  };
}
