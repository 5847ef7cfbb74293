import { FilterGroup, PassJob } from './passJob';

/** Products of pairs of taps with half a weight are below 2^23 each, so that so many pairs fit int32 sums. */
const pairsPerFlush: u32 = 128;

/**
 * Adds the products of a block's columns to sums in float64, exact below 2^53, for 48-bit accumulators. A weight is
 * high * 256 + low, each half a stream of its own (`splitWeights`), as products of whole int16 pairs would overflow int32.
 */
export function addWide(job: PassJob, group: FilterGroup, block: u32, columns: usize): void {
  const pairs = (group.tapCount + 1) >> 1;
  for (let index: u32 = 0; index < group.filterCount; index++) {
    const filter = load<u32>(changetype<usize>(group) + offsetof<FilterGroup>('filter0') + (<usize>index << 2));
    const weights = load<usize>(changetype<usize>(group) + offsetof<FilterGroup>('weights0') + (<usize>index << 2));
    const sums = job.sums + <usize>(filter * job.sumPitch) * 8 + <usize>block * 64;
    for (let pair: u32 = 0; pair < pairs; pair += pairsPerFlush) {
      const count = min(pairsPerFlush, pairs - pair);
      addSome(group.taps + (<usize>pair << 3), count, columns, weights + (<usize>pair << 2), job.highHalves, sums);
    }
  }
}

function addSome(taps: usize, pairs: u32, columns: usize, weights: usize, highHalves: u32, sums: usize): void {
  let low0 = i64x2.splat(0);
  let low1 = i64x2.splat(0);
  let high0 = i64x2.splat(0);
  let high1 = i64x2.splat(0);
  const end = taps + (<usize>pairs << 3);
  for (; taps < end; taps += 8) {
    const first = v128.load(columns + load<u32>(taps));
    const second = v128.load(columns + load<u32>(taps, 4));
    const inputs0 = v128.shuffle<i16>(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
    const inputs1 = v128.shuffle<i16>(first, second, 4, 12, 5, 13, 6, 14, 7, 15);
    const low = v128.load_splat<i32>(weights);
    const high = v128.load_splat<i32>(weights + highHalves);
    low0 = i32x4.add(low0, i32x4.dot_i16x8_s(inputs0, low));
    low1 = i32x4.add(low1, i32x4.dot_i16x8_s(inputs1, low));
    high0 = i32x4.add(high0, i32x4.dot_i16x8_s(inputs0, high));
    high1 = i32x4.add(high1, i32x4.dot_i16x8_s(inputs1, high));
    weights += 4;
  }
  flush(sums, low0, high0);
  flush(sums + 32, low1, high1);
}

/** Four sums: low + high * 256. */
@inline
function flush(sums: usize, low: v128, high: v128): void {
  flushTwo(sums, low, high);
  flushTwo(sums + 16, v128.shuffle<i32>(low, low, 2, 3, 2, 3), v128.shuffle<i32>(high, high, 2, 3, 2, 3));
}

@inline
function flushTwo(sums: usize, low: v128, high: v128): void {
  const highs = f64x2.mul(f64x2.convert_low_i32x4_s(high), f64x2.splat(256));
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.add(highs, f64x2.convert_low_i32x4_s(low))));
}

/**
 * A stream of int8 or int16 (`weightBytes` of 1 or 2) as two of int16: weight = high * 256 + low with low in -128 .. 127. The high ones
 * begin `highHalves` bytes after the low ones.
 */
export function splitWeights(from: usize, count: u32, weightBytes: u32, to: usize, highHalves: u32): void {
  for (let at: u32 = 0; at < count; at++) {
    const weight = weightBytes == 1 ? <i32>load<i8>(from) : <i32>load<i16>(from);
    const low = <i32>(<i8>weight);
    store<i16>(to, low);
    store<i16>(to + highHalves, (weight - low) >> 8);
    from += weightBytes;
    to += 2;
  }
}
