import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import type { ExplainResult } from '../../src/index.js';
import { files, inWorkspace, psconv } from './command.js';

async function asJson(folder: string, ...words: string[]): Promise<ExplainResult> {
  const { code, stdout, stderr } = await psconv(folder, ['explain', 'scenario.yaml', '--json', ...words]);
  expect(stderr).to.equal('');
  expect(code).to.equal(0);
  return JSON.parse(stdout) as ExplainResult;
}

/** Names of all keys, `[]` for what is in a list. */
function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((each) => keysOf(each, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => keysOf(each, path === '' ? key : `${path}.${key}`));
}

const figures = ['objective', 'latencyPs', 'energyPj', 'dramBytes', 'areaMm2'];
const rooflineKeys = [
  ...[
    'unit',
    'done',
    'dense',
    'peakPerCycle',
    'burstBytes',
    'intensity',
    'denseIntensity',
    'attainedPerCycle',
  ],
  ...['dramBytesPerCycle', 'ridge', 'side', 'roofPerCycle', 'shareOfRoof'],
  ...['buffer', 'isShared', 'bytesPerCycle', 'readBytes', 'writeBytes', 'busyCycles'].map(
    (key) => `ports[].${key}`,
  ),
  ...['askedReadBytes', 'askedWriteBytes', 'roofPerCycle'].map((key) => `ports[].${key}`),
];
const cyclePartKeys = [
  ...[
    'ideal',
    'storedZeros',
    'missingTaps',
    'unusedPes',
    'foldEdges',
    'weightLoad',
    'decode',
    'ifmap',
    'psum',
  ],
  ...['drain', 'firstLoads', 'dramWait', 'lastStores'],
];
const explainedKeys = [
  ...rooflineKeys.map((key) => `roofline.${key}`),
  'cycles',
  ...cyclePartKeys.map((key) => `cycleParts.${key}`),
  ...['ifmap', 'weight', 'index', 'psum', 'ofmap'].flatMap((tensor) =>
    ['burstBytes', 'movedBytes', 'compulsoryBytes', 'buffer', 'capacityBytes'].map(
      (key) => `traffic.${tensor}.${key}`,
    ),
  ),
  ...['energyPj', 'byComponent[].name', 'byComponent[].pj', 'byTensor[].name', 'byTensor[].pj'],
  ...['compulsoryEnergy.macPj', 'compulsoryEnergy.dramPj'],
  ...figures.map((key) => `figures.${key}`),
  ...['change', 'title', 'gain', 'mappingsKept'].map((key) => `changes[].${key}`),
  ...figures.map((key) => `changes[].after.${key}`),
];

describe('psconv explain', function () {
  this.timeout(60_000);

  it('prints roofline, parts and changes of the first variant, and writes nothing', () =>
    inWorkspace(async (folder) => {
      const { code, stdout, stderr } = await psconv(folder, ['explain', 'scenario.yaml']);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      expect(stdout).to.match(
        /^small: net on machine, energy table edge-45nm; what bounds it, and what would lower the EDP; figures are for one image\n\npSC9, storage auto, weight-stationary\n\nMACs per cycle\n/,
      );
      for (const words of [
        '│ Roofline ',
        '│ Ports of the buffers ',
        '│ Cycles ',
        '│ DRAM traffic ',
        '│ Energy ',
        '│ one change ',
        'network: cycles go to: ',
        'conv2: cycles go to: ',
        'network: what lowers the EDP, and by how much',
        '\n  energy: table edge-45nm',
      ])
        expect(stdout, words).to.include(words);
      expect(stdout).not.to.include('PSD4_P8');
      expect(readdirSync(folder).sort()).to.deep.equal(['machine.yaml', 'net.yaml', 'scenario.yaml']);
    }));

  it('prints as JSON all that there is, under names that stay', () =>
    inWorkspace(async (folder) => {
      const result = await asJson(folder, '--variants', 'dense,PSD4_P8', '--objective', 'energy');
      expect(result).to.include({ scenario: 'small', network: 'net', objective: 'energy', batch: 1 });
      expect(result.variants.map(({ variant }) => variant)).to.deep.equal(['pSC9', 'PSD4_P8']);
      const { variants, ...head } = result;
      expect(Object.keys(head)).to.deep.equal([
        ...['scenario', 'network', 'accelerator', 'energyTable', 'objective', 'batch', 'periodPs', 'notes'],
      ]);
      for (const { network, layers, points, refused, ...names } of variants) {
        expect(Object.keys(names)).to.deep.equal(['variant', 'storage', 'dataflow']);
        const withoutCaveats = (value: unknown): string[] =>
          keysOf(value).filter((key) => !key.startsWith('changes[].caveats'));
        expect(withoutCaveats(network)).to.have.members(explainedKeys);
        expect(layers).to.have.length(3);
        for (const { layer, kind, mapping, shareOfObjective, ...explained } of layers) {
          expect([typeof layer, typeof kind, typeof mapping.tile.rows]).to.deep.equal([
            'string',
            'string',
            'number',
          ]);
          expect(shareOfObjective).to.be.within(0, 1);
          expect(withoutCaveats(explained)).to.have.members(explainedKeys);
        }
        expect(Object.keys(points[0])).to.deep.equal(['layer', 'intensity', 'attainedPerCycle']);
        expect(points.map(({ layer }) => layer)).to.deep.equal(['conv1', 'conv2', 'fc']);
        for (const each of refused) expect(Object.keys(each)).to.deep.equal(['change', 'title', 'reason']);
      }
    }));

  it('explains layers that are named, pooling among them, in the order of the network', () =>
    inWorkspace(async (folder) => {
      const words = ['--layer', 'pool', '--layer', 'conv1,conv1', '--dram', 'lpddr4-3200'];
      const { code, stdout } = await psconv(folder, ['explain', 'scenario.yaml', ...words]);
      expect(code).to.equal(0);
      expect(stdout).to.match(
        /\n1 conv1 \(conv2d\); tiles, outermost loop first: images 1, .*\n2 pool \(average-pool\); /,
      );
      expect(stdout).to.match(/operations of the post-processor *│ M *│ *- │/);
      expect(stdout).to.match(
        /\npool: cycles go to: lanes at their full rate 83\.9 %, then .*; 83\.9 % of the roof of the lanes\n/,
      );
      expect(stdout).to.match(/; [\d.]+ % of the roof of the array, [\d.]+ % of that of the ports of glb\n/);
      expect(stdout).to.match(/\n(conv1: what lowers|conv1: none of)/);
      expect(stdout).not.to.match(/^network:/m);
      const { variants } = await asJson(folder, ...words);
      expect(variants[0].network).to.equal(undefined);
      expect(variants[0].layers.map(({ layer }) => layer)).to.deep.equal(['conv1', 'pool']);
      expect(variants[0].layers[0].shareOfObjective).to.equal(null);
    }));

  it('takes dataflow and storage from the command line, and feature maps that lie compressed', () =>
    inWorkspace(
      async (folder) => {
        const { variants } = await asJson(
          folder,
          '--dataflow',
          'output-stationary',
          '--storage',
          'csr',
          '--layer',
          'fc',
        );
        expect(variants.map(({ dataflow, storage }) => `${dataflow} ${storage}`)).to.deep.equal([
          'output-stationary csr',
          'output-stationary csr',
        ]);
        const { traffic } = variants[0].layers[0];
        expect(traffic.ifmap.compulsoryBytes).to.equal(null);
        expect(traffic.weight.compulsoryBytes).to.equal(160);
      },
      { 'scenario.yaml': `${files['scenario.yaml']}activations: bitmask\n` },
    ));

  it('refuses layers, objectives and variants that there are not', () =>
    inWorkspace(async (folder) => {
      const refusal = async (...words: string[]): Promise<string> => {
        const { code, stdout, stderr } = await psconv(folder, ['explain', 'scenario.yaml', ...words]);
        expect(code).to.equal(2);
        expect(stdout).to.equal('');
        return stderr;
      };
      expect(await refusal('--layer', 'convv1')).to.equal(
        'psconv: expected a layer of net, got "convv1"; did you mean "conv1"?\n',
      );
      expect(await refusal('--layer', ',')).to.include('expected names separated by commas');
      expect(await refusal('--objective', 'speed')).to.include(
        'Allowed choices are edp, energy, latency, dram-traffic',
      );
      expect(await refusal('--variants', 'PSD4')).to.match(/^psconv: [^\n]*PSD4[^\n]*\n$/);
      expect(await refusal('--dataflow', 'output')).to.match(/^psconv: expected a dataflow, got "output"/);
    }));

  it('ends at Ctrl-C', () =>
    inWorkspace(async (folder) => {
      const scenario = join(packageRoot(), 'configs/scenarios/resnet18-cifar10.yaml');
      const { code, stderr, stdout } = await psconv(folder, ['explain', scenario], 4000);
      expect(stdout).to.equal('');
      expect(stderr).to.equal('psconv: interrupted; nothing was written\n');
      expect(code).to.equal(130);
    }));
});
