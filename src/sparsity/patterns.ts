/** A pattern of zeros and ones from the taps that exist, numbered row-major. */
export function patternOf(taps: readonly number[], size: number): Uint8Array {
  const pattern = new Uint8Array(size);
  for (const tap of taps) pattern[tap] = 1;
  return pattern;
}

/**
 * The patterns of a period's slots: the boosted slot is a full kernel, the others take the patterns in turn.
 *
 * @param boosted index of the full slot, if there is one
 */
export function fillSlots(
  patterns: readonly Uint8Array[],
  period: number,
  boosted: number | undefined,
): Uint8Array[] {
  let next = 0;
  return Array.from({ length: period }, (_, slot) =>
    slot === boosted
      ? new Uint8Array(patterns[0].length).fill(1)
      : patterns[next++ % patterns.length].slice(),
  );
}
