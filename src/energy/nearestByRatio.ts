/** The number nearest to `value` by ratio, all being positive; of two that are equally near the larger, undefined of none. */
export function nearestByRatio<T extends number>(numbers: readonly T[], value: number): T | undefined {
  const distance = (each: number): number => Math.abs(Math.log(each / value));
  return [...numbers].sort((a, b) => distance(a) - distance(b) || b - a).at(0);
}
