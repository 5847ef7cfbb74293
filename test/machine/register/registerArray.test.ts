import { expect } from 'chai';
import fc from 'fast-check';
import { passCostWith } from '../../../src/dataflow/activations.js';
import { allDataflows } from '../../../src/dataflow/dataflows.js';
import type { Dataflow } from '../../../src/dataflow/dataflow.js';
import { kernelTaps, weightOperand } from '../../../src/dataflow/operands.js';
import { createRegisterArray } from '../../../src/machine/register/registerArray.js';
import { passCases, plainSums } from './passCases.js';
import type { PassCase } from './passCases.js';

const numRuns = Number(process.env.PSCONV_PASS_CASES ?? 500);

function canRun({ cannotSkip }: Dataflow, { context }: PassCase): boolean {
  return context.skip === 'none' || cannotSkip === undefined;
}

describe('register execution', () => {
  for (const dataflow of allDataflows()) {
    it(`of ${dataflow.name} takes the cycles, accesses and stalls of the closed form, and computes what it should`, () => {
      fc.assert(
        fc.property(passCases, (given) => {
          fc.pre(canRun(dataflow, given));
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
        }),
        { numRuns },
      );
    }).timeout(0);
  }
});

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
