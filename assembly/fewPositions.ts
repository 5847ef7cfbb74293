import { FilterGroup, PassJob } from './passJob';

/**
 * Adds the products of the first positions of the only block to int32 sums, where there are too few positions to fill lanes with them, as in fully
 * connected layers: lanes hold taps instead. The inputs of a group's taps are gathered once for all its filters and those of the groups
 * after it with the same taps.
 *
 * @param weightBytes 1 or 2; weights are read as they lie in their buffer
 * @param gathered room for the taps of every position, rounded up to eight, as int16
 */
export function addFewPositions(
  job: PassJob,
  groups: usize,
  end: usize,
  columns: usize,
  weightBytes: u32,
  gathered: usize,
): void {
  let taps: usize = 0;
  for (; groups < end; groups += offsetof<FilterGroup>()) {
    const group = changetype<FilterGroup>(groups);
    const eights = (group.tapCount + 7) >> 3;
    if (group.taps != taps) {
      taps = group.taps;
      gather(job.positions, taps, eights, columns, gathered);
    }
    for (let index: u32 = 0; index < group.filterCount; index++) {
      const filter = load<u32>(groups + offsetof<FilterGroup>('filter0') + (<usize>index << 2));
      const weights = load<usize>(groups + offsetof<FilterGroup>('weights0') + (<usize>index << 2));
      let inputs = gathered;
      for (let position: u32 = 0; position < job.positions; position++) {
        const sum = job.sums + (<usize>(filter * job.sumPitch + position) << 2);
        const products = weightBytes == 1 ? dot<i8>(inputs, weights, eights) : dot<i16>(inputs, weights, eights);
        store<i32>(sum, load<i32>(sum) + products);
        inputs += <usize>eights << 4;
      }
    }
  }
}

/** Taps beyond the last of a group are zeros, so that the weights that lie there do not count. */
function gather(positions: u32, taps: usize, eights: u32, columns: usize, out: usize): void {
  const end = taps + (<usize>eights << 5);
  for (let position: u32 = 0; position < positions; position++) {
    const lane = columns + (<usize>position << 1);
    for (let at = taps; at < end; at += 4) {
      store<i16>(out, load<i16>(lane + load<u32>(at)));
      out += 2;
    }
  }
}

@inline
function dot<T>(inputs: usize, weights: usize, eights: u32): i32 {
  let sums = i64x2.splat(0);
  let more = i64x2.splat(0);
  let left = eights;
  for (; left >= 2; left -= 2) {
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load(inputs), loadWeights<T>(weights)));
    more = i32x4.add(more, i32x4.dot_i16x8_s(v128.load(inputs, 16), loadWeights<T>(weights + 8 * sizeof<T>())));
    inputs += 32;
    weights += 16 * sizeof<T>();
  }
  if (left > 0) sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load(inputs), loadWeights<T>(weights)));
  sums = i32x4.add(sums, more);
  return (
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3)
  );
}

@inline
function loadWeights<T>(at: usize): v128 {
  return sizeof<T>() == 1 ? v128.load_ext<i8>(at) : v128.load(at);
}
