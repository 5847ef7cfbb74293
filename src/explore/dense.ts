import type { SparseNetwork } from '../sparsity/sparsify.js';

/** Whether a variant is the network itself: every weight and channel is there. */
export function leavesNothingOut({ supports, kept }: SparseNetwork): boolean {
  return kept.size === 0 && [...supports.values()].every(({ assignment }) => assignment.kind === 'dense');
}
