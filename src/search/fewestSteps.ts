import type { Accelerator } from '../accelerator/accelerator.js';
import type { LayerProblem } from '../mapping/problem.js';
import type { MappingSpace } from './space.js';
import { dataflowsOf } from './space.js';
import { createTileWalk } from './tileWalk.js';

/** Steps of the legal tiling of a space that takes the fewest; Infinity where none is legal. */
export function fewestSteps(problem: LayerProblem, accelerator: Accelerator, space: MappingSpace): number {
  let fewest = Infinity;
  const walk = createTileWalk(problem, accelerator, { ...space, mostSteps: Infinity });
  for (const dataflow of dataflowsOf(accelerator)) {
    walk.forEachTiling(dataflow, (tiling) => {
      if (tiling.steps >= fewest) return;
      walk.forEachPlacement(tiling, () => {
        fewest = Math.min(fewest, tiling.steps);
      });
    });
  }
  return fewest;
}
