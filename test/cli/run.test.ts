import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, packageVersion } from '../../src/document/package.js';
import { verdict } from '../../src/cli/run.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import { files, inWorkspace, psconv } from './command.js';

const resultFiles = ['layers.csv', 'manifest.json', 'summary.csv', 'summary.json'];

interface Summary {
  readonly batch: number;
  readonly parameters: number;
  readonly macs: { readonly effectual: number };
  readonly dramBytes: { readonly ofmap: number; readonly weight: number };
  readonly check: object;
}

describe('psconv run', function () {
  this.timeout(60_000);

  it('prints the variants side by side and writes the results', () =>
    inWorkspace(async (folder) => {
      const { code, stdout, stderr } = await psconv(folder, ['run', 'scenario.yaml']);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      for (const words of [
        /pSC9 +│ +PSD4_P8/,
        /mismatches +│ +│ +0 │ +0 │/,
        /glb +│ uJ/,
        /untrained/,
        /tensorflow\.js 4\.22\.0 wasm/,
      ]) {
        expect(stdout).to.match(words);
      }
      expect(readdirSync(join(folder, 'results', 'small')).sort()).to.deep.equal(resultFiles);
      const manifest: unknown = JSON.parse(readFileSync(join(folder, 'results/small/manifest.json'), 'utf8'));
      expect(manifest).to.have.property('psconvSim', packageVersion());
      expect(manifest).to.have.nested.property('seeds.weights', 1);
      expect(Object.keys((manifest as { sha256: object }).sha256)).to.include.members([
        'scenario.yaml',
        'net.yaml',
        'machine.yaml',
      ]);
    }));

  it('prints the summary that it writes, as JSON and nothing else, with --json', () =>
    inWorkspace(async (folder) => {
      const { stdout } = await psconv(folder, ['run', 'scenario.yaml', '--json', '--out', 'here/and/there']);
      const written = readFileSync(join(folder, 'here/and/there/summary.json'), 'utf8');
      expect(stdout).to.equal(written);
      const summary = JSON.parse(stdout) as { variants: Array<{ check: { mismatches: number } }> };
      expect(summary.variants.map(({ check }) => check.mismatches)).to.deep.equal([0, 0]);
    }));

  it('runs layers for a batch of images, and counts per batch', () =>
    inWorkspace(async (folder) => {
      const words = ['run', 'scenario.yaml', '--variants', 'dense', '--count', '4'];
      const single = await psconv(folder, [...words, '--out', 'single']);
      expect(single.stdout).to.include('figures are for one image, 4 images were run');
      const { code, stdout, stderr } = await psconv(folder, [...words, '--batch', '2']);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      expect(stdout).to.include('batch 2, counts are of one batch, 4 images were run');
      const [ofImage, ofBatch] = ['single', 'results/small'].map((out) => {
        const text = readFileSync(join(folder, out, 'summary.json'), 'utf8');
        return (JSON.parse(text) as { variants: [Summary] }).variants[0];
      });
      expect(ofImage.batch).to.equal(1);
      expect(ofBatch.batch).to.equal(2);
      expect(ofBatch.macs.effectual).to.equal(2 * ofImage.macs.effectual);
      expect(ofBatch.parameters).to.equal(ofImage.parameters);
      expect(ofBatch.dramBytes.ofmap).to.equal(2 * ofImage.dramBytes.ofmap);
      expect(ofBatch.dramBytes.weight).to.be.below(2 * ofImage.dramBytes.weight);
      expect(ofBatch.check).to.deep.equal(ofImage.check);
      const [columns, row] = readFileSync(join(folder, 'results/small/layers.csv'), 'utf8').split('\n');
      expect(row.split(',')[columns.split(',').indexOf('batch')]).to.equal('2');
      expect(columns.split(',')).to.include.members([
        'tile.images',
        'delivered.ofmap.writeBytes',
        'registerEntries.psum',
        'hops.ifmap',
        'hops.weight',
        'hops.psum',
      ]);
      const manifest: unknown = JSON.parse(readFileSync(join(folder, 'results/small/manifest.json'), 'utf8'));
      expect(manifest).to.have.nested.property('scenario.batch', 2);
    }));

  it('counts seeded images by the batch unless told', () =>
    inWorkspace(
      async (folder) => {
        const { stdout } = await psconv(folder, ['run', 'scenario.yaml', '--no-check', '--layers', 'conv1']);
        expect(stdout).to.include('input: 3 images').and.to.include('batch 3, counts are of one batch\n');
        const manifest: unknown = JSON.parse(
          readFileSync(join(folder, 'results/small/manifest.json'), 'utf8'),
        );
        expect(manifest).to.have.nested.property('scenario.images.count', 3);
      },
      { 'scenario.yaml': files['scenario.yaml'].replace('images: { count: 2 }', 'batch: 3') },
    ));

  it('is repeatable, to the byte', () =>
    inWorkspace(async (folder) => {
      await psconv(folder, ['run', 'scenario.yaml', '--out', 'a']);
      await psconv(folder, ['run', 'scenario.yaml', '--out', 'b']);
      for (const file of resultFiles) {
        expect(readFileSync(join(folder, 'b', file), 'utf8')).to.equal(
          readFileSync(join(folder, 'a', file), 'utf8'),
        );
      }
    }));

  it('takes other variants, layers and seeds, and leaves the check out', () =>
    inWorkspace(async (folder) => {
      const words = ['--variants', 'PS1_P9,pSC2', '--layers', 'conv2', '--seed', '7', '--no-check'];
      const { code, stdout } = await psconv(folder, ['run', 'scenario.yaml', ...words]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/PS1_P9 +│ +pSC2/);
      expect(stdout).to.include('seed 7').and.to.include('not checked').and.not.to.include('mismatches');
      const rows = readFileSync(join(folder, 'results/small/layers.csv'), 'utf8').trim().split('\n');
      expect(rows).to.have.length(3);
      expect(rows[1]).to.match(/^small,PS1_P9,auto,weight-stationary,conv2,conv2d,/);
    }));

  it('compares dataflows, each with its own dense variant', () =>
    inWorkspace(
      async (folder) => {
        const { code, stdout, stderr } = await psconv(folder, ['run', 'scenario.yaml']);
        expect(stderr).to.equal('');
        expect(code).to.equal(0);
        expect(stdout).to.match(/│ Cycles +│\n│ {3}output-stationary │ +[\d,]+ \(1\.00x\) │ +[\d,]+ \(\d/);
        expect(stdout)
          .to.match(/│ +pSC9 │ +pSC9 │ +PSD4_P8 │/)
          .and.to.include('DRAM traffic');
        const [head, ...rows] = readFileSync(join(folder, 'results/small/summary.csv'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => line.split(','));
        const column = (name: string): string[] => rows.map((row) => row[head.indexOf(name)]);
        expect(column('variant')).to.deep.equal(['pSC9', 'pSC9', 'PSD4_P8', 'PSD4_P8']);
        const names = ['output-stationary', 'weight-stationary'];
        expect(column('dataflow')).to.deep.equal([...names, ...names]);
        const latencies = column('latencyPs').map(Number);
        expect(column('savings.latency').map(Number)).to.deep.equal([
          1,
          1,
          latencies[0] / latencies[2],
          latencies[1] / latencies[3],
        ]);
        expect(column('check.mismatches')).to.deep.equal(['0', '0', '0', '0']);
        const layers = readFileSync(join(folder, 'results/small/layers.csv'), 'utf8');
        expect(layers).to.match(/^small,pSC9,auto,output-stationary,conv1,/m);
        expect(layers).to.match(/^small,PSD4_P8,auto,weight-stationary,fc,/m);
        const manifest = readFileSync(join(folder, 'results/small/manifest.json'), 'utf8');
        expect((JSON.parse(manifest) as { cells: unknown[] }).cells[2]).to.deep.equal({
          variant: 'PSD4_P8',
          storage: 'auto',
          dataflow: 'output-stationary',
        });
        const one = await psconv(folder, [
          'run',
          'scenario.yaml',
          '--dataflow',
          'input-stationary',
          '--json',
        ]);
        const { variants } = JSON.parse(one.stdout) as { variants: Array<{ dataflow: string }> };
        expect(variants.map(({ dataflow }) => dataflow)).to.deep.equal([
          'input-stationary',
          'input-stationary',
        ]);
      },
      { 'scenario.yaml': `${files['scenario.yaml']}dataflows: [output-stationary, weight-stationary]\n` },
    ));

  it('says how accurate it is when the images have labels', () =>
    inWorkspace(
      async (folder) => {
        const record = Buffer.alloc(3073, 77);
        record[0] = 3;
        writeFileSync(join(folder, 'batch.bin'), Buffer.concat([record, record, record]));
        const { code, stdout } = await psconv(folder, [
          'run',
          'scenario.yaml',
          '--images',
          'batch.bin',
          '--count',
          '2',
        ]);
        expect(code).to.equal(0);
        expect(stdout)
          .to.include('Top-1 accuracy')
          .and.to.match(/same class, image by image +│ +│ +2\/2 \(100\.0 %\)/);
        expect(stdout).to.include('2 images of batch.bin from number 0 on');
        const words = ['run', 'scenario.yaml', '--images', 'batch.bin', '--batch', '2'];
        const inBatches = await psconv(folder, [...words, '--count', '2']);
        expect(inBatches.stdout)
          .to.include('batch 2, counts are of one batch')
          .and.to.match(/same class, image by image +│ +│ +2\/2 \(100\.0 %\)/);
        const all = await psconv(folder, words);
        expect(all.code).to.equal(2);
        expect(all.stderr).to.match(/scenario\.yaml: expected a number of images .* batch, 2, got 3; change/);
      },
      { 'net.yaml': wideNetwork() },
    ));

  it('exits with 1 when the check fails', async () => {
    const result = await inWorkspace(async (folder) => {
      const scenario = await loadScenario(join(folder, 'scenario.yaml'), { variants: ['dense'] });
      return simulate(scenario);
    });
    expect(verdict(result)).to.equal(0);
    const [variant] = result.variants;
    const wrong = { ...result, variants: [{ ...variant, check: { ...variant.check!, mismatches: 3 } }] };
    expect(verdict(wrong)).to.equal(1);
    const wrongAtTheEnd = { ...variant.check!, endToEnd: { outputs: 10, mismatches: 1 } };
    expect(verdict({ ...result, variants: [{ ...variant, check: wrongAtTheEnd }] })).to.equal(1);
  });

  it('stops at Ctrl-C and leaves nothing behind', () =>
    inWorkspace(async (folder) => {
      const scenario = join(packageRoot(), 'configs/scenarios/resnet18-cifar10.yaml');
      const { code, stdout, stderr } = await psconv(folder, ['run', scenario, '--out', 'out'], 4000);
      expect(stdout).to.equal('');
      expect(stderr).to.equal('psconv: interrupted; nothing was written\n');
      expect(code).to.equal(130);
      expect(existsSync(join(folder, 'out'))).to.equal(false);
    }));
});

/** The small network on CIFAR-10's image size. */
function wideNetwork(): string {
  return `kind: network
name: net
source: made up for tests
input: { channels: 3, height: 32, width: 32 }
normalization: { mean: [0.5, 0.5, 0.5], standardDeviation: [0.2, 0.2, 0.2] }
nodes:
  - { name: conv1, type: conv2d, filters: 8, kernel: 3, padding: 1, stride: 4 }
  - { name: relu1, type: relu }
  - { name: conv2, type: conv2d, filters: 8, kernel: 3, padding: 1 }
  - { name: pool, type: global-average-pool }
  - { name: fc, type: fully-connected, filters: 10 }
`;
}
