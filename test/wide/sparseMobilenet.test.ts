import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { loadScenario, simulate } from '../../src/index.js';
import { inFolder } from '../document/fixtures.js';
import { requireReferenceData } from './referenceData.js';
import { effectualMacs, maskedLayer, writeMaskedLayer } from './sparseMobilenetFiles.js';

const onePe = `kind: accelerator
name: one-pe
technology: 45 nm
clock: 500 MHz
array: { rows: 1, columns: 1, dataflow: output-stationary }
buffers:
  - { name: glb, holds: [ifmap, weight, psum, ofmap], capacity: 256 KiB, word: 64 bit, cell: itrs-lop }
postProcessor: { lanes: 4 }
dram: { kind: flat, bandwidth: 3.2 GB/s, latency: 50 ns, energy: 8 pJ/bit, source: made up for tests }
energyTable: edge-45nm
`;

/** Passes over weights that are not stored and activations that are zero. */
const skippingPe = readFileSync(join(packageRoot(), 'configs/accelerators/one-pe.yaml'), 'utf8');

describe('layers of a sparse MobileNet, on their own masks', function () {
  this.timeout(120_000);

  for (const name of ['L07', 'L09', 'L13']) {
    it(`${name}: exactly the operands of the files are multiplied`, async function () {
      const textOf = (file: string): string =>
        readFileSync(requireReferenceData(this, `validation/sparse_mobilenet/${file}`), 'utf8');
      const [header, ...rows] = textOf('effectual_macs.csv')
        .trim()
        .split(/\r?\n/)
        .map((row) => row.split(','));
      const row = rows.find(([layer]) => layer === name);
      const published = (column: string): number => Number(row?.[header.indexOf(column)]);
      const [C, M, E, F] = ['C', 'M', 'E', 'F'].map(published);
      const layer = maskedLayer(
        { name, C, M, E, F },
        textOf(`${name}_weights.txt`),
        textOf(`${name}_iacts.txt`),
      );
      expect(effectualMacs(layer)).to.equal(published('effectual_macs_from_masks'));

      await inFolder(async (folder) => {
        const scenario = await loadScenario(writeMaskedLayer(folder, layer, onePe));
        const [{ check, totals }] = (await simulate(scenario)).variants;
        expect(check).to.deep.include({ outputs: M * E * F, mismatches: 0 });
        expect(check?.endToEnd).to.deep.equal({ outputs: M * E * F, mismatches: 0 });
        const weights = layer.weights.reduce((sum, weight) => sum + weight, 0);
        expect(weights / (M * C)).to.be.closeTo(published('weight_density'), 1e-6);
        expect(totals.macs).to.deep.include({
          dense: published('dense_macs'),
          effectual: weights * E * F,
          performed: weights * E * F,
        });
      });
      await inFolder(async (folder) => {
        const scenario = await loadScenario(writeMaskedLayer(folder, layer, skippingPe));
        const [{ check, layers }] = (await simulate(scenario)).variants;
        expect(check).to.deep.include({ outputs: M * E * F, mismatches: 0 });
        const [{ counts }] = layers;
        const effectual = published('effectual_macs_from_masks');
        expect(counts.macs.performed).to.equal(effectual);
        const stalls = Object.entries(counts.stallCycles)
          .filter(([cause]) => cause !== 'dram')
          .reduce((sum, [, cycles]) => sum + cycles, 0);
        // Of these, the last result's way out is not part of a pass.
        expect(counts.computeCycles, JSON.stringify(counts.stallCycles)).to.equal(effectual);
        expect(stalls).to.be.at.most(1);
      });
    });
  }
});
