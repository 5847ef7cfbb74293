import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScenarioOverrides } from '../../src/explore/overrides.js';
import { simulate } from '../../src/explore/simulate.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { planScenario } from '../../src/explore/plan.js';
import { refusal } from '../document/fixtures.js';
import { files, inWorkspace, psconv, rowsOf } from './command.js';

const network = `kind: network
name: net
source: made up for tests
input: { channels: 3, height: 12, width: 12 }
normalization: { mean: [0.5, 0.5, 0.5], standardDeviation: [0.2, 0.2, 0.2] }
nodes:
  - { name: conv1, type: conv2d, filters: 16, kernel: 3, padding: 1 }
  - { name: bn1, type: batch-norm }
  - { name: relu1, type: relu }
  - { name: pool1, type: max-pool, kernel: 2 }
  - { name: conv2, type: conv2d, filters: 16, kernel: 3, padding: 1 }
  - { name: bn2, type: batch-norm }
  - { name: add, type: add, inputs: [bn2, pool1] }
  - { name: relu2, type: relu }
  - { name: pool2, type: average-pool, kernel: 3, stride: 2, padding: 1 }
  - { name: pool3, type: global-average-pool }
  - { name: fc, type: fully-connected, filters: 10 }
`;
const ways = ['none', 'auto', '[pool1, pool2]'] as const;

function scenario(fuse: string, rest = ''): string {
  return `${files['scenario.yaml']}${rest}fuse: ${fuse}\n`;
}

function summary(folder: string): Record<string, string> {
  return rowsOf(join(folder, 'summary.csv'))[0];
}

describe('psconv with fused poolings', function () {
  this.timeout(120_000);

  const executions = ['tile', 'register', 'estimate'];
  it('runs a pair as one row, checks both layers, and moves less', () =>
    inWorkspace(
      async (folder) => {
        for (const [index, fuse] of ways.entries()) {
          await writeFile(join(folder, 'scenario.yaml'), scenario(fuse));
          for (const execution of fuse === 'auto' ? executions : ['tile']) {
            const out = `${index}-${execution}`;
            const { code, stderr, stdout } = await psconv(folder, [
              ...['run', 'scenario.yaml', '--execution', execution, '--out', out],
            ]);
            expect(code, stderr).to.equal(0);
            const isFused = fuse !== 'none';
            expect(stdout.includes('fused: pool1 into conv1, pool2 into conv2')).to.equal(isFused);
            const rows = rowsOf(join(folder, out, 'layers.csv')).filter(({ variant }) => variant === 'pSC9');
            expect(rows.map(({ layer, fused }) => [layer, fused])).to.deep.equal(
              isFused
                ? [
                    ['conv1', 'pool1'],
                    ['conv2', 'pool2'],
                    ['pool3', ''],
                    ['fc', ''],
                  ]
                : ['conv1', 'pool1', 'conv2', 'pool2', 'pool3', 'fc'].map((layer) => [layer, '']),
            );
            if (execution === 'estimate') continue;
            const row = summary(join(folder, out));
            expect(row['check.layers'], 'each layer on its own').to.equal('6');
            expect(row['check.mismatches']).to.equal('0');
            expect(row['check.endToEnd.mismatches']).to.equal('0');
            // 2 images of 16 maps: 12 x 12 and 6 x 6 outputs, 6 x 6 and 3 x 3 pooled, then 1 and 10.
            expect(row['check.outputs']).to.equal(String(2 * (16 * (144 + 36 + 36 + 9 + 1) + 10)));
            const conv1 = rows.find(({ layer }) => layer === 'conv1');
            expect(conv1?.checkedOutputs).to.equal(String(2 * 16 * (isFused ? 144 + 36 : 144)));
          }
          if (fuse !== 'auto') continue;
          const layers = executions.map((execution) =>
            rowsOf(join(folder, `${index}-${execution}`, 'layers.csv')).map((row) => ({
              ...row,
              checkedOutputs: '',
              mismatches: '',
            })),
          );
          expect(layers[1]).to.deep.equal(layers[0]);
          expect(layers[2]).to.deep.equal(layers[0]);
        }
        const [none, auto, named] = [0, 1, 2].map((index) => summary(join(folder, `${index}-tile`)));
        expect(auto).to.deep.equal(named);
        // The maps of conv1 and conv2 are neither written nor read back.
        expect(Number(none['dramBytes.ofmap']) - Number(auto['dramBytes.ofmap'])).to.equal(16 * (144 + 36));
        expect(Number(none['dramBytes.total']) - Number(auto['dramBytes.total'])).to.equal(
          2 * 16 * (144 + 36),
        );
        expect(Number(auto.edpPjS)).to.be.below(Number(none.edpPjS));
        expect(auto['macs.performed']).to.equal(none['macs.performed']);
      },
      { 'net.yaml': network },
    ));

  it('runs a pair whichever of the two is to be reported, in batches, any layout and compressed maps', () =>
    inWorkspace(
      async (folder) => {
        const path = join(folder, 'scenario.yaml');
        const cases: readonly ScenarioOverrides[] = [
          { layers: ['pool1'] },
          { layers: ['conv1'], batch: 2 },
          { layers: ['conv1'], layout: 'NHWC' },
          { layers: ['conv1'], precision: 'int16' },
        ];
        for (const overrides of cases) {
          const { variants } = await simulate(await loadScenario(path, overrides));
          const rows = variants.flatMap(({ layers }) => layers);
          expect(
            rows.map(({ counts, check }) => [counts.layer, counts.pooling?.layer, check?.mismatches]),
          ).to.deep.equal([
            ['conv1', 'pool1', 0],
            ['conv1', 'pool1', 0],
          ]);
        }
        await writeFile(path, scenario('auto', 'activations: bitmask\n'));
        for (const { check } of (await simulate(await loadScenario(path))).variants) {
          expect(check).to.include({ layers: 6, mismatches: 0 });
        }
      },
      { 'net.yaml': network, 'scenario.yaml': scenario('auto') },
    ));

  it('leaves a pooling alone where that costs less, and says so', () =>
    inWorkspace(
      async (folder) => {
        const [order] = ['filters rows columns channels'];
        // Tiles of the convolution that waste most of the array.
        const mapping = `mapping: { conv1: { tile: { filters: 1, channels: 1, rows: 3, columns: 12 }, order: ${order} } }\n`;
        await writeFile(join(folder, 'scenario.yaml'), scenario('auto', mapping));
        const { code, stdout } = await psconv(folder, ['run', 'scenario.yaml', '--execution', 'estimate']);
        expect(code).to.equal(0);
        expect(stdout).to.include('fused: pool2 into conv2');
        expect(stdout).to.match(
          /not fused: pool1: scenario\.yaml:7:\d+: mapping\.conv1: expected rows in a tile of conv1 that cut no window of pool1/,
        );
        const own =
          'mapping: { pool1: { tile: { filters: 16, channels: 1, rows: 6, columns: 6 }, order: filters rows columns channels } }\n';
        await writeFile(join(folder, 'scenario.yaml'), scenario('auto', own));
        const prescribed = await psconv(folder, ['run', 'scenario.yaml', '--execution', 'estimate']);
        expect(prescribed.stdout).to.include('  fused: pool2 into conv2\n');
        const layers = rowsOf(join(folder, 'results/small/layers.csv')).map(({ layer }) => layer);
        expect(layers.slice(0, 2)).to.deep.equal(['conv1', 'pool1']);
      },
      { 'net.yaml': network },
    ));

  it('validates a scenario, and refuses what cannot be fused where it is asked for', () =>
    inWorkspace(
      async (folder) => {
        const valid = await psconv(folder, ['validate', 'scenario.yaml']);
        expect(valid.stdout, valid.stderr).to.match(/every layer fits/);
        const order = 'order: filters rows columns channels';
        const cut = `mapping:\n  conv1: { tile: { filters: 16, channels: 3, rows: 3, columns: 12 }, ${order} }\n`;
        const mapped = `mapping:\n  pool1: { tile: { filters: 16, channels: 1, rows: 3, columns: 6 }, ${order} }\n`;
        const faults: ReadonlyArray<readonly [string, RegExp]> = [
          [
            scenario('[pool1, pol2]'),
            /^\S*scenario\.yaml:7:15: fuse\[1\]: expected a layer of net, got "pol2"; did you mean "pool2"\?$/,
          ],
          [
            scenario('[conv1]'),
            /^\S*scenario\.yaml:7:8: fuse\[0\]: expected a pooling layer, got conv1, which is of kind conv2d$/,
          ],
          [
            scenario('[pool3]'),
            /^\S*scenario\.yaml:7:8: fuse\[0\]: expected a pooling layer that alone reads the output of a convolution, got pool3, which reads that of pool2, of kind average-pool$/,
          ],
          [
            scenario('[pool1]', cut),
            /^\S*scenario\.yaml:8:\d+: mapping\.conv1: expected rows in a tile of conv1 that cut no window of pool1, which is fused into it, got 3; take 2 or 4, or leave pool1 out of fuse$/,
          ],
          [
            scenario('[pool1]', mapped),
            /^\S*scenario\.yaml:8:\d+: mapping\.pool1: expected no mapping of pool1, which is fused and has no tiles of its own/,
          ],
          [scenario('all'), /^\S*scenario\.yaml:7:7: fuse: expected .*none.*auto.*, got "all"/],
          [scenario('[pool1, pool1]'), /expected each pooling layer once, got "pool1" again/],
        ];
        for (const [text, message] of faults) {
          await writeFile(join(folder, 'scenario.yaml'), text);
          const path = join(folder, 'scenario.yaml');
          expect(await refusal(async () => planScenario(await loadScenario(path)))).to.match(message);
        }
      },
      { 'net.yaml': network, 'scenario.yaml': scenario('[pool1, pool2]') },
    ));

  it('shows passes of the convolution, and none of a pooling that is fused away', () =>
    inWorkspace(
      async (folder) => {
        const wave = (layer: string) =>
          psconv(folder, [
            'wave',
            'scenario.yaml',
            '--layer',
            layer,
            '--cycles',
            '0-1',
            '--text',
            'wave.txt',
          ]);
        const conv2 = await wave('conv2');
        expect(conv2.code, conv2.stderr).to.equal(0);
        expect(readFileSync(join(folder, 'wave.txt'), 'utf8')).to.match(/^# layer conv2/);
        const pool1 = await wave('pool1');
        expect(pool1.code).to.equal(2);
        expect(pool1.stderr).to.match(
          /^psconv: expected a layer that runs on the array, got pool1, which is fused into conv1 and has no passes of its own; take that layer, or leave pool1 out of fuse\n$/,
        );
      },
      { 'net.yaml': network, 'scenario.yaml': scenario('auto') },
    ));

  it('traces a pair as the convolution', () =>
    inWorkspace(
      async (folder) => {
        const words = ['trace', 'scenario.yaml', '--dram', '--format', 'dramsim3', '--out', 'a.trace'];
        const traced = await psconv(folder, [...words, '--layer', 'pool1']);
        expect(traced.code, traced.stderr).to.equal(0);
        expect(traced.stdout).to.match(/^layer conv1, pSC9, /);
        const all = await psconv(folder, words);
        expect(all.stdout, all.stderr).to.match(/^4 layers, /);
      },
      {
        'net.yaml': network,
        'scenario.yaml': scenario('auto'),
        'machine.yaml': files['machine.yaml'].replace(/dram: .*/, 'dram: { part: lpddr4-3200 }'),
      },
    ));
});
