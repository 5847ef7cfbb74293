import { FilterFinish, PassJob } from './passJob';

/** Makes complete int32 sums integer ofmap elements, of one filter's positions from `first` on, before `end`. */
export function finishIntegers<T>(job: PassJob, filter: u32, first: u32, end: u32): void {
  const finish = changetype<FilterFinish>(job.finish + <usize>filter * offsetof<FilterFinish>());
  const bias = f64x2.splat(finish.bias);
  const multiplier = f64x2.splat(finish.multiplier);
  const residualMultiplier = f64x2.splat(finish.residualMultiplier);
  const scale = f64x2.splat(finish.scale);
  const least = f64x2.splat(<f64>job.least);
  const most = f64x2.splat(<f64>job.most);
  const hasResidual = job.hasResidual != 0;
  let sums = job.sums + <usize>(filter * job.sumPitch + first) * 4;
  let ofmap = job.ofmap + <usize>(filter * job.positions + first) * sizeof<T>();
  for (let at = first; at < end; at += 2) {
    const isAlone = at + 1 == end;
    let scaled = f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_s(v128.load_zero<i64>(sums)), bias), multiplier);
    if (hasResidual) {
      const other: f64 = isAlone ? 0 : <f64>load<T>(ofmap, sizeof<T>());
      const residual = f64x2(<f64>load<T>(ofmap), other);
      scaled = f64x2.add(scaled, f64x2.mul(residual, residualMultiplier));
    }
    const rounded = f64x2.nearest(f64x2.mul(scaled, scale));
    const clamped = i32x4.trunc_sat_f64x2_s_zero(f64x2.min(f64x2.max(rounded, least), most));
    store<T>(ofmap, <T>i32x4.extract_lane(clamped, 0));
    if (!isAlone) store<T>(ofmap, <T>i32x4.extract_lane(clamped, 1), sizeof<T>());
    sums += 8;
    ofmap += 2 * sizeof<T>();
  }
}

/** The same for float64 sums below 2^46 in magnitude, whose products with the multipliers need more than doubles hold. */
export function finishWide<T>(job: PassJob, filter: u32, first: u32, end: u32): void {
  const finish = changetype<FilterFinish>(job.finish + <usize>filter * offsetof<FilterFinish>());
  const bias = <i64>finish.bias;
  const multiplier = <i64>finish.multiplier;
  const residualMultiplier = <i64>finish.residualMultiplier;
  // The scale is a power of two: its exponent says how far to shift.
  const shift = 1023 - <i64>(reinterpret<u64>(finish.scale) >> 52);
  const half: i64 = shift == 0 ? 0 : <i64>1 << (shift - 1);
  const hasResidual = job.hasResidual != 0;
  let sums = job.sums + (<usize>(filter * job.sumPitch + first) << 3);
  let ofmap = job.ofmap + <usize>(filter * job.positions + first) * sizeof<T>();
  for (let at = first; at < end; at++) {
    let scaled = (<i64>load<f64>(sums) + bias) * multiplier;
    if (hasResidual) scaled += <i64>load<T>(ofmap) * residualMultiplier;
    let rounded = scaled >> shift;
    const rest = scaled - (rounded << shift);
    if (shift > 0 && (rest > half || (rest == half && (rounded & 1) != 0))) rounded++;
    store<T>(ofmap, <T>min(max(rounded, <i64>job.least), <i64>job.most));
    sums += 8;
    ofmap += sizeof<T>();
  }
}

/** The same in float32, rounded after every step; bias is a float64. */
export function finishFloats(job: PassJob, filter: u32, first: u32, end: u32): void {
  const bias = changetype<FilterFinish>(job.finish + <usize>filter * offsetof<FilterFinish>()).bias;
  const hasResidual = job.hasResidual != 0;
  const relu = job.relu != 0;
  let sums = job.sums + (<usize>(filter * job.sumPitch + first) << 2);
  let ofmap = job.ofmap + (<usize>(filter * job.positions + first) << 2);
  for (let at = first; at < end; at++) {
    let value = <f32>(<f64>load<f32>(sums) + bias);
    if (hasResidual) value = value + load<f32>(ofmap);
    store<f32>(ofmap, relu && value < 0 ? 0 : value);
    sums += 4;
    ofmap += 4;
  }
}
