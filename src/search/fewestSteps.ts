import type { Accelerator } from '../accelerator/accelerator.js';
import type { LayerProblem } from '../mapping/problem.js';
import type { MappingSpace } from './space.js';
import { dataflowsOf } from './space.js';
import { createPlacements } from './placements.js';
import { forEachTiling } from './tilings.js';

/** Steps of the legal tiling of a space that takes the fewest; Infinity where none is legal. */
export function fewestSteps(problem: LayerProblem, accelerator: Accelerator, space: MappingSpace): number {
  let fewest = Infinity;
  const everything = { ...space, mostSteps: Infinity };
  const placements = createPlacements(problem, accelerator, everything);
  for (const dataflow of dataflowsOf(accelerator)) {
    forEachTiling(problem, accelerator, everything, dataflow, (tiling) => {
      if (tiling.steps >= fewest) return;
      placements.forEach(tiling, () => {
        fewest = Math.min(fewest, tiling.steps);
      });
    });
  }
  return fewest;
}
