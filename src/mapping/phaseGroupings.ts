import type { Accelerator } from '../accelerator/accelerator.js';
import { mappedDataflow } from './mappedDataflow.js';
import type { Mapping } from './mapping.js';
import type { LayerProblem } from './problem.js';

/** Divisors of the period, smallest first; 1 where the array sees no period, or its dataflow does not group phases. */
export function phaseGroupings(
  problem: LayerProblem,
  accelerator: Accelerator,
  mapping: Pick<Mapping, 'dataflow'> = {},
): number[] {
  if (problem.kind === 'vector' || problem.storage.streamed.assignment.kind !== 'periodic') return [1];
  if (!mappedDataflow(accelerator, mapping).groupsPhases) return [1];
  const { period } = problem.storage.streamed.assignment;
  return Array.from({ length: period }, (_, i) => i + 1).filter((size) => period % size === 0);
}
