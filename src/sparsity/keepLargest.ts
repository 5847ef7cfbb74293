/**
 * Marks the `count` largest of some scores; of equal ones the earlier is kept. Takes linear time for all but contrived
 * orders.
 *
 * @param scores none of them NaN
 * @returns 1 for each that is kept, 0 for the others
 */
export function keepLargest(scores: Float64Array, count: number): Uint8Array {
  const kept = new Uint8Array(scores.length);
  if (count >= scores.length) return kept.fill(1);
  if (count <= 0) return kept;
  const threshold = largestAt(scores.slice(), count - 1);
  let equal = count;
  for (let i = 0; i < scores.length; i++) if (scores[i] > threshold) equal--;
  for (let i = 0; i < scores.length; i++) {
    if (scores[i] > threshold || (scores[i] === threshold && equal-- > 0)) kept[i] = 1;
  }
  return kept;
}

/** What would stand at `index` if the values were sorted in descending order; reorders them (Hoare's selection). */
function largestAt(values: Float64Array, index: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1];
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left] > pivot) left++;
      while (values[right] < pivot) right--;
      if (left > right) break;
      const value = values[left];
      values[left++] = values[right];
      values[right--] = value;
    }
    if (index <= right) high = right;
    else if (index >= left) low = left;
    else break;
  }
  return values[index];
}
