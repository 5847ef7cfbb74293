import type { AccumulatorPrecision } from '../tensor/precision.js';
import { bytesOf } from '../tensor/precision.js';
import type { PsumArray } from './kernels/scalar.js';

const highWord = 2 ** 32;

/** Writes partial sums into a buffer as the accumulator's bytes: little-endian, two's complement or float32. */
export function packPsums(
  sums: PsumArray,
  count: number,
  accumulator: AccumulatorPrecision,
  out: DataView,
): void {
  const size = bytesOf(accumulator);
  for (let i = 0; i < count; i++) {
    const at = i * size;
    if (accumulator === 'float32') out.setFloat32(at, sums[i], true);
    else if (accumulator === 'int16') out.setInt16(at, sums[i], true);
    else {
      out.setInt32(at, sums[i] | 0, true);
      if (accumulator === 'int48') out.setInt16(at + 4, Math.floor(sums[i] / highWord), true);
    }
  }
}

export function unpackPsums(
  bytes: DataView,
  count: number,
  accumulator: AccumulatorPrecision,
  sums: PsumArray,
): void {
  const size = bytesOf(accumulator);
  for (let i = 0; i < count; i++) {
    const at = i * size;
    if (accumulator === 'float32') sums[i] = bytes.getFloat32(at, true);
    else if (accumulator === 'int16') sums[i] = bytes.getInt16(at, true);
    else if (accumulator === 'int32') sums[i] = bytes.getInt32(at, true);
    else sums[i] = bytes.getInt16(at + 4, true) * highWord + bytes.getUint32(at, true);
  }
}
