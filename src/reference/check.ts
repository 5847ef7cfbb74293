import { isConv } from '../network/layer.js';
import type { Layer } from '../network/layer.js';
import type { ElementArray } from '../tensor/precision.js';
import type { Maps } from './layerReference.js';
import type { NetworkReference } from './networkReference.js';

/** Outputs compared with the reference. */
export interface Check {
  readonly outputs: number;
  readonly mismatches: number;
  /** The first output that is wrong. */
  readonly first?: { readonly index: number; readonly expected: number; readonly found: number };
  /** What the reference computed. */
  readonly expected: ElementArray;
}

/**
 * Compares a layer's output with TensorFlow.js's, computed from the machine's own inputs.
 *
 * Integers must be equal. A float32 convolution of K terms may differ by (K + 8) * 2^-23 * (sum |w||x| + |bias| + |residual|):
 * twice what rounding can do to a sum of K terms in any order (Higham, Accuracy and Stability of Numerical Algorithms,
 * section 4.2); an average pool by the same of its window. Maxima and ReLUs are exact. Where that bound is itself beyond
 * float32, outputs must be equal. NaN never passes.
 *
 * @param maps holds every map that the layer reads
 */
export function checkLayer(
  reference: NetworkReference,
  index: number,
  maps: Maps,
  output: ElementArray,
): Check {
  const layer = reference.layer(index);
  const expected = layer.output(maps);
  const isFloat = reference.model.precision.ifmap === 'float32';
  return compare(expected, output, isFloat ? layer.tolerance(maps) : undefined);
}

/**
 * Compares the network's result with the reference's own run from the image on. In float32 rounding accumulates
 * from layer to layer: the result may differ by 2^-23 times the sum of (K + 8) over all layers, relative to the largest
 * output. Unlike a layer's own, this is a limit chosen, not a bound proven: it takes no account of how much the weights
 * magnify an error.
 *
 * @param maps the machine's, the network's result among them
 */
export function checkEndToEnd(reference: NetworkReference, input: ElementArray, maps: Maps): Check {
  const { network, precision } = reference.model;
  const expected = reference.forward(input).get(network.output);
  const found = maps.get(network.output);
  if (expected === undefined || found === undefined) throw new Error(`${network.name} has no result`);
  if (precision.ifmap !== 'float32') return compare(expected, found, undefined);
  const terms = network.layers.reduce((sum, layer) => sum + termsOf(layer) + 8, 0);
  let largest = 0;
  for (const value of expected) largest = Math.max(largest, Math.abs(value));
  return compare(expected, found, new Float32Array(expected.length).fill(terms * 2 ** -23 * largest));
}

function termsOf(layer: Layer): number {
  if (!('geometry' in layer)) return 1;
  const window = layer.geometry.kernelHeight * layer.geometry.kernelWidth;
  return isConv(layer) ? window * layer.geometry.channelsPerGroup : window;
}

function compare(expected: ElementArray, found: ElementArray, tolerance: Float32Array | undefined): Check {
  if (expected.length !== found.length) {
    throw new Error(`reference: ${expected.length} outputs expected, ${found.length} found`);
  }
  let mismatches = 0;
  let first: Check['first'];
  for (let index = 0; index < expected.length; index++) {
    if (expected[index] === found[index]) continue;
    // An infinite tolerance would let anything pass.
    const allowed = tolerance !== undefined && Number.isFinite(tolerance[index]) ? tolerance[index] : 0;
    if (Math.abs(expected[index] - found[index]) <= allowed) continue;
    mismatches++;
    first ??= { index, expected: expected[index], found: found[index] };
  }
  return { outputs: expected.length, mismatches, ...(first && { first }), expected };
}
