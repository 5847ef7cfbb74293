import type { ArrayContext } from './pass.js';

/**
 * Hops of the sums of `usedRows` x `usedColumns` PEs, those of the first rows and columns, that leave down their columns:
 * each passes through all PEs below its own, in use or not.
 */
export function hopsToEdge(
  usedRows: number,
  usedColumns: number,
  { rows }: Pick<ArrayContext, 'rows'>,
): number {
  return usedColumns * (usedRows * (rows - 1) - (usedRows * (usedRows - 1)) / 2);
}
