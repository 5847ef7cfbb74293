import { FilterFinish, PassJob } from './passJob';

/** Makes complete integer sums (int32 or float64) ofmap elements, of one filter's positions from `first` on, before `end`. */
export function finishIntegers<S, T>(job: PassJob, filter: u32, first: u32, end: u32): void {
  const finish = changetype<FilterFinish>(job.finish + <usize>filter * offsetof<FilterFinish>());
  const bias = f64x2.splat(finish.bias);
  const multiplier = f64x2.splat(finish.multiplier);
  const residualMultiplier = f64x2.splat(finish.residualMultiplier);
  const scale = f64x2.splat(finish.scale);
  const least = f64x2.splat(<f64>job.least);
  const most = f64x2.splat(<f64>job.most);
  const hasResidual = job.hasResidual != 0;
  let sums = job.sums + <usize>(filter * job.sumPitch + first) * sizeof<S>();
  let ofmap = job.ofmap + <usize>(filter * job.positions + first) * sizeof<T>();
  for (let at = first; at < end; at += 2) {
    const isAlone = at + 1 == end;
    let scaled = f64x2.mul(f64x2.add(loadTwoSums<S>(sums), bias), multiplier);
    if (hasResidual) {
      const other: f64 = isAlone ? 0 : <f64>load<T>(ofmap, sizeof<T>());
      const residual = f64x2(<f64>load<T>(ofmap), other);
      scaled = f64x2.add(scaled, f64x2.mul(residual, residualMultiplier));
    }
    const rounded = f64x2.nearest(f64x2.mul(scaled, scale));
    const clamped = i32x4.trunc_sat_f64x2_s_zero(f64x2.min(f64x2.max(rounded, least), most));
    store<T>(ofmap, <T>i32x4.extract_lane(clamped, 0));
    if (!isAlone) store<T>(ofmap, <T>i32x4.extract_lane(clamped, 1), sizeof<T>());
    sums += 2 * sizeof<S>();
    ofmap += 2 * sizeof<T>();
  }
}

@inline
function loadTwoSums<S>(at: usize): v128 {
  return isFloat<S>() ? v128.load(at) : f64x2.convert_low_i32x4_s(v128.load_zero<i64>(at));
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
