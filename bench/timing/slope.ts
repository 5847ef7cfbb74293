/** A quantity at one size. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** y = factor * x^slope. */
export interface PowerLaw {
  readonly slope: number;
  readonly factor: number;
}

/**
 * The power law nearest to points: the straight line through their logarithms with the least sum of squares.
 *
 * @throws RangeError unless there are two different sizes and all values are above zero
 */
export function fitPowerLaw(points: readonly Point[]): PowerLaw {
  if (points.some(({ x, y }) => !(x > 0 && y > 0))) throw new RangeError('expected values above zero');
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const meanX = mean(logs.map(({ x }) => x));
  const meanY = mean(logs.map(({ y }) => y));
  let squares = 0;
  let products = 0;
  for (const { x, y } of logs) {
    squares += (x - meanX) ** 2;
    products += (x - meanX) * (y - meanY);
  }
  if (!(squares > 0)) throw new RangeError('expected points of at least two sizes');
  const slope = products / squares;
  return { slope, factor: Math.exp(meanY - slope * meanX) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
