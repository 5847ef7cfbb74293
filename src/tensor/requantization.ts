/**
 * How a layer's exact result becomes the integers of its ofmap, one set of factors per filter f:
 *
 *   y = clamp( roundHalfToEven( (sum * multiplier[f] + residual * residualMultiplier[f]) / 2^shift[f] ), min, max )
 *
 * `sum` is the accumulator with its bias; multiplier lies in [2^15, 2^16); ReLU is `min = 0`.
 * Every product and the sum are exact integers: the rounding is the only loss.
 * An array of length 1 serves all filters alike (pooling, add).
 */
export interface Requantization {
  readonly multiplier: Int32Array;
  readonly shift: Uint8Array;
  /** Exact integers; all zero when no residual is added. */
  readonly residualMultiplier: Float64Array;
  readonly min: number;
  readonly max: number;
}
