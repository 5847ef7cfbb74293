/** Sum over `rows` x `columns` cells of a grid from a first cell on. */
export type AreaSum = (row: number, rows: number, column: number, columns: number) => number;

/**
 * Sums of any rectangle of a grid in constant time (the summed-area table of Crow, SIGGRAPH 1984).
 * Exact while the sum of the whole grid is below 2^53.
 */
export function areaSums(
  rows: number,
  columns: number,
  cell: (row: number, column: number) => number,
): AreaSum {
  const width = columns + 1;
  // sums[row * width + column] is the sum of all cells above and to the left.
  const sums = new Float64Array((rows + 1) * width);
  for (let row = 0; row < rows; row++) {
    let rowSum = 0;
    for (let column = 0; column < columns; column++) {
      rowSum += cell(row, column);
      sums[(row + 1) * width + column + 1] = sums[row * width + column + 1] + rowSum;
    }
  }
  return (row, rowCount, column, columnCount) => {
    const top = row * width + column;
    const bottom = top + rowCount * width;
    return sums[bottom + columnCount] - sums[bottom] - sums[top + columnCount] + sums[top];
  };
}
