import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { LayerMappingSpec, TilingSpec } from '../scenario/scenario.js';
import { phaseGroupings } from './chooseMapping.js';
import type { Cost } from './chooseMapping.js';
import { footprint, shortage } from './footprint.js';
import { poolingFault } from './fusedPool.js';
import { mappedTensors } from './mapping.js';
import type { Mapping } from './mapping.js';
import { prescribedRowStationary } from './prescribedRowStationary.js';
import { loopNames, wholeTile } from './problem.js';
import type { LayerProblem } from './problem.js';
import { describeRegisterShortage, registerShortage } from './registerFiles.js';

/**
 * The mapping that a user prescribes for a layer. Phases per group are those of least cost where the user leaves
 * them open.
 *
 * @throws UserError (without a location) when a tile is larger than the layer, the phases do not divide the period,
 *   the tiles cut windows of a fused pooling or do not fit, naming the buffer or the register file, the need and the room, or Eyeriss's mapping is impossible
 */
export function prescribedMapping(
  problem: LayerProblem,
  spec: LayerMappingSpec,
  accelerator: Accelerator,
  cost: Cost,
): Mapping {
  if (!('rowStationary' in spec)) return prescribedTiling(problem, spec, accelerator, cost);
  const mapping = prescribedRowStationary(problem, spec.rowStationary, accelerator);
  checkTiles(problem, mapping, accelerator);
  return mapping;
}

function prescribedTiling(
  problem: LayerProblem,
  spec: TilingSpec,
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
  checkTiles(problem, open, accelerator);
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

function checkTiles(problem: LayerProblem, mapping: Mapping, accelerator: Accelerator): void {
  const cut = poolingFault(problem, mapping.tile);
  if (cut !== undefined) throw new UserError(cut);
  const lack = shortage(footprint(problem, mapping, accelerator));
  if (lack !== undefined) {
    throw new UserError(
      `expected a tile of ${problem.name} that fits, got one that needs ${lack.neededBytes} B of buffer ` +
        `${lack.buffer.name}, which has ${lack.buffer.capacityBytes} B; shrink the tile`,
    );
  }
  const overflow = registerShortage(problem, mapping, accelerator);
  if (overflow !== undefined) {
    throw new UserError(
      `expected a mapping of ${problem.name} that fits the PEs of ${accelerator.name}; ${describeRegisterShortage(overflow)}`,
    );
  }
}
