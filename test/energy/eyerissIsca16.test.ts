import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { totalDramBytes } from '../../src/counts/layerCounts.js';
import { registerTensors } from '../../src/dataflow/counters.js';
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

/** Of one 16-bit access, in multiply-accumulates (Table IV). */
const cost = { mac: 1, register: 1, dram: 200 };

const registerAccesses = ({ counts: { registers } }: LayerResult): number =>
  registerTensors.reduce((sum, tensor) => sum + registers[tensor].reads + registers[tensor].writes, 0);

const energiesOf = (layer: LayerResult): Energies => ({
  alu: (layer.counts.macs.performed * cost.mac) / 1e9,
  registers: (registerAccesses(layer) * cost.register) / 1e9,
  dram: ((totalDramBytes(layer.counts) / 2) * cost.dram) / 1e9,
});

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

  const eachLayer = (claim: (ours: Energies, theirs: Energies, layer: LayerResult) => void): void => {
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
      const padded = ours.dram + ((padding / 2) * cost.dram) / 1e9;
      expect(padded / theirs.dram, `${layer}, padded`).to.be.within(0.95, 1.02);
    });
  });

  it('has its DRAM priced in the same units', () => {
    for (const { counts, energy } of layers)
      expect(energy.componentsPj.dram).to.be.closeTo((totalDramBytes(counts) / 2) * cost.dram, 1);
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
      const row = `| ${[layer, ...pairs, fills].join(' | ')} |`;
      if (!page.includes(row)) missing.push(row);
    });
    expect(missing.join('\n')).to.equal('');
  });
});
