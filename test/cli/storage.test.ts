import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, inWorkspace, psconv, rowsOf } from './command.js';

const { 'scenario.yaml': scenario } = files;

describe('psconv run with compare', function () {
  this.timeout(60_000);

  const compared = {
    'scenario.yaml': `${scenario.replace(
      /variants.*/,
      `compare:
  - { variant: dense, storage: dense }
  - { variant: PSD4_P8 }
  - { variant: PSD4_P8, storage: [csc, periodic+huffman] }
  - { variant: unstructured-psd4p8, storage: [csr, bitmask, run-length, coo, tap-position, csr+huffman] }
  - { variant: n-of-m-4-8, storage: ['4:8', block-2x2] }
  - { variant: best-patterns-4of9, storage: pattern-id }
  - { variant: mixed-psd4p8-4-8, storage: auto }
  - { variant: channels-psd4p8, storage: dense+huffman }`,
    )}`,
  };

  it('runs every variant in every format it is named with, all outputs those of the reference', () =>
    inWorkspace(async (folder) => {
      const { code, stdout, stderr } = await psconv(folder, ['run', 'scenario.yaml', '--out', 'out']);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      expect(stdout).to.match(/channels-psd4p8: channel pruning keeps/);
      const rows = rowsOf(join(folder, 'out', 'summary.csv'));
      expect(rows.map((row) => `${row.variant} ${row.storage}`)).to.deep.equal([
        'pSC9 dense',
        'PSD4_P8 auto',
        'PSD4_P8 csc',
        'PSD4_P8 periodic+huffman',
        'unstructured-psd4p8 csr',
        'unstructured-psd4p8 bitmask',
        'unstructured-psd4p8 run-length',
        'unstructured-psd4p8 coo',
        'unstructured-psd4p8 tap-position',
        'unstructured-psd4p8 csr+huffman',
        'n-of-m-4-8 4:8',
        'n-of-m-4-8 block-2x2',
        'best-patterns-4of9 pattern-id',
        'mixed-psd4p8-4-8 auto',
        'channels-psd4p8 dense+huffman',
      ]);
      for (const row of rows) {
        expect(row['check.mismatches'], row.storage).to.equal('0');
        expect(row['check.endToEnd.mismatches'], row.storage).to.equal('0');
      }
      const kept = rows.slice(1, 10).map((row) => row.parameters);
      expect(new Set(kept), 'equal density').to.have.property('size', 1);
      expect(rows[0]['savings.energy'], 'the dense variant is the base').to.equal('1');
      const layers = rowsOf(join(folder, 'out', 'layers.csv')).filter(({ layer }) => layer === 'conv2');
      expect(layers.map(({ format }) => format).slice(0, 4)).to.deep.equal([
        'dense',
        'periodic',
        'csc',
        'periodic+huffman',
      ]);
      const manifest = JSON.parse(readFileSync(join(folder, 'out/manifest.json'), 'utf8')) as {
        cells: unknown[];
        sha256: object;
      };
      expect(manifest.cells[2]).to.deep.equal({
        variant: 'PSD4_P8',
        storage: 'csc',
        dataflow: 'weight-stationary',
      });
    }, compared));

  it('stores activations compressed with the same outputs, fewer bytes and the index apart', () =>
    inWorkspace(async (folder) => {
      const run = async (activations: string): Promise<Record<string, string>> => {
        const file = `${activations}.yaml`;
        const { writeFileSync } = await import('node:fs');
        writeFileSync(join(folder, file), `${scenario}activations: ${activations}\n`);
        const { code, stderr } = await psconv(folder, ['run', file, '--out', activations]);
        expect(stderr).to.equal('');
        expect(code).to.equal(0);
        return rowsOf(join(folder, activations, 'summary.csv'))[0];
      };
      const dense = await run('dense');
      for (const name of ['bitmask', 'run-length']) {
        const row = await run(name);
        expect(row['check.mismatches']).to.equal('0');
        expect(Number(row['dramBytes.index'])).to.be.above(0);
        expect(Number(row['dramBytes.ofmap'])).to.not.equal(Number(dense['dramBytes.ofmap']));
        expect(row['macs.performed']).to.equal(dense['macs.performed']);
      }
      const bitmask = rowsOf(join(folder, 'bitmask', 'summary.csv'))[0];
      expect(Number(bitmask['dramBytes.ofmap'])).to.be.below(Number(dense['dramBytes.ofmap']));
    }));

  it('compares with the variant that leaves nothing out, wherever it stands', () =>
    inWorkspace(
      async (folder) => {
        await psconv(folder, ['run', 'scenario.yaml', '--no-check', '--out', 'out']);
        const rows = rowsOf(join(folder, 'out', 'summary.csv'));
        expect(rows[1]['savings.latency']).to.equal('1');
        expect(Number(rows[0]['savings.effectualMacs'])).to.be.above(1.2);
      },
      {
        'scenario.yaml': scenario.replace(
          /variants.*/,
          'compare:\n  - { variant: channels-psd4p8 }\n  - { variant: dense }',
        ),
      },
    ));

  it('takes formats from the command line', () =>
    inWorkspace(async (folder) => {
      const words = ['--variants', 'PSD4_P8', '--storage', 'csr,periodic', '--no-check', '--out', 'out'];
      const { code } = await psconv(folder, ['run', 'scenario.yaml', ...words]);
      expect(code).to.equal(0);
      const rows = rowsOf(join(folder, 'out', 'summary.csv'));
      expect(rows.map(({ storage }) => storage)).to.deep.equal(['csr', 'periodic']);
      expect(Number(rows[0]['weightBytes.total'])).to.be.above(Number(rows[1]['weightBytes.total']));
      expect(rows[0]['weightBytes.value']).to.equal(rows[1]['weightBytes.value']);
    }));
});

describe('psconv storage', function () {
  this.timeout(60_000);

  it('prints the bytes of each layer in each format, and writes them', () =>
    inWorkspace(async (folder) => {
      const { code, stdout, stderr } = await psconv(folder, ['storage', 'scenario.yaml']);
      expect(stderr).to.equal('');
      expect(code).to.equal(0);
      expect(stdout).to.match(/net, pSC9, int8 weights.*\n.*no layer leaves weights out: [\d.]+ KiB/);
      expect(stdout).to.match(
        /│ periodic +│ +1,184 │ +0 │ +0 │ +9 │ +1,193 │ +0\.76 % │ +1\.93x │ +1\.00x │/,
      );
      expect(stdout).to.match(/│ 2:4 +│.*cannot hold it/);
      const rows = rowsOf(join(folder, 'results/small/storage.csv')).filter(
        ({ variant, layer }) => variant === 'PSD4_P8' && layer === 'conv2',
      );
      const byFormat = new Map(rows.map((row) => [row.storage, row]));
      // 16 x 16 kernels of which each eighth is full: 1184 weights; k*k bits for each kernel.
      expect(byFormat.get('bitmask')).to.include({
        format: 'bitmask',
        'weightBytes.value': '1184',
        'weightBytes.position': '288',
        'weightBytes.pointer': '0',
        'weightBytes.total': '1472',
        weightDenseBytes: '2304',
      });
      expect(Number(byFormat.get('bitmask')?.indexOverheadPercent)).to.be.closeTo(24.32, 0.01);
      expect(Number(byFormat.get('bitmask')?.compression)).to.be.closeTo(2304 / 1472, 1e-9);
      expect(byFormat.get('2:4')?.refusal).to.match(/weights at tap/);
    }));

  it('takes formats that look at the weights, and layers', () =>
    inWorkspace(async (folder) => {
      const words = ['--formats', 'periodic,periodic+huffman', '--layers', 'conv2', '--variants', 'PSD4_P8'];
      const { code, stdout } = await psconv(folder, ['storage', 'scenario.yaml', ...words, '--json']);
      expect(code).to.equal(0);
      const survey = JSON.parse(stdout) as {
        variants: Array<{ formats: Array<{ format: string; layers: Array<{ bytes: { value: number } }> }> }>;
      };
      const [plain, coded] = survey.variants[0].formats;
      expect(coded.format).to.equal('periodic+huffman');
      expect(plain.layers).to.have.length(1);
      expect(coded.layers[0].bytes.value).to.be.below(plain.layers[0].bytes.value);
    }));

  it('refuses a format that there is not, and writes nothing', () =>
    inWorkspace(async (folder) => {
      const { code, stderr } = await psconv(folder, ['storage', 'scenario.yaml', '--formats', 'crs']);
      expect(code).to.equal(2);
      expect(stderr).to.match(/^psconv: expected a storage format, got "crs"; did you mean "csr"\?[^\n]*\n$/);
      expect(existsSync(join(folder, 'results'))).to.equal(false);
    }));
});
