import { expect } from 'chai';
import fc from 'fast-check';
import { passCostWith } from '../../../src/dataflow/activations.js';
import type { Dataflow } from '../../../src/dataflow/dataflow.js';
import { kernelTaps, weightOperand } from '../../../src/dataflow/operands.js';
import { createRegisterArray } from '../../../src/machine/register/registerArray.js';
import { passCases, plainSums } from './passCases.js';
import type { PassCase } from './passCases.js';

const casesUnlessGiven = Number(process.env.PSCONV_PASS_CASES ?? 500);

/**
 * Demands of a dataflow that the array, driven cycle by cycle through random passes, takes the cycles, accesses and stalls
 * of the closed form, that its sums are those of a plain loop, and that it reads each weight as often as it says. Passes of
 * every geometry and support are run on arrays of every setting.
 *
 * @throws AssertionError that names the smallest pass found on which the two differ
 */
export function expectAgreement(dataflow: Dataflow, numRuns = casesUnlessGiven): void {
  fc.assert(
    fc.property(passCases, (given) => {
      fc.pre(canRun(dataflow, given));
      expectAgreementOn(dataflow, given);
    }),
    { numRuns },
  );
}

function canRun({ cannotSkip }: Dataflow, { context }: PassCase): boolean {
  return context.skip === 'none' || cannotSkip === undefined;
}

function expectAgreementOn(dataflow: Dataflow, given: PassCase): void {
  const { shape, context, ifmap, weights } = given;
  const sums = new Float64Array(shape.filterCount * shape.positions);
  const entries = dataflow.registerEntries(shape, context);
  const array = createRegisterArray(shape, context, entries, { ifmap, weights, sums });
  dataflow.drive(shape, context, array);
  const driven = array.finishPass();
  const isZero = (operand: number): boolean => ifmap[operand] === 0;
  expect(driven).to.deep.equal(passCostWith(dataflow, shape, context, isZero));
  expect(sums).to.deep.equal(plainSums(given));
  if (context.skip === 'none') expectRounds(dataflow, given, array.fetches.weight);
}

function expectRounds(dataflow: Dataflow, { shape, context }: PassCase, fetches: Uint32Array): void {
  const rounds = dataflow.weightRounds(shape, context);
  for (let filter = 0; filter < shape.filterCount; filter++) {
    for (let channel = 0; channel < shape.channelCount; channel++) {
      kernelTaps(shape, filter, channel).forEach((exists, tap) => {
        expect(fetches[weightOperand(shape, filter, channel, tap)]).to.equal(exists * rounds);
      });
    }
  }
}
