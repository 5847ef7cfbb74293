import { expect } from 'chai';
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toEditorSchema } from '../../src/document/jsonSchema.js';
import { assignSupports } from '../../src/sparsity/assign.js';
import { listVariants, loadVariant } from '../../src/sparsity/loadVariant.js';
import { sparsitySchema } from '../../src/sparsity/schema.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { nonZeroTaps } from '../../src/sparsity/supports.js';
import { inFolder, refusal } from '../document/fixtures.js';
import { mixedNetwork, tapsOf, variantOf } from './fixtures.js';

const fault = (body: string, others: Readonly<Record<string, string>> = {}): Promise<string> =>
  refusal(() => variantOf(body, others));

async function supportsOf(
  body: string,
  others: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, Supports>> {
  return assignSupports(mixedNetwork(), await variantOf(body, others), 1);
}
const assignFault = (body: string): Promise<string> =>
  refusal(async () => {
    try {
      return await supportsOf(body);
    } catch (error) {
      if (error instanceof Error) error.message = error.message.replace(/^\S*\//, '');
      throw error;
    }
  });

function sparseLayers(supports: ReadonlyMap<string, Supports>): string[] {
  return [...supports].filter(([, { assignment }]) => assignment.kind !== 'dense').map(([name]) => name);
}

describe('a variant', () => {
  it('is known by its exact name, the dense one also as "dense"', async () => {
    expect(await loadVariant('dense')).to.equal(await loadVariant('pSC9'));
    expect(await refusal(() => loadVariant('psd4_p8'))).to.match(
      /^expected a variant or the name or path of a sparsity file, got "psd4_p8"; did you mean "PSD4_P8"\? known: dense, pSC9, pSC4,.* cross-p5/,
    );
    expect(await refusal(() => loadVariant('cross-p4'))).to.match(/did you mean "cross-p5"\?/);
    expect(await refusal(() => loadVariant('./nowhere.yaml'))).to.match(/there is no file nowhere.yaml/);
  });

  it('is listed with its description, the shipped example among them', async () => {
    const listed = await listVariants();
    expect(listed.map(({ name }) => name)).to.include.members(['pSC9', 'PSD1_P16', 'cross-p5']);
    expect(listed.every(({ description }) => description !== '')).to.equal(true);
    const cross = await loadVariant('cross-p5');
    expect(cross).to.deep.include({ name: 'cross-p5', period: 5, kernelSupportSize: 2, boosted: true });
  });
});

describe('a user-defined variant', () => {
  it('has patterns as lists of taps or as pictures, in turn', async () => {
    const supports = await supportsOf('patterns:\n  - [4]\n  - xx. ... ..x\n  - []\n  - ... ... ...');
    const conv2 = supports.get('conv2');
    const expected = [[4], [0, 1, 8], [], []];
    for (let o = 0; o < 20; o++) {
      for (let c = 0; c < 16; c++) expect(tapsOf(conv2, o, c)).to.deep.equal(expected[(o + c) % 4]);
    }
    expect(nonZeroTaps(conv2!)).to.equal(20 * 16);
  });

  it('repeats them over its period, around the boosted slot', async () => {
    const slots = async (body: string): Promise<string[]> => {
      const conv2 = (await supportsOf(`patterns: [[0], [1, 2], [3]]\n${body}`)).get('conv2');
      return conv2!.patterns.map((pattern) => pattern.join(''));
    };
    const [a, b, c, full] = ['100000000', '011000000', '000100000', '111111111'];
    expect(await slots('')).to.deep.equal([a, b, c]);
    expect(await slots('period: 5')).to.deep.equal([a, b, c, a, b]);
    expect(await slots('boost: last')).to.deep.equal([a, b, c, full]);
    expect(await slots('boost: 0')).to.deep.equal([full, a, b, c]);
    expect(await slots('period: 6\nboost: 2')).to.deep.equal([a, b, full, c, a, b]);
    expect(await variantOf('patterns: [[0], [1, 2], [3]]\nboost: 1')).to.deep.include({
      period: 4,
      boosted: true,
    });
    expect(await variantOf('patterns: [[0], [1, 2], [3]]')).to.not.have.property('kernelSupportSize');
  });

  it('defines the built-in variants, too', async () => {
    const squares = 'patterns: [xx. xx. ..., .xx .xx ..., ... xx. xx., ... .xx .xx]\nperiod: 16\nboost: last';
    const own = await variantOf(squares);
    const { rule, period, kernelSupportSize, boosted } = await loadVariant('PSD4_P16');
    expect(own).to.deep.include({ rule, period, kernelSupportSize, boosted });
  });

  it('draws a support for each kernel', async () => {
    const conv2 = (await supportsOf('random: { taps: 5 }')).get('conv2');
    expect(conv2?.assignment.kind).to.equal('per-kernel');
    expect(nonZeroTaps(conv2!)).to.equal(20 * 16 * 5);
  });

  it('is for kernels of its size, be they 1x1: then not for fully connected layers', async () => {
    expect(sparseLayers(await supportsOf('kernel: [1, 5]\npatterns: [[0, 4], x.x.x]'))).to.deep.equal([
      'wide',
    ]);
    expect(sparseLayers(await supportsOf('kernel: 1\npatterns: [x, .]'))).to.deep.equal(['short']);
    const short = (await supportsOf('kernel: 1\npatterns: [x, .]')).get('short');
    expect(nonZeroTaps(short!)).to.equal(200);
  });

  it('chooses its layers: by name or glob, with or without the first convolution', async () => {
    const choice = async (layers: string): Promise<string[]> =>
      sparseLayers(await supportsOf(`patterns: [[0]]\nlayers: ${layers}`));
    expect(await choice('{}')).to.deep.equal(['conv2', 'depthwise', 'conv3']);
    expect(await choice('{ firstConvolution: sparse }')).to.deep.equal([
      'conv1',
      'conv2',
      'depthwise',
      'conv3',
    ]);
    expect(await choice('{ include: [conv*] }')).to.deep.equal(['conv2', 'conv3']);
    expect(await choice('{ exclude: [conv?] }')).to.deep.equal(['depthwise']);
    expect(await choice('{ include: [conv2, conv3], exclude: [conv3] }')).to.deep.equal(['conv2']);
  });

  it('overrides layers with other variants, the last that fits', async () => {
    const supports = await supportsOf(
      `variant: PSD4_P8
overrides:
  - { layers: [conv*], variant: PS1_P9 }
  - { layers: [conv3], variant: dense }
  - { layers: [short, fc], variant: point }
layers: { exclude: [conv2] }`,
      { point: 'kernel: 1\npatterns: [x, ., .]' },
    );
    const periods = [...supports].map(([name, { assignment }]) => [
      name,
      assignment.kind === 'periodic' ? assignment.period : assignment.kind,
    ]);
    // An override goes before everything else: the first convolution, an exclusion, a fully connected layer.
    expect(periods).to.deep.equal([
      ['conv1', 9],
      ['conv2', 9],
      ['short', 3],
      ['depthwise', 8],
      ['wide', 'dense'],
      ['conv3', 'dense'],
      ['fc', 3],
    ]);
  });

  it("takes another variant's supports, through as many files as there are, but not its layers", async () => {
    const supports = await supportsOf('variant: a', {
      a: 'variant: b\nlayers: { exclude: [conv2] }',
      b: 'patterns: [[0], [1]]\nlayers: { firstConvolution: sparse }',
    });
    expect(sparseLayers(supports)).to.deep.equal(['conv2', 'depthwise', 'conv3']);
    expect(tapsOf(supports.get('conv2'), 0, 1)).to.deep.equal([1]);
  });

  it('keeps, under any patterns, exactly the taps of slot (o + c) mod P', async () => {
    const pattern = fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(pattern, { minLength: 1, maxLength: 7 }),
        fc.nat(5),
        async (patterns, more) => {
          const period = patterns.length + more;
          const supports = await supportsOf(`patterns: ${JSON.stringify(patterns)}\nperiod: ${period}`);
          for (const name of ['conv2', 'depthwise', 'conv3']) {
            const found = supports.get(name)!;
            let taps = 0;
            for (let o = 0; o < found.filters; o++) {
              for (let c = 0; c < found.channels; c++) {
                const expected = patterns[((o + c) % period) % patterns.length];
                expect(tapsOf(found, o, c)).to.have.members(expected);
                taps += expected.length;
              }
            }
            expect(nonZeroTaps(found)).to.equal(taps);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is described to editors', () => {
    const schema = toEditorSchema(sparsitySchema, 'sparsity');
    expect(schema.required).to.have.members(['kind', 'name']);
    expect(JSON.stringify(schema.properties)).to.contain('firstConvolution');
  });
});

describe('a sparsity file is refused', () => {
  it('for unknown keys, another kind, or the name of a built-in variant', async () => {
    expect(await fault('patern: [[0]]')).to.match(
      /^mine.yaml:3:1: patern: unknown key; did you mean "patterns"\?/,
    );
    expect(await fault('patterns: [[0]]\nboost: lats')).to.match(
      /boost: expected .*got "lats"; did you mean "last"\?$/,
    );
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'n.yaml'), 'kind: network\n');
      expect(await refusal(() => loadVariant(join(folder, 'n.yaml')))).to.match(
        /n.yaml:1:7: kind: expected "sparsity", got "network"/,
      );
      writeFileSync(join(folder, 'p.yaml'), 'kind: sparsity\nname: PSD4_P8\npatterns: [[0]]');
      expect(await refusal(() => loadVariant(join(folder, 'p.yaml')))).to.match(
        /p.yaml:2:7: name: expected another name: "PSD4_P8" is a built-in variant$/,
      );
    });
  });

  it('unless it says in exactly one way what the supports are', async () => {
    expect(await fault('')).to.match(
      /expected one of the keys patterns, random, variant, prune, nOfM, bestPatterns and channels, got none$/,
    );
    expect(await fault('patterns: [[0]]\nrandom: { taps: 1 }')).to.equal(
      'mine.yaml:4:9: random: expected one of the keys patterns, random, variant, prune, nOfM, bestPatterns and channels, got both patterns and random',
    );
    expect(await fault('random: { taps: 1 }\nperiod: 4')).to.equal(
      'mine.yaml:4:9: period: does not go with random',
    );
    expect(await fault('variant: dense\nkernel: 3')).to.match(/kernel: does not go with variant$/);
    expect(await fault('random: { taps: 1 }\nboost: last')).to.match(/boost: does not go with random$/);
  });

  it('for patterns that do not fit the kernel', async () => {
    expect(await fault('patterns: [[0], [4, 9]]')).to.equal(
      'mine.yaml:3:17: patterns[1]: expected taps from 0 to 8, for kernels of 3x3, got 9',
    );
    expect(await fault('patterns: [[4, 4]]')).to.match(/patterns\[0\]: expected each tap once, got 4 again$/);
    for (const picture of ['xx. xx.', 'xx. xx. ....', 'xx. xx. ..o', '""', 'xxxxxxxxx', 'XX. xx. ...']) {
      expect(await fault(`patterns: [${picture}]`), picture).to.match(
        /^mine.yaml:3:12: patterns\[0\]: expected 3 rows of 3 characters "x" or "." such as "x.. x.. x..", got/,
      );
    }
    expect(await fault('patterns: []')).to.match(/patterns: expected list of at least 1 entry/);
    expect(await fault('patterns: [[-1]]')).to.match(/patterns\[0\]/);
    expect(await fault('patterns: [3]')).to.match(/patterns\[0\]: expected a pattern: .*got 3$/);
    expect(await fault('patterns: [[], ... ... ...]')).to.match(
      /patterns: expected at least one tap that exists, got none in any pattern$/,
    );
  });

  it('for a period or a boosted slot that does not fit the patterns', async () => {
    expect(await fault('patterns: [[0], [1]]\nperiod: 1')).to.equal(
      'mine.yaml:4:9: period: expected a period of at least 2, to hold all patterns, got 1',
    );
    expect(await fault('patterns: [[0], [1]]\nperiod: 2\nboost: last')).to.match(
      /period: expected a period of at least 3, to hold all patterns and the boosted slot, got 2$/,
    );
    expect(await fault('patterns: [[0], [1]]\nboost: 3')).to.match(
      /boost: expected a slot from 0 to 2, "last" or "none", got 3$/,
    );
    expect(await fault('patterns: [[0]]\nperiod: 1025')).to.match(/at most 1024, got 1025$/);
  });

  it('for more random taps than the kernel has', async () => {
    expect(await fault('random: { taps: 10 }')).to.equal(
      'mine.yaml:3:17: random.taps: expected at most the 9 taps of a 3x3 kernel, got 10',
    );
    expect(await fault('kernel: [2, 2]\nrandom: { taps: 5 }')).to.match(/at most the 4 taps of a 2x2 kernel/);
    expect(await fault('kernel: 0\nrandom: { taps: 1 }')).to.match(
      /kernel: expected positive integer, got 0$/,
    );
  });

  it('for variants that are not there or lead back', async () => {
    expect(await fault('variant: PSD4_P9')).to.match(
      /^mine.yaml:3:10: variant: expected a variant or .* got "PSD4_P9"; did you mean "PSD4_P8"\?/,
    );
    expect(await fault('variant: dense\noverrides:\n  - { layers: [a], variant: nosuch.yaml }')).to.match(
      /^mine.yaml:5:29: overrides\[0\].variant: expected path of a sparsity file/,
    );
    expect(await fault('variant: mine')).to.match(
      /^mine.yaml:3:10: variant: expected a variant that does not lead back here, got .*mine.yaml$/,
    );
    expect(await fault('variant: a', { a: 'variant: b', b: 'variant: mine' })).to.match(
      /^b.yaml:3:10: variant: expected a variant that does not lead back here, got .*mine.yaml$/,
    );
    expect(await fault('variant: dense\noverrides:\n  - { layers: [x], variant: mine }')).to.match(
      /overrides\[0\].variant: expected a variant that does not lead back here/,
    );
  });

  it('for layers that the network lacks', async () => {
    expect(await assignFault('patterns: [[0]]\nlayers: { exclude: [conv9] }')).to.equal(
      'mine.yaml:4:21: expected a convolution or fully connected layer of the network, got "conv9"; ' +
        'did you mean "conv1"? they are conv1, conv2, short, depthwise, wide, conv3, fc',
    );
    expect(await assignFault('patterns: [[0]]\nlayers: { include: [conv2, pool*] }')).to.match(
      /^mine.yaml:4:28: expected .* got "pool\*";/,
    );
    expect(await assignFault('patterns: [[0]]\noverrides:\n  - { layers: [fcx], variant: dense }')).to.match(
      /^mine.yaml:5:16: .* got "fcx"; did you mean "fc"\?/,
    );
  });

  it('for layers that cannot have what is asked for', async () => {
    expect(await assignFault('patterns: [[0]]\nlayers: { include: [conv1] }')).to.equal(
      'mine.yaml:4:21: expected a layer that can be made sparse, got "conv1": ' +
        'conv1 is the first convolution, which stays dense unless firstConvolution is sparse',
    );
    expect(await assignFault('patterns: [[0]]\nlayers: { include: [fc] }')).to.match(
      /got "fc": fc is fully connected, which only an override makes sparse$/,
    );
    expect(await assignFault('variant: dense\noverrides:\n  - { layers: [sh*], variant: PSD4_P8 }')).to.match(
      /got "sh\*": short has kernels of 1x1, not 3x3$/,
    );
  });
});
