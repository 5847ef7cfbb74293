import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import type { LayerResult } from '../../src/report/result.js';

/** Energy of a layer in units of 1e9 multiply-accumulates. */
interface Energies {
  readonly alu: number;
  readonly registers: number;
  readonly dram: number;
}

/** What the figure shows and the test of nn_dataflow does not state. */
interface Unstated {
  readonly buffer: number;
  readonly array: number;
}

/**
 * Chen et al., ISCA 2016, Fig. 10: AlexNet, 16 images, 256 PEs; its figures as nn_dataflow's test_eyeriss_isca16 has them, to two
 * decimals.
 */
const figure10 = new Map<string, Energies>([
  ['conv1', { alu: 1.69, registers: 6.75, dram: 2.46 }],
  ['conv2', { alu: 3.58, registers: 14.33, dram: 2.27 }],
  ['conv3', { alu: 2.39, registers: 9.57, dram: 2.02 }],
  ['conv4', { alu: 1.79, registers: 7.18, dram: 1.57 }],
  ['conv5', { alu: 1.2, registers: 4.78, dram: 1.05 }],
  ['fc6', { alu: 0.6, registers: 2.42, dram: 7.78 }],
  ['fc7', { alu: 0.27, registers: 1.07, dram: 3.39 }],
  ['fc8', { alu: 0.07, registers: 0.26, dram: 0.84 }],
]);
const halfDigit = 0.005;

/** As the run gives them: the energy table has the paper's Table IV, a pJ for a multiply-accumulate. */
const energiesOf = ({ energy: { componentsPj } }: LayerResult): Energies & Unstated => ({
  alu: componentsPj.mac / 1e9,
  registers: componentsPj.registerFiles / 1e9,
  dram: componentsPj.dram / 1e9,
  buffer: componentsPj.buffers.glb / 1e9,
  array: componentsPj.network / 1e9,
});

/** Of one 16-bit access to DRAM, in multiply-accumulates (Table IV). */
const dramAccess = 200;

/** Height and width of the ifmap with its padding, over those without: what a fetch of the padding costs. */
const paddedShare = new Map([
  ['conv2', 31 / 27],
  ['conv3', 15 / 13],
  ['conv4', 15 / 13],
  ['conv5', 15 / 13],
]);

describe('AlexNet on the machine of Fig. 10 of Chen et al., ISCA 2016', () => {
  let layers: readonly LayerResult[];

  before(async () => {
    const file = join(packageRoot(), 'configs/scenarios/eyeriss-isca16.yaml');
    const result = await simulate(await loadScenario(file));
    ({ layers } = result.variants[0]);
    expect(layers.map(({ counts }) => counts.layer)).to.deep.equal([...figure10.keys()]);
  });

  const eachLayer = (
    claim: (ours: Energies & Unstated, theirs: Energies, layer: LayerResult) => void,
  ): void => {
    for (const layer of layers) {
      const theirs = figure10.get(layer.counts.layer);
      if (theirs !== undefined) claim(energiesOf(layer), theirs, layer);
    }
  };

  it('spends in its ALUs what the figure says, to the last digit', () => {
    eachLayer((ours, theirs, { counts: { layer } }) => {
      expect(ours.alu, layer).to.be.closeTo(theirs.alu, halfDigit);
    });
  });

  it('spends within 10 % in its registers: the four accesses of a MAC, and what fills them and passes sums on', () => {
    eachLayer((ours, theirs, { counts: { layer } }) => {
      expect(ours.registers / theirs.registers, layer).to.be.within(1.02, 1.08);
      expect(4 * ours.alu, `four accesses of a MAC in ${layer}`).to.be.closeTo(theirs.registers, halfDigit);
      expect(ours.registers / (4 * ours.alu), `fills of ${layer}`).to.be.within(1.03, 1.065);
    });
  });

  it('spends within 15 % in its DRAM, and within 5 % if it fetched padding as the figure does', () => {
    eachLayer((ours, theirs, { counts: { layer, dram } }) => {
      expect(ours.dram / theirs.dram, layer).to.be.within(0.85, 1.02);
      const padding = ((paddedShare.get(layer) ?? 1) ** 2 - 1) * dram.ifmap.readBytes;
      const padded = ours.dram + ((padding / 2) * dramAccess) / 1e9;
      expect(padded / theirs.dram, `${layer}, padded`).to.be.within(0.95, 1.02);
    });
  });

  it('spends nothing on what the paper leaves out', () => {
    for (const { energy, counts } of layers) {
      const { mac, registerFiles, buffers, network, dram } = energy.componentsPj;
      const charged = mac + registerFiles + buffers.glb + network + dram;
      expect(energy.totalPj / charged, counts.layer).to.be.closeTo(1, 1e-12);
      expect(energy.sources.filter(({ foreign }) => foreign)).to.deep.equal([]);
    }
  });

  it('spends most in its registers where it convolves, and most in DRAM where it is fully connected', () => {
    eachLayer(({ alu, registers, dram, buffer, array }, _, { counts: { layer } }) => {
      const most = Math.max(alu, registers, dram, buffer, array);
      expect(most, layer).to.equal(layer.startsWith('conv') ? registers : dram);
    });
  });

  it('is on the page as it was run', () => {
    const page = readFileSync(join(packageRoot(), 'docs/eyeriss.md'), 'utf8').split('\n');
    const missing: string[] = [];
    eachLayer((ours, theirs, { counts: { layer } }) => {
      const pairs = [
        [ours.alu, theirs.alu],
        [ours.registers, theirs.registers],
        [ours.dram, theirs.dram],
      ].flatMap(([our, their]) => [our.toFixed(2), their.toFixed(2), (our / their).toFixed(2)]);
      const fills = `${((ours.registers / (4 * ours.alu) - 1) * 100).toFixed(1)} %`;
      const row = `| ${[layer, ...pairs, fills, ours.buffer.toFixed(2), ours.array.toFixed(2)].join(' | ')} |`;
      if (!page.includes(row)) missing.push(row);
    });
    expect(missing.join('\n')).to.equal('');
  });
});
