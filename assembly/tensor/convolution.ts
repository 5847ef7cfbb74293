/** A weight that is not zero, and where its tap finds the inputs of the first position. */
@unmanaged
class Tap {
  weight: f64;
  /** Byte offset in the planes. */
  offset: u32;
  unused: u32;
}

/** Positions that are summed together. */
const wideBlock: u32 = 24;
const narrowBlock: u32 = 8;

/**
 * Filters on float64 planes: sums of products in float64, one tap after the other in the order of the weights, from the filter's bias on,
 * rounded to float32 once. Weights that are zero cost nothing.
 *
 * @param planes of the filters' group; may be read up to 24 positions behind their end
 * @param offsets byte offset in the planes of each tap's first input, `taps` of them
 * @param weights (filters, taps) in float32
 * @param bias in float32, one per filter
 * @param lists room for (filters, taps) `Tap` and a pointer per filter before them
 * @param sums (filters, pitch) in float32; the pitch is the positions, rounded up to whole narrow blocks
 */
export function convolvePlanes(
  planes: usize,
  offsets: usize,
  taps: u32,
  weights: usize,
  bias: usize,
  filters: u32,
  positions: u32,
  lists: usize,
  sums: usize,
): void {
  const firstList = (lists + (<usize>filters << 2) + 15) & ~15;
  let end = firstList;
  for (let filter: u32 = 0; filter < filters; filter++) {
    end = listTaps(weights + <usize>(filter * taps) * 4, taps, offsets, end);
    store<usize>(lists + (<usize>filter << 2), end);
  }
  const pitch = (positions + narrowBlock - 1) & ~(narrowBlock - 1);
  let first: u32 = 0;
  for (; first + wideBlock <= pitch; first += wideBlock) {
    let list = firstList;
    for (let filter: u32 = 0; filter < filters; filter++) {
      const next = load<usize>(lists + (<usize>filter << 2));
      const start = <f64>load<f32>(bias + (<usize>filter << 2));
      sumWide(list, next, planes + (<usize>first << 3), start, sums + (<usize>(filter * pitch + first) << 2));
      list = next;
    }
  }
  for (; first < pitch; first += narrowBlock) {
    let list = firstList;
    for (let filter: u32 = 0; filter < filters; filter++) {
      const next = load<usize>(lists + (<usize>filter << 2));
      const start = <f64>load<f32>(bias + (<usize>filter << 2));
      sumNarrow(list, next, planes + (<usize>first << 3), start, sums + (<usize>(filter * pitch + first) << 2));
      list = next;
    }
  }
}

/** Lists the weights that are not zero; returns the end of the list. */
function listTaps(weights: usize, taps: u32, offsets: usize, list: usize): usize {
  const end = weights + (<usize>taps << 2);
  for (; weights < end; weights += 4) {
    const weight = load<f32>(weights);
    store<f64>(list, <f64>weight, offsetof<Tap>('weight'));
    store<u32>(list, load<u32>(offsets), offsetof<Tap>('offset'));
    offsets += 4;
    list += <usize>(weight != 0) * offsetof<Tap>();
  }
  return list;
}

function sumWide(list: usize, end: usize, planes: usize, bias: f64, out: usize): void {
  let sum0 = f64x2.splat(bias);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  let sum4 = sum0;
  let sum5 = sum0;
  let sum6 = sum0;
  let sum7 = sum0;
  let sum8 = sum0;
  let sum9 = sum0;
  let sum10 = sum0;
  let sum11 = sum0;
  for (; list < end; list += offsetof<Tap>()) {
    const weight = v128.load_splat<f64>(list, offsetof<Tap>('weight'));
    const inputs = planes + load<u32>(list, offsetof<Tap>('offset'));
    sum0 = f64x2.add(sum0, f64x2.mul(weight, v128.load(inputs)));
    sum1 = f64x2.add(sum1, f64x2.mul(weight, v128.load(inputs, 16)));
    sum2 = f64x2.add(sum2, f64x2.mul(weight, v128.load(inputs, 32)));
    sum3 = f64x2.add(sum3, f64x2.mul(weight, v128.load(inputs, 48)));
    sum4 = f64x2.add(sum4, f64x2.mul(weight, v128.load(inputs, 64)));
    sum5 = f64x2.add(sum5, f64x2.mul(weight, v128.load(inputs, 80)));
    sum6 = f64x2.add(sum6, f64x2.mul(weight, v128.load(inputs, 96)));
    sum7 = f64x2.add(sum7, f64x2.mul(weight, v128.load(inputs, 112)));
    sum8 = f64x2.add(sum8, f64x2.mul(weight, v128.load(inputs, 128)));
    sum9 = f64x2.add(sum9, f64x2.mul(weight, v128.load(inputs, 144)));
    sum10 = f64x2.add(sum10, f64x2.mul(weight, v128.load(inputs, 160)));
    sum11 = f64x2.add(sum11, f64x2.mul(weight, v128.load(inputs, 176)));
  }
  storeFloats(out, sum0, sum1);
  storeFloats(out + 16, sum2, sum3);
  storeFloats(out + 32, sum4, sum5);
  storeFloats(out + 48, sum6, sum7);
  storeFloats(out + 64, sum8, sum9);
  storeFloats(out + 80, sum10, sum11);
}

function sumNarrow(list: usize, end: usize, planes: usize, bias: f64, out: usize): void {
  let sum0 = f64x2.splat(bias);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  for (; list < end; list += offsetof<Tap>()) {
    const weight = v128.load_splat<f64>(list, offsetof<Tap>('weight'));
    const inputs = planes + load<u32>(list, offsetof<Tap>('offset'));
    sum0 = f64x2.add(sum0, f64x2.mul(weight, v128.load(inputs)));
    sum1 = f64x2.add(sum1, f64x2.mul(weight, v128.load(inputs, 16)));
    sum2 = f64x2.add(sum2, f64x2.mul(weight, v128.load(inputs, 32)));
    sum3 = f64x2.add(sum3, f64x2.mul(weight, v128.load(inputs, 48)));
  }
  storeFloats(out, sum0, sum1);
  storeFloats(out + 16, sum2, sum3);
}

@inline
function storeFloats(out: usize, low: v128, high: v128): void {
  v128.store(
    out,
    v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5),
  );
}

/**
 * The same for a single position, eight filters at once, zeros multiplied like all weights. That is the same only if all inputs are finite
 * and no bias is negative zero.
 *
 * @param inputs float64, one per tap
 * @param filters a multiple of eight
 * @param sums (filters) in float32
 */
export function convolvePoint(
  inputs: usize,
  taps: u32,
  weights: usize,
  bias: usize,
  filters: u32,
  sums: usize,
): void {
  const end = inputs + (<usize>taps << 3);
  const pitch = <usize>taps << 2;
  for (let filter: u32 = 0; filter < filters; filter += 8) {
    sumEightFilters(inputs, end, weights, pitch, bias, sums);
    weights += pitch << 3;
    bias += 32;
    sums += 32;
  }
}

function sumEightFilters(
  inputs: usize,
  end: usize,
  weights0: usize,
  pitch: usize,
  bias: usize,
  sums: usize,
): void {
  const weights2 = weights0 + 2 * pitch;
  const weights4 = weights2 + 2 * pitch;
  const weights6 = weights4 + 2 * pitch;
  let sum0 = <f64>load<f32>(bias);
  let sum1 = <f64>load<f32>(bias, 4);
  let sum2 = <f64>load<f32>(bias, 8);
  let sum3 = <f64>load<f32>(bias, 12);
  let sum4 = <f64>load<f32>(bias, 16);
  let sum5 = <f64>load<f32>(bias, 20);
  let sum6 = <f64>load<f32>(bias, 24);
  let sum7 = <f64>load<f32>(bias, 28);
  let at: usize = 0;
  for (; inputs < end; inputs += 8) {
    const input = load<f64>(inputs);
    sum0 += <f64>load<f32>(weights0 + at) * input;
    sum1 += <f64>load<f32>(weights0 + pitch + at) * input;
    sum2 += <f64>load<f32>(weights2 + at) * input;
    sum3 += <f64>load<f32>(weights2 + pitch + at) * input;
    sum4 += <f64>load<f32>(weights4 + at) * input;
    sum5 += <f64>load<f32>(weights4 + pitch + at) * input;
    sum6 += <f64>load<f32>(weights6 + at) * input;
    sum7 += <f64>load<f32>(weights6 + pitch + at) * input;
    at += 4;
  }
  store<f32>(sums, <f32>sum0);
  store<f32>(sums, <f32>sum1, 4);
  store<f32>(sums, <f32>sum2, 8);
  store<f32>(sums, <f32>sum3, 12);
  store<f32>(sums, <f32>sum4, 16);
  store<f32>(sums, <f32>sum5, 20);
  store<f32>(sums, <f32>sum6, 24);
  store<f32>(sums, <f32>sum7, 28);
}
