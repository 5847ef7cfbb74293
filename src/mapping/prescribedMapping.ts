import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { LayerMappingSpec } from '../scenario/scenario.js';
import { phaseGroupings } from './chooseMapping.js';
import type { Cost } from './chooseMapping.js';
import { footprint, shortage } from './footprint.js';
import type { Mapping } from './mapping.js';
import { loopNames, wholeTile } from './problem.js';
import type { LayerProblem } from './problem.js';

/**
 * The mapping that a user prescribes for a layer. Phases per group are those of least cost where the user leaves
 * them open.
 *
 * @throws UserError (without a location) when a tile is larger than the layer, the phases do not divide the period,
 *   or the tiles do not fit, naming the buffer, the need and the room
 */
export function prescribedMapping(
  problem: LayerProblem,
  spec: LayerMappingSpec,
  accelerator: Accelerator,
  cost: Cost,
): Mapping {
  const whole = wholeTile(problem);
  for (const loop of loopNames) {
    if (spec.tile[loop] > whole[loop]) {
      throw new UserError(
        `expected at most ${whole[loop]} ${loop} in a tile of ${problem.name}, got ${spec.tile[loop]}`,
      );
    }
  }
  const groupings = phaseGroupings(problem);
  const { phasesPerGroup } = spec;
  if (phasesPerGroup !== undefined && !groupings.includes(phasesPerGroup) && groupings.length > 1) {
    throw new UserError(
      `expected phasesPerGroup to divide the period of ${problem.name} (${groupings.join(', ')}), got ${phasesPerGroup}`,
    );
  }
  const open: Mapping = { tile: spec.tile, order: spec.order, phasesPerGroup: groupings[0] };
  const lack = shortage(footprint(problem, open, accelerator));
  if (lack !== undefined) {
    throw new UserError(
      `expected a tile of ${problem.name} that fits, got one that needs ${lack.neededBytes} B of buffer ` +
        `${lack.buffer.name}, which has ${lack.buffer.capacityBytes} B; shrink the tile`,
    );
  }
  if (groupings.length === 1) return open;
  if (phasesPerGroup !== undefined) return { ...open, phasesPerGroup };
  return groupings
    .map((size) => ({ ...open, phasesPerGroup: size }))
    .map((mapping) => ({ mapping, found: cost(mapping) }))
    .reduce((best, each) => (each.found < best.found ? each : best)).mapping;
}
