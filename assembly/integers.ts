import { FilterGroup, PassJob } from './passJob';

/**
 * Adds the products of a block's columns to int32 sums, which wrap. Weights are int16 streams. Two taps at a time:
 * their inputs lie side by side, so that one instruction multiplies both and adds the products.
 */
export function addIntegers(job: PassJob, group: FilterGroup, block: u32, columns: usize): void {
  const pairs = (group.tapCount + 1) >> 1;
  const taps = group.taps;
  if (group.filterCount == 4) {
    addFour(
      taps,
      pairs,
      columns,
      group.weights0,
      group.weights1,
      group.weights2,
      group.weights3,
      sumsOf(job, group.filter0, block),
      sumsOf(job, group.filter1, block),
      sumsOf(job, group.filter2, block),
      sumsOf(job, group.filter3, block),
    );
    return;
  }
  if (group.filterCount == 1) {
    addOne(taps, pairs, columns, group.weights0, sumsOf(job, group.filter0, block));
    return;
  }
  addTwo(
    taps,
    pairs,
    columns,
    group.weights0,
    group.weights1,
    sumsOf(job, group.filter0, block),
    sumsOf(job, group.filter1, block),
  );
  if (group.filterCount == 3) {
    addOne(taps, pairs, columns, group.weights2, sumsOf(job, group.filter2, block));
  }
}

@inline
function sumsOf(job: PassJob, filter: u32, block: u32): usize {
  return job.sums + <usize>(filter * job.sumPitch) * 4 + <usize>block * 32;
}

/** (a0, b0, a1, b1, a2, b2, a3, b3) */
@inline
function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline
function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

@inline
function withProducts(sums: v128, inputs: v128, weights: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(inputs, weights));
}

function addFour(
  taps: usize,
  pairs: u32,
  columns: usize,
  weights0: usize,
  weights1: usize,
  weights2: usize,
  weights3: usize,
  sums0: usize,
  sums1: usize,
  sums2: usize,
  sums3: usize,
): void {
  let low0 = v128.load(sums0);
  let high0 = v128.load(sums0, 16);
  let low1 = v128.load(sums1);
  let high1 = v128.load(sums1, 16);
  let low2 = v128.load(sums2);
  let high2 = v128.load(sums2, 16);
  let low3 = v128.load(sums3);
  let high3 = v128.load(sums3, 16);
  const end = taps + (<usize>pairs << 3);
  let offset: usize = 0;
  for (; taps < end; taps += 8) {
    const first = v128.load(columns + load<u32>(taps));
    const second = v128.load(columns + load<u32>(taps, 4));
    const low = lowPairs(first, second);
    const high = highPairs(first, second);
    let weights = v128.load_splat<i32>(weights0 + offset);
    low0 = withProducts(low0, low, weights);
    high0 = withProducts(high0, high, weights);
    weights = v128.load_splat<i32>(weights1 + offset);
    low1 = withProducts(low1, low, weights);
    high1 = withProducts(high1, high, weights);
    weights = v128.load_splat<i32>(weights2 + offset);
    low2 = withProducts(low2, low, weights);
    high2 = withProducts(high2, high, weights);
    weights = v128.load_splat<i32>(weights3 + offset);
    low3 = withProducts(low3, low, weights);
    high3 = withProducts(high3, high, weights);
    offset += 4;
  }
  v128.store(sums0, low0);
  v128.store(sums0, high0, 16);
  v128.store(sums1, low1);
  v128.store(sums1, high1, 16);
  v128.store(sums2, low2);
  v128.store(sums2, high2, 16);
  v128.store(sums3, low3);
  v128.store(sums3, high3, 16);
}

function addTwo(
  taps: usize,
  pairs: u32,
  columns: usize,
  weights0: usize,
  weights1: usize,
  sums0: usize,
  sums1: usize,
): void {
  let low0 = v128.load(sums0);
  let high0 = v128.load(sums0, 16);
  let low1 = v128.load(sums1);
  let high1 = v128.load(sums1, 16);
  const end = taps + (<usize>pairs << 3);
  let offset: usize = 0;
  for (; taps < end; taps += 8) {
    const first = v128.load(columns + load<u32>(taps));
    const second = v128.load(columns + load<u32>(taps, 4));
    const low = lowPairs(first, second);
    const high = highPairs(first, second);
    let weights = v128.load_splat<i32>(weights0 + offset);
    low0 = withProducts(low0, low, weights);
    high0 = withProducts(high0, high, weights);
    weights = v128.load_splat<i32>(weights1 + offset);
    low1 = withProducts(low1, low, weights);
    high1 = withProducts(high1, high, weights);
    offset += 4;
  }
  v128.store(sums0, low0);
  v128.store(sums0, high0, 16);
  v128.store(sums1, low1);
  v128.store(sums1, high1, 16);
}

function addOne(taps: usize, pairs: u32, columns: usize, weights0: usize, sums0: usize): void {
  let low0 = v128.load(sums0);
  let high0 = v128.load(sums0, 16);
  const end = taps + (<usize>pairs << 3);
  for (; taps < end; taps += 8) {
    const first = v128.load(columns + load<u32>(taps));
    const second = v128.load(columns + load<u32>(taps, 4));
    const weights = v128.load_splat<i32>(weights0);
    low0 = withProducts(low0, lowPairs(first, second), weights);
    high0 = withProducts(high0, highPairs(first, second), weights);
    weights0 += 4;
  }
  v128.store(sums0, low0);
  v128.store(sums0, high0, 16);
}

/** An int8 stream as int16. Goes on to the next multiple of eight. */
export function widenWeights(from: usize, count: u32, to: usize): void {
  for (let at: u32 = 0; at < count; at += 8) {
    v128.store(to, v128.load_ext<i8>(from));
    from += 8;
    to += 16;
  }
}
