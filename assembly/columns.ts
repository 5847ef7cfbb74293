import { blockPositions, PassJob } from './passJob';

/**
 * Lays out what a block of neighbouring positions looks at: tap by tap (channel, kernel row, kernel column), the input element
 * of each of the eight positions, as int16 or float32. After the last tap follows a block of zeros. Lanes beyond the last
 * position hold anything.
 */
export function layOutColumns(job: PassJob, block: u32, out: usize): void {
  if (job.elementBytes == 1) layOut<i8>(job, block, out);
  else if (job.elementBytes == 2) layOut<i16>(job, block, out);
  else layOut<f32>(job, block, out);
}

function layOut<T>(job: PassJob, block: u32, out: usize): void {
  const first = block * blockPositions;
  const columns = job.columns;
  const row = first / columns;
  const column = first - row * columns;
  const rows = job.positions / columns;
  /** Lanes until the row ends. */
  const inRow = columns - column;
  const stride = job.strideColumns;
  const here = positionOf<T>(job, row, column);
  let end: usize;
  if (stride > 2) end = fromLanes<T>(job, first, out);
  else if (inRow >= blockPositions || row + 1 == rows) {
    end = stride == 1 ? fromRow<T>(job, here, 1, out) : fromRow<T>(job, here, 2, out);
  } else if (blockPositions - inRow <= columns || row + 2 == rows) {
    // As if the next row began before its first element, where the lanes of this one are.
    const next = positionOf<T>(job, row + 1, 0) - <usize>(inRow * stride) * sizeof<T>();
    end =
      stride == 1
        ? fromTwoRows<T>(job, here, next, inRow, 1, out)
        : fromTwoRows<T>(job, here, next, inRow, 2, out);
  } else end = fromLanes<T>(job, first, out);
  v128.store(end, i64x2.splat(0));
  if (isFloat<T>()) v128.store(end, i64x2.splat(0), 16);
}

@inline
function positionOf<T>(job: PassJob, row: u32, column: u32): usize {
  const element = row * job.strideRows * job.patchWidth + column * job.strideColumns;
  return job.ifmap + <usize>element * sizeof<T>();
}

@inline
function fromRow<T>(job: PassJob, start: usize, stride: u32, out: usize): usize {
  const channelBytes = <usize>job.channelElements * sizeof<T>();
  const rowBytes = <usize>(job.dilationRows * job.patchWidth) * sizeof<T>();
  const columnBytes = <usize>job.dilationColumns * sizeof<T>();
  const kernelHeight = job.kernelHeight;
  const kernelWidth = job.kernelWidth;
  for (let channel: u32 = 0, channels = job.channels; channel < channels; channel++) {
    let line = start;
    for (let y: u32 = 0; y < kernelHeight; y++) {
      let at = line;
      for (let x: u32 = 0; x < kernelWidth; x++) {
        if (isFloat<T>()) {
          v128.store(out, loadFloats(at, stride));
          v128.store(out, loadFloats(at + 16 * stride, stride), 16);
          out += 32;
        } else {
          v128.store(out, loadIntegers<T>(at, stride));
          out += 16;
        }
        at += columnBytes;
      }
      line += rowBytes;
    }
    start += channelBytes;
  }
  return out;
}

@inline
function fromTwoRows<T>(job: PassJob, start: usize, next: usize, inRow: u32, stride: u32, out: usize): usize {
  const channelBytes = <usize>job.channelElements * sizeof<T>();
  const rowBytes = <usize>(job.dilationRows * job.patchWidth) * sizeof<T>();
  const columnBytes = <usize>job.dilationColumns * sizeof<T>();
  const kernelHeight = job.kernelHeight;
  const kernelWidth = job.kernelWidth;
  const distance = next - start;
  // Lane numbers below `inRow` choose the first row.
  const chooseIntegers = i16x8.lt_u(i16x8(0, 1, 2, 3, 4, 5, 6, 7), i16x8.splat(<i16>inRow));
  const chooseLow = i32x4.lt_u(i32x4(0, 1, 2, 3), i32x4.splat(inRow));
  const chooseHigh = i32x4.lt_u(i32x4(4, 5, 6, 7), i32x4.splat(inRow));
  for (let channel: u32 = 0, channels = job.channels; channel < channels; channel++) {
    let line = start;
    for (let y: u32 = 0; y < kernelHeight; y++) {
      let at = line;
      for (let x: u32 = 0; x < kernelWidth; x++) {
        if (isFloat<T>()) {
          v128.store(out, v128.bitselect(loadFloats(at, stride), loadFloats(at + distance, stride), chooseLow));
          const high = at + 16 * stride;
          v128.store(
            out,
            v128.bitselect(loadFloats(high, stride), loadFloats(high + distance, stride), chooseHigh),
            16,
          );
          out += 32;
        } else {
          v128.store(
            out,
            v128.bitselect(loadIntegers<T>(at, stride), loadIntegers<T>(at + distance, stride), chooseIntegers),
          );
          out += 16;
        }
        at += columnBytes;
      }
      line += rowBytes;
    }
    start += channelBytes;
  }
  return out;
}

/** Eight integers, neighbours or every other one, as int16. */
@inline
function loadIntegers<T>(at: usize, stride: u32): v128 {
  if (sizeof<T>() == 1) {
    if (stride == 1) return v128.load_ext<i8>(at);
    // The even bytes, each brought up and down again for its sign.
    return i16x8.shr_s(i16x8.shl(v128.load(at), 8), 8);
  }
  if (stride == 1) return v128.load(at);
  return v128.shuffle<i16>(v128.load(at), v128.load(at, 16), 0, 2, 4, 6, 8, 10, 12, 14);
}

/** Four floats, neighbours or every other one. */
@inline
function loadFloats(at: usize, stride: u32): v128 {
  if (stride == 1) return v128.load(at);
  return v128.shuffle<f32>(v128.load(at), v128.load(at, 16), 0, 2, 4, 6);
}

/** Position by position, for maps and strides where neighbours lie anywhere. */
function fromLanes<T>(job: PassJob, first: u32, out: usize): usize {
  const last = job.positions - 1;
  const columns = job.columns;
  const laneBytes: usize = isFloat<T>() ? 4 : 2;
  const tapBytes = laneBytes * <usize>blockPositions;
  const taps = job.channels * job.kernelHeight * job.kernelWidth;
  for (let lane: u32 = 0; lane < blockPositions; lane++) {
    const position = min(first + lane, last);
    const row = position / columns;
    let start = positionOf<T>(job, row, position - row * columns);
    let to = out + <usize>lane * laneBytes;
    for (let channel: u32 = 0, channels = job.channels; channel < channels; channel++) {
      let line = start;
      for (let y: u32 = 0, height = job.kernelHeight; y < height; y++) {
        let at = line;
        for (let x: u32 = 0, width = job.kernelWidth; x < width; x++) {
          if (isFloat<T>()) store<f32>(to, load<f32>(at));
          else store<i16>(to, <i16>load<T>(at));
          to += tapBytes;
          at += <usize>job.dilationColumns * sizeof<T>();
        }
        line += <usize>(job.dilationRows * job.patchWidth) * sizeof<T>();
      }
      start += <usize>job.channelElements * sizeof<T>();
    }
  }
  return out + <usize>taps * tapBytes;
}
