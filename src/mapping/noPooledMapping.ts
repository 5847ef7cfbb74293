import type { Accelerator } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import { footprint, shortage } from './footprint.js';
import { keepsWindowsWhole } from './fusedPool.js';
import type { MapAxis } from './fusedPool.js';
import { loopNames, wholeTile } from './problem.js';
import type { ConvProblem } from './problem.js';
import { describeRegisterShortage, registerShortage } from './registerFiles.js';

/** Why a convolution into which a pooling is fused has no legal mapping: what its smallest tile lacks that cuts no window. */
export function noPooledMapping(problem: ConvProblem, accelerator: Accelerator): UserError {
  const { name, pool } = problem;
  const poolName = pool?.name ?? '';
  const [rows, columns] = [smallestSize(problem, 'rows'), smallestSize(problem, 'columns')];
  const mapping = {
    tile: { images: 1, filters: 1, channels: 1, rows, columns },
    order: loopNames,
    phasesPerGroup: 1,
    buffering: { ifmap: 'single', weight: 'single', psum: 'single', ofmap: 'single' },
  } as const;
  const leave = `or leave ${poolName} out of fuse`;
  const lack = shortage(footprint(problem, mapping, accelerator));
  if (lack !== undefined) {
    const { buffer, neededBytes } = lack;
    return new UserError(
      `layer ${name}: buffer ${buffer.name} of ${accelerator.name} is too small for any tile that cuts no window of ${poolName}, ` +
        `which is fused into it: the smallest, ${rows} x ${columns} outputs of one channel, needs ${neededBytes} B, the buffer has ` +
        `${buffer.capacityBytes} B; enlarge its capacity, ${leave}`,
      { file: accelerator.file },
    );
  }
  const registers = registerShortage(problem, mapping, accelerator);
  if (registers === undefined) throw new Error(`layer ${name}: a mapping fits and was not found`);
  return new UserError(
    `layer ${name}: expected PEs of ${accelerator.name} with room for a tile that cuts no window of ${poolName}; ` +
      `${describeRegisterShortage(registers)}; enlarge array.registerFiles.${registers.file}, ${leave}`,
    { file: accelerator.file },
  );
}

function smallestSize(problem: ConvProblem, axis: MapAxis): number {
  const whole = wholeTile(problem)[axis];
  let size = 1;
  while (size < whole && !keepsWindowsWhole(problem, axis, size)) size++;
  return size;
}
