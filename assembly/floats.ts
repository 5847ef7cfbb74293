import { FilterGroup, PassJob } from './passJob';

/** Adds the products of a block's columns to float32 sums, rounded after each product and each addition, in the taps' order. */
export function addFloats(job: PassJob, group: FilterGroup, block: u32, columns: usize): void {
  const taps = group.taps;
  const end = taps + (<usize>group.tapCount << 2);
  if (group.filterCount == 4) {
    addFour(
      taps,
      end,
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
  addOne(taps, end, columns, group.weights0, sumsOf(job, group.filter0, block));
  if (group.filterCount > 1) addOne(taps, end, columns, group.weights1, sumsOf(job, group.filter1, block));
  if (group.filterCount > 2) addOne(taps, end, columns, group.weights2, sumsOf(job, group.filter2, block));
}

@inline
function sumsOf(job: PassJob, filter: u32, block: u32): usize {
  return job.sums + <usize>(filter * job.sumPitch) * 4 + <usize>block * 32;
}

@inline
function withProduct(sums: v128, inputs: v128, weight: v128): v128 {
  return f32x4.add(sums, f32x4.mul(weight, inputs));
}

function addFour(
  taps: usize,
  end: usize,
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
  let offset: usize = 0;
  for (; taps < end; taps += 4) {
    const inputs = columns + load<u32>(taps);
    const low = v128.load(inputs);
    const high = v128.load(inputs, 16);
    let weight = v128.load_splat<f32>(weights0 + offset);
    low0 = withProduct(low0, low, weight);
    high0 = withProduct(high0, high, weight);
    weight = v128.load_splat<f32>(weights1 + offset);
    low1 = withProduct(low1, low, weight);
    high1 = withProduct(high1, high, weight);
    weight = v128.load_splat<f32>(weights2 + offset);
    low2 = withProduct(low2, low, weight);
    high2 = withProduct(high2, high, weight);
    weight = v128.load_splat<f32>(weights3 + offset);
    low3 = withProduct(low3, low, weight);
    high3 = withProduct(high3, high, weight);
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

function addOne(taps: usize, end: usize, columns: usize, weights: usize, sums: usize): void {
  let low = v128.load(sums);
  let high = v128.load(sums, 16);
  for (; taps < end; taps += 4) {
    const inputs = columns + load<u32>(taps);
    const weight = v128.load_splat<f32>(weights);
    low = withProduct(low, v128.load(inputs), weight);
    high = withProduct(high, v128.load(inputs, 16), weight);
    weights += 4;
  }
  v128.store(sums, low);
  v128.store(sums, high, 16);
}
