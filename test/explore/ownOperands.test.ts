import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { loadScenario, simulate } from '../../src/index.js';
import type { ScenarioResult } from '../../src/index.js';
import { createRandom } from '../../src/tensor/random.js';
import { files, psconv } from '../cli/command.js';
import { inFolder, refusal } from '../document/fixtures.js';
import { npyOf } from '../tensor/npyBytes.js';

const random = createRandom(11);
/** Codes of which two in three are zero. */
function sparseCodes(length: number): Int8Array {
  return Int8Array.from({ length }, () => (random.integer(3) === 0 ? random.integer(255) - 127 : 0));
}

const network = (node: string): string => `kind: network
name: own
source: made up for tests
input: { channels: 6, height: 5, width: 5 }
nodes:
  - ${node}
`;
const scenario = `kind: scenario
name: own
network: net.yaml
accelerator: machine.yaml
variants: [dense, as-given]
weights: { file: layer.npy }
images: { file: input.npy }
`;

interface Operands {
  readonly node?: string;
  readonly shape?: readonly number[];
  readonly weights: Int8Array;
  readonly input?: Int8Array;
  readonly text?: string;
}

async function inOwn(operands: Operands, use: (folder: string) => Promise<void>): Promise<void> {
  const { node = '{ name: conv, type: conv2d, filters: 4, kernel: 3, padding: 1 }', weights } = operands;
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'net.yaml'), network(node));
    writeFileSync(join(folder, 'machine.yaml'), files['machine.yaml']);
    writeFileSync(join(folder, 'scenario.yaml'), operands.text ?? scenario);
    writeFileSync(join(folder, 'layer.npy'), npyOf(operands.shape ?? [4, 6, 3, 3], weights));
    writeFileSync(join(folder, 'input.npy'), npyOf([6, 5, 5], operands.input ?? sparseCodes(150)));
    await use(folder);
  });
}

async function resultOf(operands: Operands, storage?: readonly string[]): Promise<ScenarioResult> {
  let result: ScenarioResult | undefined;
  await inOwn(operands, async (folder) => {
    result = await simulate(await loadScenario(join(folder, 'scenario.yaml'), { storage }));
  });
  return result!;
}

const nonZero = (codes: Int8Array): number => codes.filter((code) => code !== 0).length;

function expectRight({ variants }: ScenarioResult): void {
  for (const { check, variant, storage } of variants) {
    expect(check?.mismatches, `${variant} ${storage}`).to.equal(0);
    expect(check?.endToEnd?.mismatches).to.equal(0);
  }
}

describe("a layer on operands of the user's own", function () {
  this.timeout(60_000);

  it('runs on the weights that are not zero, the same outputs for fewer MACs', async () => {
    const weights = sparseCodes(216);
    const result = await resultOf({ weights });
    expectRight(result);
    expect(result.variants.map(({ totals }) => totals.macs.effectual)).to.deep.equal([
      216 * 25,
      nonZero(weights) * 25,
    ]);
    const [, asGiven] = result.variants;
    expect(asGiven.notes.join('\n'))
      .to.include('taking what is not zero in the given weights keeps')
      .and.to.match(/weights from .*layer\.npy, integers as they are$/m)
      .and.to.match(/input: 1 image of .*input\.npy from number 0 on, integers as they are/)
      .and.not.to.include('outside the supports');
  });

  it('runs in every storage format but the periodic one', async () => {
    const names =
      'auto dense pattern-id bitmask tap-position coo csr csc run-length run-length-2 5:6 block-2x2 csr+huffman';
    const result = await resultOf({ weights: sparseCodes(216) }, names.split(' '));
    expect(result.variants).to.have.length(2 * 13);
    expectRight(result);
    expect(await refusal(() => resultOf({ weights: sparseCodes(216) }, ['periodic']))).to.match(/periodic/);
  });

  it('may be fully connected, have a node with bias, and be all but empty', async () => {
    const node = '{ name: fc, type: fully-connected, filters: 4 }';
    const weights = new Int8Array(600).fill(5, 203, 207);
    const result = await resultOf({ node, shape: [4, 150], weights });
    expectRight(result);
    expect(result.variants[1].totals.macs.effectual).to.equal(4);
  });

  it('may have filters, or no weights at all, that are not zero', async () => {
    for (const weights of [new Int8Array(216).fill(-3, 54, 108), new Int8Array(216)]) {
      const result = await resultOf({ weights });
      expectRight(result);
      expect(result.variants[1].totals.macs.effectual).to.equal(25 * nonZero(weights));
    }
  });

  it('needs given weights for as-given, and says where it is asked for', async () => {
    const text = scenario.replace('weights: { file: layer.npy }\n', '');
    const weights = new Int8Array(216);
    await inOwn({ weights, text }, async (folder) => {
      const file = join(folder, 'scenario.yaml');
      expect(await refusal(() => loadScenario(file))).to.match(
        /scenario\.yaml:5:19: variants\[1\]: expected weights of a file for as-given, .*seeded weights/,
      );
      expect(await refusal(() => loadScenario(file, { variants: ['as-given'] }))).to.match(
        /^expected weights of a file for as-given/,
      );
      const { cells } = await loadScenario(file, { variants: ['dense'] });
      expect(cells).to.have.length(1);
    });
  });

  it('takes images of an .npy file from the command line', () =>
    inOwn(
      { weights: sparseCodes(216), text: scenario.replace('images: { file: input.npy }\n', '') },
      async (folder) => {
        writeFileSync(join(folder, 'two.npy'), npyOf([2, 6, 5, 5], new Float32Array(300).fill(0.5)));
        const words = ['run', 'scenario.yaml', '--images', 'two.npy', '--first', '1'];
        const { code, stdout, stderr } = await psconv(folder, words);
        expect([code, stderr]).to.deep.equal([0, '']);
        expect(stdout).to.include('input: 1 image of two.npy from number 1 on, taken as normalised already');
        const manifest = readFileSync(join(folder, 'results/own/manifest.json'), 'utf8');
        expect(manifest).to.include('"layer.npy"').and.to.include('"two.npy"');
        writeFileSync(join(folder, 'two.npy'), npyOf([1, 6, 5, 5], new Int16Array(150).fill(128, 31)));
        const wrong = await psconv(folder, words.slice(0, 4));
        expect([wrong.code, wrong.stdout]).to.deep.equal([2, '']);
        expect(wrong.stderr).to.match(
          /^psconv: two\.npy: expected integers .*found 128 at \[0, 1, 1, 1\]\n$/,
        );
      },
    ));

  it('is what the page on scenarios shows, as it stands', () =>
    inFolder(async (folder) => {
      const page = readFileSync(join(packageRoot(), 'docs/scenario.md'), 'utf8');
      const shown = [...page.matchAll(/```yaml\n# (\S+)\n([^]*?)```/g)];
      expect(shown.map(([, name]) => name)).to.deep.equal(['layer.yaml', 'scenario.yaml']);
      for (const [, name, text] of shown) writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, 'layer.npy'), npyOf([32, 16], sparseCodes(512)));
      writeFileSync(join(folder, 'input.npy'), npyOf([16, 8, 8], sparseCodes(1024)));
      expectRight(await simulate(await loadScenario(join(folder, 'scenario.yaml'))));
    }));
});
