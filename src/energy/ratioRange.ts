/** What two variants spent on one figure of the tables, in pJ. */
export interface Spent {
  readonly densePj: number;
  readonly sparsePj: number;
}

export interface Range {
  readonly lowest: number;
  readonly highest: number;
}

/**
 * The least and the largest dense / sparse that figures can lead to which are each multiplied by a factor of their own
 * from 1 - by to 1 + by.
 *
 * A ratio of two sums rises with a figure's factor where dense / sparse of this figure alone lies above the ratio, and
 * falls where it lies below; so at the largest ratio the figures of the largest dense / sparse have 1 + by, all others 1 - by,
 * and which of the n + 1 cuts it is shows when all are tried in that order. O(n log n).
 *
 * @param by 0 to below 1
 */
export function rangeOfRatio(spent: readonly Spent[], by: number): Range {
  const swapped = spent.map(({ densePj, sparsePj }) => ({ densePj: sparsePj, sparsePj: densePj }));
  return { lowest: 1 / highestRatio(swapped, by), highest: highestRatio(spent, by) };
}

function highestRatio(spent: readonly Spent[], by: number): number {
  // Cross products in place of quotients: what sparse spends nothing on comes first.
  const falling = spent
    .filter(({ densePj, sparsePj }) => densePj > 0 || sparsePj > 0)
    .sort((a, b) => b.densePj * a.sparsePj - a.densePj * b.sparsePj);
  let densePj = falling.reduce((sum, each) => sum + each.densePj * (1 - by), 0);
  let sparsePj = falling.reduce((sum, each) => sum + each.sparsePj * (1 - by), 0);
  let highest = densePj / sparsePj;
  for (const each of falling) {
    densePj += 2 * by * each.densePj;
    sparsePj += 2 * by * each.sparsePj;
    highest = Math.max(highest, densePj / sparsePj);
  }
  return highest;
}

/**
 * How far all figures may be off together before `weight` x dense / sparse can come down to 1.
 *
 * It stays above 1 as long as the sum of factor x gain over the figures is positive, gain being weight x dense - sparse; at its
 * least, where factors of losses are 1 + x and those of gains 1 - x, that sum is (sum of gains) - x (sum of their sizes).
 *
 * @returns the x of equality; 0 when it does not hold as it is, null when no x below 1 gets there
 */
export function breakEvenOf(spent: readonly Spent[], weight: number): number | null {
  const gains = spent.map(({ densePj, sparsePj }) => weight * densePj - sparsePj);
  const gain = gains.reduce((sum, each) => sum + each, 0);
  if (gain <= 0) return 0;
  const x = gain / gains.reduce((sum, each) => sum + Math.abs(each), 0);
  return x >= 1 ? null : x;
}
