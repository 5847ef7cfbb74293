import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npyOf } from '../tensor/npyBytes.js';

/** A pointwise layer of ones and zeros: M filters over C channels of a map of E x F pixels. */
export interface MaskedLayer {
  readonly name: string;
  readonly C: number;
  readonly M: number;
  readonly E: number;
  readonly F: number;
  /** (M, C) */
  readonly weights: Int8Array;
  /** (C, E, F) */
  readonly activations: Int8Array;
}

/**
 * A layer from its masks as they are published.
 *
 * @param weights M x C digits 0 or 1, filter by filter
 * @param activations E x F x C digits, pixel by pixel
 */
export function maskedLayer(
  shape: Pick<MaskedLayer, 'name' | 'C' | 'M' | 'E' | 'F'>,
  weights: string,
  activations: string,
): MaskedLayer {
  const { C, M, E, F } = shape;
  const byPixel = digitsOf(activations, E * F * C);
  const byChannel = new Int8Array(C * E * F);
  for (let pixel = 0; pixel < E * F; pixel++) {
    for (let channel = 0; channel < C; channel++) {
      byChannel[channel * E * F + pixel] = byPixel[pixel * C + channel];
    }
  }
  return { ...shape, weights: digitsOf(weights, M * C), activations: byChannel };
}

/** MACs of which both operands are not zero. */
export function effectualMacs({ C, M, E, F, weights, activations }: MaskedLayer): number {
  let macs = 0;
  for (let filter = 0; filter < M; filter++) {
    for (let channel = 0; channel < C; channel++) {
      if (weights[filter * C + channel] === 0) continue;
      for (let pixel = 0; pixel < E * F; pixel++) macs += activations[channel * E * F + pixel];
    }
  }
  return macs;
}

/**
 * Writes a layer as a user would: its operands as .npy files, a network of it, and a scenario under the variant `as-given`.
 *
 * @param accelerator text of its YAML file
 * @returns path of the scenario
 */
export function writeMaskedLayer(folder: string, layer: MaskedLayer, accelerator: string): string {
  const { name, C, M, E, F } = layer;
  const write = (file: string, content: string | Uint8Array): void =>
    writeFileSync(join(folder, file), content);
  write('weights.npy', npyOf([M, C], layer.weights));
  write('activations.npy', npyOf([C, E, F], layer.activations));
  write('accelerator.yaml', accelerator);
  write(
    'network.yaml',
    `kind: network
name: ${name}
source: masks of a sparse MobileNet
input: { channels: ${C}, height: ${E}, width: ${F} }
nodes:
  - { name: pointwise, type: conv2d, filters: ${M}, kernel: 1 }
`,
  );
  write(
    'scenario.yaml',
    `kind: scenario
name: ${name}
network: network.yaml
accelerator: accelerator.yaml
variants: [as-given]
weights: { file: weights.npy }
images: { file: activations.npy }
`,
  );
  return join(folder, 'scenario.yaml');
}

function digitsOf(text: string, count: number): Int8Array {
  const digits = text.replace(/\s/g, '');
  if (digits.length !== count || /[^01]/.test(digits)) {
    throw new Error(`expected ${count} digits 0 or 1, found ${digits.length} characters`);
  }
  return Int8Array.from(digits, Number);
}
