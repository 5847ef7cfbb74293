/** A logarithmic axis between two ends in a drawing. */
export interface LogAxis {
  /** Where a value lies. */
  at(value: number): number;
  /** Round values between the ends of the axis: powers of ten, and twice and five times these where the axis is short. */
  readonly ticks: readonly number[];
}

/** Of powers of ten alone there would be fewer ticks than these. */
const fewestTicks = 3;

/**
 * @param low above zero; the least value, at `from`
 * @param high above `low`; the largest value, at `to`
 */
export function logAxis(low: number, high: number, from: number, to: number): LogAxis {
  if (!(low > 0 && high > low)) throw new RangeError(`expected 0 < low < high, got ${low} and ${high}`);
  const length = Math.log(high / low);
  const tens = ticksOf([1], low, high);
  return {
    at: (value) => from + ((to - from) * Math.log(value / low)) / length,
    ticks: tens.length >= fewestTicks ? tens : ticksOf([1, 2, 5], low, high),
  };
}

function ticksOf(digits: readonly number[], low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of digits) {
      // A quotient of whole numbers is the nearest double to a decimal fraction; a product with 10 ** -1 is not.
      const tick = power < 0 ? digit / 10 ** -power : digit * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** 0.02, 500, 20k, 5M: so short that it fits below a tick. */
export function tickText(value: number): string {
  if (value >= 1e9) return `${value / 1e9}G`;
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e4 ? `${value / 1e3}k` : String(value);
}
