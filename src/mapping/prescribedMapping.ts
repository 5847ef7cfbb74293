import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { LayerMappingSpec, TilingSpec } from '../scenario/scenario.js';
import { phaseGroupings } from './phaseGroupings.js';
import { bufferingFault, dataflowFault, peSetsFault } from './prescribedFaults.js';
import { describeShortage } from './capacity.js';
import { poolingFault } from './fusedPool.js';
import { mappedTensors } from './mapping.js';
import type { Mapping } from './mapping.js';
import { prescribedRowStationary, sizesOfRowStationary } from './prescribedRowStationary.js';
import { loopNames, wholeTile } from './problem.js';
import type { LayerProblem } from './problem.js';
import { changesThatFit, sizesOfTiling } from './smallestChange.js';
import type { Size } from './smallestChange.js';

/** What a mapping costs in the objective, exactly: from the layer's schedule. */
type Cost = (mapping: Mapping) => number;

/**
 * The mapping that a user prescribes for a layer. Phases per group are those of least cost where the user leaves
 * them open; where the array sees no period, or its dataflow does not group phases, what is prescribed does not matter.
 *
 * @throws UserError (without a location) when a tile is larger than the layer, the dataflow is none of the accelerator's, the phases
 *   do not divide the period, slots are asked for that a buffer cannot have, PE sets are impossible, or tiles cut
 *   windows of a fused pooling, or buffers or register files lack room: then it names the need and the room, tensor by tensor, and the smallest changes that would fit
 */
export function prescribedMapping(
  problem: LayerProblem,
  spec: LayerMappingSpec,
  accelerator: Accelerator,
  cost: Cost,
): Mapping {
  if (!('rowStationary' in spec)) return prescribedTiling(problem, spec, accelerator, cost);
  const mapping = prescribedRowStationary(problem, spec.rowStationary, accelerator);
  refuse(poolingFault(problem, mapping.tile));
  checkRoom(problem, mapping, accelerator, sizesOfRowStationary(problem, spec.rowStationary, accelerator));
  return mapping;
}

function prescribedTiling(
  problem: LayerProblem,
  spec: TilingSpec,
  accelerator: Accelerator,
  cost: Cost,
): Mapping {
  refuse(dataflowFault(spec, accelerator));
  const whole = wholeTile(problem);
  for (const loop of loopNames) {
    if (spec.tile[loop] > whole[loop]) {
      throw new UserError(
        `expected at most ${whole[loop]} ${loop} in a tile of ${problem.name}, got ${spec.tile[loop]}`,
      );
    }
  }
  const groupings = phaseGroupings(problem, accelerator, spec);
  const { phasesPerGroup } = spec;
  if (phasesPerGroup !== undefined && !groupings.includes(phasesPerGroup) && groupings.length > 1) {
    throw new UserError(
      `expected phasesPerGroup to divide the period of ${problem.name} (${groupings.join(', ')}), got ${phasesPerGroup}`,
    );
  }
  const { dataflow, tile, order, buffering, peSets } = spec;
  const open: Mapping = {
    ...{ tile, order, phasesPerGroup: groupings[0] },
    ...(dataflow !== undefined && { dataflow }),
    ...(buffering && { buffering: definedOf(buffering) }),
    ...(peSets && { rowStationary: peSets }),
  };
  refuse(poolingFault(problem, open.tile));
  refuse(bufferingFault(problem, open, accelerator));
  refuse(peSetsFault(problem, open, accelerator));
  checkRoom(problem, open, accelerator, sizesOfTiling(open));
  if (groupings.length === 1) return open;
  if (phasesPerGroup !== undefined) return { ...open, phasesPerGroup };
  return groupings
    .map((size) => ({ ...open, phasesPerGroup: size }))
    .map((mapping) => ({ mapping, found: cost(mapping) }))
    .reduce((best, each) => (each.found < best.found ? each : best)).mapping;
}

function definedOf(buffering: NonNullable<TilingSpec['buffering']>): NonNullable<Mapping['buffering']> {
  return Object.fromEntries(
    mappedTensors.flatMap((tensor) => {
      const kind = buffering[tensor];
      return kind === undefined ? [] : [[tensor, kind]];
    }),
  );
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new UserError(fault);
}

function checkRoom(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
  sizes: readonly Size[],
): void {
  const lack = describeShortage(problem, mapping, accelerator);
  if (lack === undefined) return;
  const changes = changesThatFit(problem, mapping, accelerator, sizes);
  throw new UserError(
    `expected a mapping of ${problem.name} that fits ${accelerator.name}, got one that ${lack}; ` +
      (changes.length === 0
        ? 'no smaller size alone would fit: make several smaller, or what is too small larger'
        : `would fit: ${changes.join('; or ')}`),
  );
}
