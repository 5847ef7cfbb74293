/** How one operand (ifmap, weight or ofmap element) is stored. */
export type Precision = 'int8' | 'int16' | 'float32';

/** How partial sums are accumulated and spilled. `int48` is exact in doubles. */
export type AccumulatorPrecision = 'int16' | 'int32' | 'int48' | 'float32';

export const precisions: readonly Precision[] = ['int8', 'int16', 'float32'];
export const accumulatorPrecisions: readonly AccumulatorPrecision[] = ['int16', 'int32', 'int48', 'float32'];

/** Elements of a feature map or filter, in the typed array of their precision. */
export type ElementArray = Int8Array | Int16Array | Float32Array;

const bits: Readonly<Record<Precision | AccumulatorPrecision, number>> = {
  int8: 8,
  int16: 16,
  int32: 32,
  int48: 48,
  float32: 32,
};

export function bitsOf(precision: Precision | AccumulatorPrecision): number {
  return bits[precision];
}

export function bytesOf(precision: Precision | AccumulatorPrecision): number {
  return bitsOf(precision) / 8;
}

/** Largest magnitude of symmetric quantization: 127 or 32767. */
export function symmetricLimit(precision: 'int8' | 'int16'): number {
  return precision === 'int8' ? 127 : 32767;
}

export function allocateElements(precision: Precision, length: number): ElementArray {
  if (precision === 'int8') return new Int8Array(length);
  if (precision === 'int16') return new Int16Array(length);
  return new Float32Array(length);
}

/** A view of `length` elements on raw bytes; `byteOffset` must be aligned to the element. */
export function viewElements(
  precision: Precision,
  bytes: ArrayBufferLike,
  byteOffset: number,
  length: number,
): ElementArray {
  if (precision === 'int8') return new Int8Array(bytes, byteOffset, length);
  if (precision === 'int16') return new Int16Array(bytes, byteOffset, length);
  return new Float32Array(bytes, byteOffset, length);
}
