import { expect } from 'chai';
import { join } from 'node:path';
import { allDataflows } from '../../src/dataflow/dataflows.js';
import { documentKinds } from '../../src/document/kinds.js';
import { packageRoot, packageVersion } from '../../src/document/package.js';
import { inWorkspace, psconv } from './command.js';

const root = packageRoot();

describe('psconv', function () {
  this.timeout(60_000);

  it('says its version and helps, also with each command', async () => {
    expect((await psconv(root, ['--version'])).stdout.trim()).to.equal(packageVersion());
    for (const words of [
      [],
      ['run'],
      ['networks'],
      ['network'],
      ['network', 'show'],
      ['variants'],
      ['dataflows'],
      ['validate'],
      ['schema'],
    ]) {
      const { code, stdout } = await psconv(root, [...words, '--help']);
      expect(code, words.join(' ')).to.equal(0);
      expect(stdout).to.match(/^Usage: psconv/);
    }
  });

  it('lists the networks with their sizes', async () => {
    const { code, stdout } = await psconv(root, ['networks']);
    expect(code).to.equal(0);
    // MACs and parameters: the public model definitions.
    expect(stdout).to.match(/resnet18-cifar10 .* 555,422,720 │ +11,173,962 /);
    expect(stdout).to.match(/vgg16-cifar10 .* 313,201,664 │ +14,728,266/);
  });

  it('shows every layer of a network', async () => {
    const { code, stdout } = await psconv(root, ['network', 'show', 'vgg16-cifar10']);
    expect(code).to.equal(0);
    expect(stdout).to.match(
      /conv2d \+ batch norm \+ ReLU │ +3x32x32 │ +64x32x32 │ +3x3 │ +1x1 │ +1,769,472 │/,
    );
    expect(stdout).to.match(/total .*313,201,664 │ +14,728,266/);
  });

  it('lists the thirteen variants, and as-given', async () => {
    const { stdout } = await psconv(root, ['variants']);
    const names = [
      'pSC9',
      'pSC4',
      'pSC2',
      'pSC1',
      'PS4_P4',
      'PS2_P6',
      'PS1_P9',
      'PSD4_P8',
      'PSD4_P16',
      'PSD2_P8',
      'PSD2_P16',
      'PSD1_P8',
      'PSD1_P16',
      'as-given',
    ];
    for (const name of names) expect(stdout).to.match(new RegExp(`│ ${name} `));
  });

  it('lists every dataflow with what stays and what moves', async () => {
    const { code, stdout } = await psconv(root, ['dataflows']);
    expect(code).to.equal(0);
    for (const { name, description } of allDataflows()) {
      expect(stdout).to.include(`│ ${name} `);
      for (const word of description.split(/\s+/)) expect(stdout).to.include(word);
    }
  });

  it('validates every file that is shipped', async () => {
    const files = [
      [
        'scenarios/resnet20-cifar10',
        /a valid scenario: resnet20-cifar10, .*dataflows output-stationary, variants pSC9, PSD4_P8; every layer fits/,
      ],
      ['networks/vgg16-tinyimagenet', /a valid network: vgg16-tinyimagenet, \d+ layers/],
      [
        'accelerators/edge-16x16',
        /a valid accelerator: edge-16x16, 16x16 PEs, output-stationary, DRAM lpddr4-3200, energy table edge-45nm/,
      ],
      ['dram/flat', /a valid flat DRAM: flat/],
      ['dram/ddr4-2400', /a valid DRAM part: ddr4-2400, DDR4, 16 banks of 65536 rows, 19\.2 GB\/s a channel/],
      ['sparsity/cross-p5', /a valid sparsity variant: cross-p5/],
      ['energy/edge-45nm', /a valid energy table: edge-45nm/],
      ['energy/cacti7-sram', /a valid SRAM table: cacti7-sram, 9 cells/],
    ] as const;
    for (const [name, message] of files) {
      const { code, stdout, stderr } = await psconv(root, ['validate', join('configs', `${name}.yaml`)]);
      expect(stderr).to.equal('');
      expect(stdout).to.match(message);
      expect(code).to.equal(0);
    }
  });

  it('does not validate a file of no kind', () =>
    inWorkspace(
      async (folder) => {
        const { code, stderr } = await psconv(folder, ['validate', 'x.yaml']);
        expect(stderr).to.match(/^psconv: x\.yaml:1:\d+: kind: .*"acelerator"; did you mean "accelerator"\?/);
        expect(code).to.equal(2);
      },
      { 'x.yaml': 'kind: acelerator\n' },
    ));

  it('prints a JSON Schema for every kind', async () => {
    for (const kind of documentKinds) {
      const { code, stdout } = await psconv(root, ['schema', kind]);
      expect(code).to.equal(0);
      const schema: unknown = JSON.parse(stdout);
      const options = (schema as { oneOf?: unknown[] }).oneOf ?? [schema];
      for (const option of options) expect(option).to.have.nested.property('properties.kind.const', kind);
      expect(schema).to.have.property('$schema', 'https://json-schema.org/draft/2020-12/schema');
    }
  });
});
