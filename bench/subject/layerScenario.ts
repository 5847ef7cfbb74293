import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { writeFilesAtomically } from '../../src/document/writeAtomically.js';
import type { SearchEffort } from '../../src/search/mapLayer.js';

export type LayerVariant = 'dense' | 'PSD4_P8';

/** A 3x3 layer alone, with as many filters as channels, on edge-16x16. */
export interface LayerSetting {
  readonly variant: LayerVariant;
  readonly channels: number;
  /** Of a square map. */
  readonly side: number;
  /** As a scenario writes it; int8 unless given. */
  readonly precision?: string;
  /** Of the three buffers together, in KiB, in place of the accelerator's 320. */
  readonly bufferKib?: number;
}

/** 37.7 M MACs when dense. */
export const layerOf64 = { channels: 64, side: 32 } as const;

/** Enough for a layer that is mapped to be run: not all that a run would search. */
export const layerEffort: SearchEffort = { space: 'halved', judgements: 16, refinements: 400 };

const ownKib = 320;

/**
 * Writes the files of a scenario with one layer and one variant, as a user would.
 *
 * @returns the scenario's file
 */
export async function writeLayerScenario(folder: string, setting: LayerSetting): Promise<string> {
  const { variant, channels, side, precision = 'int8', bufferKib = ownKib } = setting;
  const name = [variant, channels, side, precision.replace(/\W+/g, '-'), bufferKib].join('_');
  const network = [
    'kind: network',
    `name: layer-${channels}-${side}`,
    'source: made to be timed',
    `input: { channels: ${channels}, height: ${side}, width: ${side} }`,
    `nodes: [{ name: conv, type: conv2d, filters: ${channels}, kernel: 3, padding: 1 }]`,
  ];
  // The only convolution is the first one, which the built-in variants leave dense.
  const sparsity = [
    'kind: sparsity',
    `name: all-${variant}`,
    `variant: ${variant}`,
    'layers: { firstConvolution: sparse }',
  ];
  const scenario = [
    ...['kind: scenario', `name: ${name}`, `network: ./${name}.network.yaml`],
    `accelerator: ./${name}.accelerator.yaml`,
    `variants: [./${name}.sparsity.yaml]`,
    ...[`precision: ${precision}`, 'images: { seed: 1 }'],
  ];
  await writeFilesAtomically(folder, {
    [`${name}.accelerator.yaml`]: await acceleratorWith(bufferKib),
    [`${name}.network.yaml`]: network.join('\n'),
    [`${name}.sparsity.yaml`]: sparsity.join('\n'),
    [`${name}.scenario.yaml`]: scenario.join('\n'),
  });
  return join(folder, `${name}.scenario.yaml`);
}

/** Every buffer as many times larger as all of them are to be. */
async function acceleratorWith(bufferKib: number): Promise<string> {
  const own = await readFile(join(packageRoot(), 'configs/accelerators/edge-16x16.yaml'), 'utf8');
  return own.replace(
    /^( {4})capacity: (\d+) KiB$/gm,
    (_, indent: string, kib: string) =>
      `${indent}capacity: ${(Number(kib) * 1024 * bufferKib) / ownKib} B\n${indent}extrapolate: true`,
  );
}
