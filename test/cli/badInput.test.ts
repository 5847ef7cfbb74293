import { expect } from 'chai';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, inWorkspace, psconv } from './command.js';

/** What a user did, the files that are otherwise, further words of the command, and what the one line must say. */
type Case = readonly [string, Readonly<Record<string, string>>, readonly string[], RegExp];

const { 'scenario.yaml': scenario, 'machine.yaml': machine, 'net.yaml': net } = files;
const withMachine = (from: string, to: string) => ({ 'machine.yaml': machine.replace(from, to) });
const withNet = (from: string, to: string) => ({ 'net.yaml': net.replace(from, to) });
const withScenario = (from: string, to: string) => ({ 'scenario.yaml': scenario.replace(from, to) });
const compare = (...entries: readonly string[]) => ({
  'scenario.yaml': scenario.replace(
    /variants.*/,
    `compare:\n${entries.map((entry) => `  - ${entry}`).join('\n')}`,
  ),
});
const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
`;

/** One convolution whose window alone takes 4900 B. */
const wideKernel = `kind: network
name: wide
source: made up for tests
input: { channels: 3, height: 70, width: 70 }
normalization: { mean: [0.5, 0.5, 0.5], standardDeviation: [0.2, 0.2, 0.2] }
nodes:
  - { name: conv1, type: conv2d, filters: 4, kernel: 70 }
`;

const cases: readonly Case[] = [
  ['malformed YAML', { 'scenario.yaml': `${scenario}images: {\n` }, [], /scenario\.yaml:\d+:\d+: /],
  [
    'an unknown key',
    withScenario('network:', 'netwrok:'),
    [],
    /scenario\.yaml:3:1: netwrok: .*did you mean "network"\?/,
  ],
  [
    'an unknown variant',
    withScenario('PSD4_P8', 'PSD4_P9'),
    [],
    /scenario\.yaml:5:\d+: variants\[1\]: .*"PSD4_P9".*did you mean/,
  ],
  [
    'a variant under two of its names',
    withScenario('PSD4_P8', 'pSC9'),
    [],
    /scenario\.yaml:5:\d+: variants\[1\]: expected each variant once, got "pSC9", which is pSC9 again/,
  ],
  [
    'an unknown network',
    withScenario('net.yaml', 'resnet18-cifar'),
    [],
    /scenario\.yaml:3:\d+: network: .*did you mean "resnet18-cifar10"\?/,
  ],
  [
    'a missing network file',
    withScenario('net.yaml', 'nett.yaml'),
    [],
    /scenario\.yaml:3:\d+: network: .*did you mean "net\.yaml"\?/,
  ],
  [
    'an unknown dataflow',
    withMachine('weight-stationary', 'weight-stationery'),
    [],
    /machine\.yaml:5:\d+: array\.dataflow: .*weight-stationary/,
  ],
  [
    'a dataflow to compare that there is not',
    { 'scenario.yaml': `${scenario}dataflows: [output-stationary, weight-stationery]\n` },
    [],
    /^psconv: scenario\.yaml:7:32: dataflows\[1\]: expected a dataflow, got "weight-stationery"; did you mean "weight-stationary"\? they are/,
  ],
  [
    'a dataflow to compare that is named twice',
    { 'scenario.yaml': `${scenario}dataflows: [output-stationary, output-stationary]\n` },
    [],
    /^psconv: scenario\.yaml:7:32: dataflows\[1\]: expected each dataflow once, got "output-stationary" again/,
  ],
  [
    'no dataflow to compare',
    { 'scenario.yaml': `${scenario}dataflows: []\n` },
    [],
    /^psconv: scenario\.yaml:7:12: dataflows: expected list of at least 1 dataflow, got empty list/,
  ],
  [
    'an unknown dataflow on the command line',
    {},
    ['--dataflow', 'output-stationary,is'],
    /^psconv: expected a dataflow, got "is"; they are output-stationary/,
  ],
  [
    'a dataflow that cannot skip on an accelerator that does',
    {
      ...withMachine('dataflow: weight-stationary', 'dataflow: output-stationary, skip: activation'),
      'scenario.yaml': `${scenario}dataflows: [output-stationary, input-stationary]\n`,
    },
    [],
    /^psconv: machine\.yaml:5:\d+: array\.skip: expected "none" with the dataflow input-stationary, got "activation": its partial sums/,
  ],
  [
    'an unknown unit',
    withMachine('50 ns', '50 nz'),
    [],
    /machine\.yaml:9:\d+: dram\.latency: expected time .*"50 nz"/,
  ],
  [
    'a negative size',
    withMachine('rows: 4', 'rows: -4'),
    [],
    /machine\.yaml:5:\d+: array\.rows: expected positive integer, got -4/,
  ],
  [
    'a size of zero',
    withMachine('rows: 4', 'rows: 0'),
    [],
    /machine\.yaml:5:\d+: array\.rows: expected positive integer, got 0/,
  ],
  [
    'a fractional size',
    withMachine('rows: 4', 'rows: 4.5'),
    [],
    /array\.rows: expected positive integer, got 4\.5/,
  ],
  [
    'a size that is no number',
    withMachine('rows: 4', 'rows: .nan'),
    [],
    /array\.rows: expected positive integer, got NaN/,
  ],
  [
    'an absurd size',
    withMachine('rows: 4', 'rows: 1e9'),
    [],
    /array\.rows: expected positive integer of at most 4096, got 1000000000/,
  ],
  [
    'a formula that imports',
    withMachine('50 ns', 'import("fs")'),
    [],
    /machine\.yaml:9:\d+: dram\.latency: /,
  ],
  ['a formula that takes all memory', withMachine('50 ns', 'ones(1e9) * 1 ns'), [], /dram\.latency: .*ones/],
  [
    'a buffer too small for any tile',
    { ...withMachine('32 KiB', '4 KiB'), 'net.yaml': wideKernel },
    [],
    /machine\.yaml:7:5: layer conv1: no mapping fits machine; the nearest.*glb.*would do: /,
  ],
  [
    'a buffer that the energy table does not cover',
    withMachine('32 KiB', '8 B'),
    [],
    /^psconv: machine\.yaml:7:5: buffer "glb"/,
  ],
  [
    'a flat DRAM that nothing gives an energy',
    withMachine(', energy: 8 pJ/bit, source: made up for tests', ''),
    [],
    /^psconv: machine\.yaml:\d+:7: dram: expected an energy per bit and its source/,
  ],
  ['an alias bomb', { 'scenario.yaml': bomb }, [], /scenario\.yaml(:\d+:\d+)?: /],
  [
    'a graph with a cycle',
    withNet('{ name: conv1, type: conv2d,', '{ name: conv1, type: conv2d, input: relu2,'),
    [],
    /net\.yaml:\d+:\d+: .*cycle/,
  ],
  [
    'a dangling edge',
    withNet('[bn2, relu1]', '[bn2, relu7]'),
    [],
    /net\.yaml:\d+:\d+: .*relu7.*did you mean/,
  ],
  [
    'mismatched shapes',
    withNet('{ name: conv2, type: conv2d, filters: 16', '{ name: conv2, type: conv2d, filters: 8'),
    [],
    /net\.yaml:\d+:\d+: .*8x8x8|net\.yaml:\d+:\d+: .*8 x 8 x 8/,
  ],
  [
    'a cut-off CIFAR-10 file',
    withNet('height: 8, width: 8', 'height: 32, width: 32'),
    ['--images', 'cut.bin'],
    /cut\.bin: expected CIFAR-10's binary format.*found 3000 bytes/,
  ],
  ['a missing image file', {}, ['--images', 'none.bin'], /none\.bin/],
  ['images of another size than the network takes', {}, ['--images', 'whole.bin'], /3 x 32 x 32/],
  ['missing weights', { 'scenario.yaml': `${scenario}weights: { file: none.npz }\n` }, [], /none\.npz/],
  [
    'an unknown layer',
    {},
    ['--layers', 'conv3'],
    /expected a layer of net, got "conv3"; did you mean "conv1"\?/,
  ],
  [
    'an unknown variant on the command line',
    {},
    ['--variants', 'PSD4_P8,denze'],
    /"denze".*did you mean "dense"\?/,
  ],
  [
    'a mapping for no layer',
    {
      'scenario.yaml': `${scenario}mapping: { conv9: { tile: { filters: 1, channels: 1, rows: 1, columns: 1 }, order: filters rows columns channels } }\n`,
    },
    [],
    /scenario\.yaml:7:\d+: mapping\.conv9: .*did you mean/,
  ],
  [
    'a mapping that does not fit its layer',
    {
      'scenario.yaml': `${scenario}mapping: { conv2: { tile: { filters: 99, channels: 1, rows: 1, columns: 1 }, order: filters rows columns channels } }\n`,
    },
    [],
    /^psconv: scenario\.yaml:7:\d+: mapping\.conv2: expected at most 16 filters/,
  ],
  [
    "Eyeriss's mapping for another array",
    {
      'scenario.yaml': `${scenario}mapping: { conv2: { rowStationary: { m: 1, e: 1, p: 1, q: 1, r: 1, t: 1 } } }\n`,
    },
    [],
    /^psconv: scenario\.yaml:7:\d+: mapping\.conv2: expected tile and order for the dataflow .*, got rowStationary; /,
  ],
  [
    'images that are no multiple of the batch',
    { 'scenario.yaml': `${scenario}batch: 3\n` },
    [],
    /^psconv: scenario\.yaml:6:18: images\.count: expected a number of images that is a multiple of the batch, 3, got 2; change/,
  ],
  [
    'a count on the command line that is no multiple of the batch',
    {},
    ['--count', '5', '--batch', '2'],
    /^psconv: expected a number of images that is a multiple of the batch, 2, got 5; change images\.count/,
  ],
  ['another kind of file', { 'scenario.yaml': net }, [], /expected "scenario", got "network"/],
  [
    'an accelerator of another node than its energies',
    withMachine('45 nm', '32 nm'),
    [],
    /^psconv: machine\.yaml:3:13: technology: .*32 nm.*45 nm/,
  ],
  [
    'a storage format that there is not',
    { 'scenario.yaml': `${scenario}storage: perodic\n` },
    [],
    /^psconv: scenario\.yaml:7:10: storage: expected a storage format, got "perodic"; did you mean "periodic"\?/,
  ],
  [
    'a storage format of another ratio than there can be',
    compare('{ variant: PSD4_P8, storage: [csr, "4:4"] }'),
    [],
    /^psconv: scenario\.yaml:6:\d+: compare\[0\]\.storage: expected a storage format, got "4:4"/,
  ],
  [
    'a format of activations that there is not',
    { 'scenario.yaml': `${scenario}activations: csr\n` },
    [],
    /^psconv: scenario\.yaml:7:14: activations: expected a format of activations, got "csr"; .*dense, bitmask, run-length/,
  ],
  [
    'a layout that there is not',
    { 'scenario.yaml': `${scenario}layout: nhwc\n` },
    [],
    /^psconv: scenario\.yaml:7:9: layout: expected a layout of feature maps, got "nhwc"; did you mean "NHWC"\? they are NCHW, NHWC and/,
  ],
  [
    'a layout of blocks that lacks a letter, on the command line',
    {},
    ['--layout', 'nchw32'],
    /^psconv: expected a layout of feature maps, got "nchw32"; did you mean "NCHW32c"\?/,
  ],
  [
    'a layout of blocks without channels',
    { 'scenario.yaml': `${scenario}layout: NCHW0c\n` },
    [],
    /^psconv: scenario\.yaml:7:9: layout: .*got "NCHW0c"; they are .* blocks of 1 to 1024 channels/,
  ],
  [
    'a layout of blocks of more channels than there may be',
    { 'scenario.yaml': `${scenario}layout: NCHW1025c\n` },
    [],
    /^psconv: scenario\.yaml:7:9: layout: .*got "NCHW1025c"; they are/,
  ],
  [
    'a layout beside compressed feature maps',
    { 'scenario.yaml': `${scenario}activations: bitmask\nlayout: NHWC\n` },
    [],
    /^psconv: scenario\.yaml:8:9: layout: expected NCHW beside activations bitmask, .*got NHWC; leave the layout out/,
  ],
  [
    'a layout on the command line beside compressed feature maps',
    { 'scenario.yaml': `${scenario}activations: bitmask\n` },
    ['--layout', 'NCHW16c'],
    /^psconv: expected NCHW beside activations bitmask, .*got NCHW16c; leave the layout out/,
  ],
  [
    'a format that cannot hold the supports',
    compare('{ variant: pSC4, storage: periodic }'),
    [],
    /^psconv: scenario\.yaml:6:\d+: layer conv2: storage "periodic" cannot hold it: each kernel has a support of its own/,
  ],
  [
    'a pair of variant and storage that stands twice',
    compare('{ variant: pSC4, storage: [csr, coo] }', '{ variant: pSC4, storage: csr }'),
    [],
    /^psconv: scenario\.yaml:7:\d+: compare\[1\]\.storage: expected each pair of variant and storage once, got pSC4 stored as csr again/,
  ],
  [
    'an unknown variant to compare',
    compare('{ variant: dense }', '{ variant: PSD4_P9 }'),
    [],
    /^psconv: scenario\.yaml:7:\d+: compare\[1\]\.variant: .*"PSD4_P9".*did you mean/,
  ],
  [
    'an unknown storage on the command line',
    {},
    ['--storage', 'csr,bitmsk'],
    /^psconv: expected a storage format, got "bitmsk"; did you mean "bitmask"\?/,
  ],
  ['an output folder that is a file', {}, ['--out', 'net.yaml'], /net\.yaml: .*a file is in the way/],
  ['an output folder below a file', {}, ['--out', 'net.yaml/results'], /a file is in the way/],
  ['an output folder where none can be made', {}, ['--out', '/proc/psconv'], /\/proc\/psconv: cannot be/],
];

describe('psconv run refuses', function () {
  this.timeout(30_000);

  for (const [what, changed, words, message] of cases) {
    it(`${what}, in one line, and writes nothing`, () =>
      inWorkspace(async (folder) => {
        writeFileSync(join(folder, 'cut.bin'), Buffer.alloc(3000));
        writeFileSync(join(folder, 'whole.bin'), Buffer.alloc(3073));
        const before = readdirSync(folder);
        const { code, stdout, stderr } = await psconv(folder, ['run', 'scenario.yaml', ...words]);
        expect(stdout).to.equal('');
        expect(stderr).to.match(/^psconv: [^\n]+\n$/);
        expect(stderr).to.match(message);
        expect(stderr).not.to.include('internal error');
        expect(code).to.equal(2);
        expect(readdirSync(folder)).to.deep.equal(before);
      }, changed));
  }

  it('a missing file', () =>
    inWorkspace(async (folder) => {
      const { code, stderr } = await psconv(folder, ['run', 'scenari.yaml']);
      expect(stderr)
        .to.match(/^psconv: scenari\.yaml: .*\n$/)
        .and.to.include('scenario.yaml');
      expect(code).to.equal(2);
      expect(existsSync(join(folder, 'results'))).to.equal(false);
    }));

  it('wrong words, with a suggestion', () =>
    inWorkspace(async (folder) => {
      const refused = async (words: readonly string[], message: RegExp): Promise<void> => {
        const { code, stdout, stderr } = await psconv(folder, words);
        expect(stderr, words.join(' ')).to.match(message);
        expect(stdout).to.equal('');
        expect(code, words.join(' ')).to.equal(2);
      };
      await refused(['rum', 'scenario.yaml'], /unknown command 'rum'\n\(Did you mean run\?\)/);
      await refused(
        ['run', 'scenario.yaml', '--varaints', 'x'],
        /unknown option '--varaints'\n\(Did you mean --variants\?\)/,
      );
      await refused(['run'], /missing required argument 'scenario'/);
      await refused(['run', 'scenario.yaml', '--seed', 'x'], /--seed <number>.*expected a whole number/);
      await refused(
        ['run', 'scenario.yaml', '--count', '0'],
        /--count <number>.*expected a positive whole number/,
      );
      await refused(['run', 'scenario.yaml', '--first', '3'], /--first: expected images of a file/);
      await refused(['run', 'scenario.yaml', '--variants', ','], /expected names separated by commas/);
      await refused(
        ['run', 'scenario.yaml', '--dram', 'lpddr4'],
        /expected name or path of a dram file, got "lpddr4"; .*lpddr4-3200/,
      );
      await refused(['network', 'show', 'resnet18-cifar'], /did you mean "resnet18-cifar10"\?/);
      await refused(['schema', 'acelerator'], /did you mean "accelerator"\?/);
      await refused(['validate', 'nothing.yaml'], /nothing\.yaml/);
    }));
});
