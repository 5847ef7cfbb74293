import type { FloatOperands } from './floatForward.js';

/** Inference-time batch norm: y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, one of each per channel. */
export interface BatchNormParameters {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/**
 * The weights and bias of a convolution that equals the given one followed by batch norm (Jacob et al., CVPR 2018,
 * section 3.2), each computed in doubles and rounded to float32 once.
 *
 * @param weights (filters, ...)
 * @param bias one per filter
 */
export function foldBatchNorm(
  weights: Float32Array,
  bias: Float32Array,
  { gamma, beta, mean, variance }: BatchNormParameters,
  epsilon: number,
): FloatOperands {
  const filters = bias.length;
  const perFilter = weights.length / filters;
  const foldedWeights = new Float32Array(weights.length);
  const foldedBias = new Float32Array(filters);
  for (let filter = 0; filter < filters; filter++) {
    const factor = gamma[filter] / Math.sqrt(variance[filter] + epsilon);
    for (let i = filter * perFilter; i < (filter + 1) * perFilter; i++)
      foldedWeights[i] = weights[i] * factor;
    foldedBias[filter] = (bias[filter] - mean[filter]) * factor + beta[filter];
  }
  return { weights: foldedWeights, bias: foldedBias };
}
