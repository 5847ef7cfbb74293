import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../../src/document/yamlDocument.js';
import { toNetwork } from '../../src/network/loadNetwork.js';
import type { Network } from '../../src/network/network.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { loadVariant } from '../../src/sparsity/loadVariant.js';
import { patternIndex } from '../../src/sparsity/supports.js';
import type { SparsityVariant } from '../../src/sparsity/variant.js';
import type { WeightsOf } from '../../src/sparsity/weightsOf.js';
import { isConv } from '../../src/network/layer.js';
import { createRandom, deriveSeed } from '../../src/tensor/random.js';
import { inFolder } from '../document/fixtures.js';

/** Two 3x3 convolutions, a shortcut of 1x1, a depthwise one and a head. */
export function mixedNetwork(): Network {
  return toNetwork(
    parseYaml(
      '/mixed.yaml',
      `kind: network
name: mixed
source: test
input: { channels: 3, height: 8, width: 8 }
nodes:
  - { name: conv1, type: conv2d, filters: 16, kernel: 3, padding: 1 }
  - { name: conv2, type: conv2d, filters: 20, kernel: 3, padding: 1 }
  - { name: short, type: conv2d, filters: 20, kernel: 1 }
  - { name: depthwise, type: conv2d, filters: 20, kernel: 3, padding: 1, groups: 20 }
  - { name: wide, type: conv2d, filters: 12, kernel: [1, 5] }
  - { name: conv3, type: conv2d, filters: 24, kernel: 3, groups: 2 }
  - { name: fc, type: fully-connected, filters: 5 }
`,
    ),
  );
}

/** The taps of a kernel, as they are numbered. */
export function tapsOf(supports: Supports | undefined, filter: number, channel: number): number[] {
  if (supports === undefined) throw new Error('no supports');
  const pattern = supports.patterns[patternIndex(supports, filter, channel)];
  return [...pattern.keys()].filter((tap) => pattern[tap] === 1);
}

/** The variant of a file, and others beside it by name. The first line of `body` is line 3 of the file. */
export async function variantOf(
  body: string,
  others: Readonly<Record<string, string>> = {},
): Promise<SparsityVariant> {
  let variant: SparsityVariant | undefined;
  await inFolder(async (folder) => {
    const write = (name: string, text: string): void =>
      writeFileSync(join(folder, `${name}.yaml`), `kind: sparsity\nname: ${name}\n${text}\n`);
    for (const [name, text] of Object.entries(others)) write(name, text);
    write('mine', body);
    try {
      variant = await loadVariant('mine', join(folder, 'scenario.yaml'));
    } catch (error) {
      if (error instanceof Error) error.message = error.message.replaceAll(`${folder}/`, '');
      throw error;
    }
  });
  if (variant === undefined) throw new Error('no variant');
  return variant;
}

/** Normal weights for every layer of a network, each layer from a stream of its own. */
export function seededWeights(network: Network, seed = 1): WeightsOf {
  const weights = new Map(
    network.layers.filter(isConv).map(({ name, geometry }) => {
      const { filters, channelsPerGroup, kernelHeight, kernelWidth } = geometry;
      const random = createRandom(deriveSeed(seed, name));
      const length = filters * channelsPerGroup * kernelHeight * kernelWidth;
      return [name, Float32Array.from({ length }, () => random.normal())];
    }),
  );
  return (layer) => weights.get(layer)!;
}

/** Ones and zeros of every weight that exists, (filters, channels, taps). */
export function maskOf(supports: Supports | undefined): Uint8Array {
  if (supports === undefined) throw new Error('no supports');
  const { filters, channels, taps, patterns } = supports;
  const mask = new Uint8Array(filters * channels * taps);
  for (let kernel = 0; kernel < filters * channels; kernel++) {
    const index = patternIndex(supports, Math.floor(kernel / channels), kernel % channels);
    mask.set(patterns[index], kernel * taps);
  }
  return mask;
}
