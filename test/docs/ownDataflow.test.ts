import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { broadcast } from '../../docs/examples/ownDataflow.js';
import { outputStationary } from '../../src/dataflow/outputStationary.js';
import { files, inWorkspace, rowsOf } from '../cli/command.js';
import { context, matrixPass } from '../dataflow/passes.js';
import { expectAgreement } from '../machine/register/agreement.js';

describe('the example of a dataflow', () => {
  it('takes the cycles, accesses and stalls of its closed form, and computes what it should', () => {
    expectAgreement(broadcast);
  }).timeout(0);

  it('takes the cycles that it says it takes: those of the systolic one without the skew', () => {
    for (const [m, n, k] of [
      [4, 4, 10],
      [9, 6, 5],
    ]) {
      const cycles = (dataflow: typeof broadcast): number =>
        dataflow.passCost(matrixPass(m, n, k), context(4, 4)).cycles;
      const folds = Math.ceil(m / 4) * Math.ceil(n / 4);
      expect(cycles(broadcast)).to.equal(folds * k);
      expect(cycles(outputStationary)).to.equal(folds * (k + 4 + 4 - 2));
    }
  });

  it('runs a network, every register of it, and computes what TensorFlow.js does', () => {
    const script = fileURLToPath(new URL('../../docs/examples/runOwnDataflow.js', import.meta.url));
    const changed = {
      'machine.yaml': files['machine.yaml'].replace('weight-stationary', 'broadcast'),
      'scenario.yaml': `${files['scenario.yaml']}execution: register\n`,
    };
    return inWorkspace((folder) => {
      const printed = execFileSync(process.execPath, [script, 'scenario.yaml'], { cwd: folder }).toString();
      expect(printed).to.match(/4x4 PEs, broadcast/);
      const rows = rowsOf(`${folder}/results/broadcast/layers.csv`);
      expect(rows.length).to.be.above(4);
      for (const { mismatches } of rows) expect(mismatches).to.equal('0');
      return Promise.resolve();
    }, changed);
  }).timeout(60_000);
});
