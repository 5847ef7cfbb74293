import { layOutColumns } from './columns';
import { addFewPositions } from './fewPositions';
import { finishFloats, finishIntegers, finishWide } from './finish';
import { addFloats } from './floats';
import { addIntegers } from './integers';
import { blockPositions, FilterGroup, PassJob } from './passJob';
import { clearSums, fetchPsums, putPsums } from './psums';
import { addWide } from './wide';

export { widenWeights } from './integers';
export { gatherRuns, loadPatch, scatterRuns } from './dma';
export { vectorTile } from './vector';
export { splitWeights } from './wide';

/*
 * A part of a pass: the blocks of positions from `firstBlock` on, before `endBlock`, and of the groups those from `firstGroup` on, before
 * `endGroup`. Parts that share no sum may run at the same time, each with columns of its own.
 */

/** Operands of int8 or int16, int32 sums that cannot overflow. */
export function passIntegers(
  job: PassJob,
  firstBlock: u32,
  endBlock: u32,
  firstGroup: u32,
  endGroup: u32,
  columns: usize,
): void {
  begin<i32>(job, firstBlock, endBlock, firstGroup, endGroup);
  for (let block = firstBlock; block < endBlock; block++) {
    layOutColumns(job, block, columns);
    for (let at = firstGroup; at < endGroup; at++) addIntegers(job, groupAt(job, at), block, columns);
  }
  endIntegers<i32>(job, firstBlock, endBlock, firstGroup, endGroup);
}

/** The same for a single block with few positions; `weightBytes` is 1 or 2, `gathered` room for their inputs. */
export function passFewPositions(
  job: PassJob,
  firstGroup: u32,
  endGroup: u32,
  columns: usize,
  weightBytes: u32,
  gathered: usize,
): void {
  begin<i32>(job, 0, 1, firstGroup, endGroup);
  layOutColumns(job, 0, columns);
  const groups = changetype<usize>(groupAt(job, firstGroup));
  const end = changetype<usize>(groupAt(job, endGroup));
  addFewPositions(job, groups, end, columns, weightBytes, gathered);
  endIntegers<i32>(job, 0, 1, firstGroup, endGroup);
}

/** Operands of int16 and sums of up to 53 bits, exact in float64. */
export function passWide(
  job: PassJob,
  firstBlock: u32,
  endBlock: u32,
  firstGroup: u32,
  endGroup: u32,
  columns: usize,
): void {
  begin<f64>(job, firstBlock, endBlock, firstGroup, endGroup);
  for (let block = firstBlock; block < endBlock; block++) {
    layOutColumns(job, block, columns);
    for (let at = firstGroup; at < endGroup; at++) addWide(job, groupAt(job, at), block, columns);
  }
  endIntegers<f64>(job, firstBlock, endBlock, firstGroup, endGroup);
}

/** Operands and sums of float32. */
export function passFloats(
  job: PassJob,
  firstBlock: u32,
  endBlock: u32,
  firstGroup: u32,
  endGroup: u32,
  columns: usize,
): void {
  begin<f32>(job, firstBlock, endBlock, firstGroup, endGroup);
  for (let block = firstBlock; block < endBlock; block++) {
    layOutColumns(job, block, columns);
    for (let at = firstGroup; at < endGroup; at++) addFloats(job, groupAt(job, at), block, columns);
  }
  const first = firstBlock * blockPositions;
  const end = min(endBlock * blockPositions, job.positions);
  for (let at = firstGroup; at < endGroup; at++) {
    const group = groupAt(job, at);
    for (let index: u32 = 0; index < group.filterCount; index++) {
      if (job.ends) finishFloats(job, filterOf(group, index), first, end);
      else putPsums<f32>(job, filterOf(group, index), first, end);
    }
  }
}

@inline
function groupAt(job: PassJob, index: u32): FilterGroup {
  return changetype<FilterGroup>(job.groups + <usize>index * offsetof<FilterGroup>());
}

@inline
function filterOf(group: FilterGroup, index: u32): u32 {
  return load<u32>(changetype<usize>(group) + offsetof<FilterGroup>('filter0') + (<usize>index << 2));
}

function begin<S>(job: PassJob, firstBlock: u32, endBlock: u32, firstGroup: u32, endGroup: u32): void {
  const first = firstBlock * blockPositions;
  const end = endBlock * blockPositions;
  for (let at = firstGroup; at < endGroup; at++) {
    const group = groupAt(job, at);
    for (let index: u32 = 0; index < group.filterCount; index++) {
      if (job.begins) clearSums<S>(job, filterOf(group, index), first, end);
      else fetchPsums<S>(job, filterOf(group, index), first, min(end, job.positions));
    }
  }
}

function endIntegers<S>(job: PassJob, firstBlock: u32, endBlock: u32, firstGroup: u32, endGroup: u32): void {
  const first = firstBlock * blockPositions;
  const end = min(endBlock * blockPositions, job.positions);
  for (let at = firstGroup; at < endGroup; at++) {
    const group = groupAt(job, at);
    for (let index: u32 = 0; index < group.filterCount; index++) {
      const filter = filterOf(group, index);
      if (!job.ends) putPsums<S>(job, filter, first, end);
      else if (isFloat<S>()) {
        if (job.elementBytes == 1) finishWide<i8>(job, filter, first, end);
        else finishWide<i16>(job, filter, first, end);
      } else if (job.elementBytes == 1) finishIntegers<i8>(job, filter, first, end);
      else finishIntegers<i16>(job, filter, first, end);
    }
  }
}
