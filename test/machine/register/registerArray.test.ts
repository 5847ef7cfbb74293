import { allDataflows } from '../../../src/dataflow/dataflows.js';
import { expectAgreement } from './agreement.js';

describe('register execution', () => {
  for (const dataflow of allDataflows()) {
    it(`of ${dataflow.name} takes the cycles, accesses and stalls of the closed form, and computes what it should`, () => {
      expectAgreement(dataflow);
    }).timeout(0);
  }
});
