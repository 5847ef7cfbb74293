import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportAccelergy } from '../../src/explore/exportAccelergy.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import type { LayerResult, VariantResult } from '../../src/report/result.js';
import { mappingObjectives } from '../../src/scenario/objective.js';
import type { ObjectiveName } from '../../src/scenario/objective.js';
import { tensors } from '../../src/tensor/dataSpace.js';
import { files, inWorkspace } from '../cli/command.js';
import { refusal } from '../document/fixtures.js';

/** The windows of pool2 overlap: its tiles are whole maps, of which the output buffer holds few. */
const workspace = {
  'net.yaml': `kind: network
name: net
source: made up for tests
input: { channels: 3, height: 32, width: 32 }
nodes:
  - { name: conv1, type: conv2d, filters: 16, kernel: 3, padding: 1 }
  - { name: pool1, type: average-pool, kernel: 2 }
  - { name: conv2, type: conv2d, filters: 32, kernel: 3, padding: 1 }
  - { name: pool2, type: max-pool, kernel: 3, stride: 2 }
  - { name: fc, type: fully-connected, filters: 10 }
`,
  'machine.yaml': files['machine.yaml'].replace(
    /\n {2}- \{ name: glb.*\n/,
    `
  - { name: in, holds: [ifmap, weight], capacity: 32 KiB, word: 64 bit, cell: itrs-lop }
  - { name: out, holds: [psum, ofmap], capacity: 2 KiB, word: 64 bit, cell: itrs-lop }
`,
  ),
};

async function estimated(folder: string, fuse: string, objective: ObjectiveName): Promise<VariantResult> {
  const text = files['scenario.yaml'].replace('dense, ', '') + `objective: ${objective}\nfuse: ${fuse}\n`;
  await writeFile(join(folder, 'scenario.yaml'), text);
  const scenario = await loadScenario(join(folder, 'scenario.yaml'), { execution: 'estimate' });
  return (await simulate(scenario)).variants[0];
}

function costOf(layers: readonly LayerResult[], objective: ObjectiveName): number {
  const sum = (figure: (layer: LayerResult) => number): number =>
    layers.reduce((total, layer) => total + figure(layer), 0);
  const energy = sum((layer) => layer.energy.totalPj);
  const latency = sum((layer) => layer.counts.latencyPs);
  switch (objective) {
    case 'edp':
      return energy * latency;
    case 'energy':
      return energy;
    case 'latency':
      return latency;
    case 'dram-traffic':
      return sum(({ counts: { dram } }) =>
        tensors.reduce((bursts, tensor) => bursts + dram[tensor].readBursts + dram[tensor].writeBursts, 0),
      );
  }
}

function layersOf({ layers }: VariantResult, ...names: readonly string[]): LayerResult[] {
  return layers.filter(({ counts: { layer } }) => names.includes(layer));
}

describe('poolings under fuse: auto', function () {
  this.timeout(120_000);

  it('are fused where that is less of the objective than the two layers are', () =>
    inWorkspace(async (folder) => {
      const choices = new Set<string>();
      for (const objective of mappingObjectives) {
        const apart = await estimated(folder, 'none', objective);
        const together = await estimated(folder, '[pool1, pool2]', objective);
        const auto = await estimated(folder, 'auto', objective);
        for (const number of [1, 2]) {
          const pair = [`conv${number}`, `pool${number}`];
          const alone = costOf(layersOf(apart, ...pair), objective);
          const fused = costOf(layersOf(together, ...pair), objective);
          const chosen = layersOf(auto, ...pair);
          expect(costOf(chosen, objective), `${pair[0]}, ${objective}`).to.equal(Math.min(alone, fused));
          expect(chosen.map(({ counts }) => counts.pooling?.layer)).to.deep.equal(
            fused < alone ? [pair[1]] : [undefined, undefined],
          );
          const said = fused < alone ? /^fused: .*pool\d into/ : /^not fused: .*pool\d, which costs no more/;
          expect(auto.notes.filter((note) => said.test(note) && note.includes(pair[1]))).to.have.length(1);
          choices.add(`${pair[1]} ${fused < alone}`);
        }
      }
      expect([...choices]).to.include.members(['pool1 true', 'pool2 false']);
    }, workspace));

  it('are left alone where no tile holds their windows', () =>
    inWorkspace(
      async (folder) => {
        const auto = await estimated(folder, 'auto', 'edp');
        expect(auto.notes.join('\n')).to.match(
          /not fused: pool2: \S*machine\.yaml: layer conv2: buffer out of machine is too small for any tile that cuts no window of pool2, which is fused into it: the smallest, 15 x 15 outputs of one channel, needs \d+ B, the buffer has 1024 B; enlarge its capacity, or leave pool2 out of fuse/,
        );
        const message = await refusal(() => estimated(folder, '[pool2]', 'edp'));
        expect(message).to.match(/machine\.yaml: layer conv2: buffer out of machine is too small/);
      },
      {
        ...workspace,
        'machine.yaml': workspace['machine.yaml'].replace(': 2 KiB', ': 1 KiB'),
      },
    ));
});

describe('the energy of a pair', function () {
  this.timeout(60_000);

  it('charges the operations of each of the two at its own price', () =>
    inWorkspace(async (folder) => {
      const apart = await estimated(folder, 'none', 'edp');
      const together = await estimated(folder, '[pool1, pool2]', 'edp');
      for (const number of [1, 2]) {
        const ofBoth = (result: VariantResult): number =>
          layersOf(result, `conv${number}`, `pool${number}`).reduce(
            (sum, { energy }) => sum + energy.componentsPj.postProcessor,
            0,
          );
        expect(ofBoth(together) / ofBoth(apart)).to.be.closeTo(1, 1e-12);
      }
    }, workspace));

  it("is the same in Accelergy's terms", () =>
    inWorkspace(async (folder) => {
      const together = await estimated(folder, '[pool1, pool2]', 'edp');
      const exported = await exportAccelergy(await loadScenario(join(folder, 'scenario.yaml')));
      expect(exported.layers).to.deep.equal(['conv1', 'conv2', 'fc']);
      expect(exported.estimation.totalPj / together.energy.totalPj).to.be.closeTo(1, 1e-9);
      expect(together.peakChipPowerMw).to.be.at.least(together.metrics.chipPowerMw ?? Infinity);
    }, workspace));
});
