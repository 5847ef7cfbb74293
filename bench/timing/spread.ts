/** Where measured values lie. */
export interface Spread {
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  readonly least: number;
  readonly most: number;
  /** How many values. */
  readonly count: number;
}

/**
 * Quantiles between two values are interpolated linearly (Hyndman and Fan, "Sample quantiles in statistical packages", The American
 * Statistician 50(4), 1996, definition 7).
 *
 * @throws RangeError without values, or when one is not a number
 */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('expected at least one value');
  if (values.some(Number.isNaN)) throw new RangeError(`expected numbers, got ${values.join(', ')}`);
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
    least: sorted[0],
    most: sorted[sorted.length - 1],
    count: sorted.length,
  };
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.ceil(at);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** The spread of a[i] / b[i], of values that were measured next to each other. */
export function ratioSpread(a: readonly number[], b: readonly number[]): Spread {
  if (a.length !== b.length) throw new RangeError(`expected pairs, got ${a.length} and ${b.length} values`);
  return spreadOf(a.map((value, index) => value / b[index]));
}

/** In another unit: all values times a factor above zero. */
export function scaled(spread: Spread, factor: number): Spread {
  return {
    median: spread.median * factor,
    lowerQuartile: spread.lowerQuartile * factor,
    upperQuartile: spread.upperQuartile * factor,
    least: spread.least * factor,
    most: spread.most * factor,
    count: spread.count,
  };
}
