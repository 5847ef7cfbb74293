import { scalingNodes, type ScalingNode } from './scalingNodes.js';

/**
 * What to multiply an area at the row's node with for the column's, both in the order of `scalingNodes`: the table of area
 * factors of Stillmaker and Baas, Integration 58 (2017). It is printed to two digits, so there and back differ by up to 5 %
 * from 1, and a detour over a third node by up to 10 % from the direct way.
 */
// prettier-ignore
const factors: ReadonlyArray<readonly number[]> = [
  [1, 0.34, 0.15, 0.08, 0.053, 0.025, 0.011, 0.01, 0.0093, 0.0055, 0.0032],
  [2.9, 1, 0.44, 0.23, 0.16, 0.072, 0.033, 0.03, 0.027, 0.016, 0.0092],
  [6.6, 2.3, 1, 0.53, 0.35, 0.16, 0.075, 0.067, 0.061, 0.036, 0.021],
  [12, 4.3, 1.9, 1, 0.66, 0.31, 0.14, 0.13, 0.12, 0.068, 0.039],
  [19, 6.4, 2.8, 1.5, 1, 0.46, 0.21, 0.19, 0.17, 0.1, 0.059],
  [40, 14, 6.1, 3.3, 2.2, 1, 0.46, 0.41, 0.38, 0.22, 0.13],
  [88, 30, 13, 7.1, 4.7, 2.2, 1, 0.89, 0.82, 0.48, 0.28],
  [99, 34, 15, 7.9, 5.3, 2.4, 1.1, 1, 0.91, 0.54, 0.31],
  [110, 37, 16, 8.7, 5.8, 2.7, 1.2, 1.1, 1, 0.59, 0.34],
  [180, 63, 28, 15, 9.8, 4.5, 2.1, 1.9, 1.7, 1, 0.58],
  [320, 110, 48, 25, 17, 7.8, 3.6, 3.2, 2.9, 1.7, 1],
];

/** Area at node `to` / area at node `from`. */
export function areaFactor(from: ScalingNode, to: ScalingNode): number {
  return factors[scalingNodes.indexOf(from)][scalingNodes.indexOf(to)];
}
