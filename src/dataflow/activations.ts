import type { Dataflow } from './dataflow.js';
import { ifmapOperands, kernelTaps } from './operands.js';
import type { IsZero } from './operands.js';
import type { ArrayContext, PassCost, PassShape } from './pass.js';

/** Whether what a pass costs depends on which of its activations are zero. */
export function dependsOnActivations({ gate, skip }: ArrayContext): boolean {
  return gate === 'activation' || skip === 'activation';
}

/** What a pass costs with the activations that it meets: multiplications by zero are left out as the array leaves them out. */
export function passCostWith(
  dataflow: Dataflow,
  shape: PassShape,
  context: ArrayContext,
  isZero: IsZero,
): PassCost {
  const cost = dataflow.passCost(shape, context, isZero);
  if (context.gate === 'activation') gateZeros(cost, dataflow, multipliesOfNonZeros(shape, isZero));
  return cost;
}

function gateZeros(cost: PassCost, { gates }: Dataflow, nonZero: number): void {
  const gated = cost.macs - nonZero;
  cost.macs = nonZero;
  cost.gatedMacs = gated;
  if (gates.weightReads) cost.weightRegister.reads -= gated;
  if (!gates.psumAccesses) return;
  cost.psumRegister.reads -= gated;
  cost.psumRegister.writes -= gated;
}

/** Multiplications of a stored weight with an activation that is not zero. */
function multipliesOfNonZeros(shape: PassShape, isZero: IsZero): number {
  const ifmapOperand = ifmapOperands(shape);
  const { taps } = shape.streamed;
  let multiplies = 0;
  const holders = new Uint32Array(taps);
  for (let channel = 0; channel < shape.channelCount; channel++) {
    holders.fill(0);
    for (let filter = 0; filter < shape.filterCount; filter++) {
      const kernel = kernelTaps(shape, filter, channel);
      for (let tap = 0; tap < taps; tap++) holders[tap] += kernel[tap];
    }
    for (let tap = 0; tap < taps; tap++) {
      if (holders[tap] === 0) continue;
      let nonZero = 0;
      for (let position = 0; position < shape.positions; position++) {
        if (!isZero(ifmapOperand(position, channel, tap))) nonZero++;
      }
      multiplies += nonZero * holders[tap];
    }
  }
  return multiplies;
}
