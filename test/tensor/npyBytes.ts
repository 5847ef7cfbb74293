import type { NpyData } from '../../src/tensor/npy.js';

/** Bytes of a .npy file as NumPy writes them, with the header given. */
export function npyBytes(header: string, data: Uint8Array, version = 1): Uint8Array {
  const lengthBytes = version === 1 ? 2 : 4;
  const padded =
    header.padEnd(Math.ceil((8 + lengthBytes + header.length + 1) / 64) * 64 - 9 - lengthBytes) + '\n';
  const begin = 8 + lengthBytes;
  const bytes = new Uint8Array(begin + padded.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, padded.length, true);
  else view.setUint32(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), begin);
  bytes.set(data, begin + padded.length);
  return bytes;
}

/** `{'descr': ..., 'fortran_order': ..., 'shape': ...}` */
export function npyHeader(descr: string, shape: readonly number[], fortranOrder = false): string {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  return `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': (${dimensions}), }`;
}

/** A float32 array of this shape. */
export function float32Npy(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  return npyBytes(npyHeader('<f4', shape), new Uint8Array(Float32Array.from(values).buffer));
}

const descrs = new Map<unknown, string>([
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [Int8Array, '|i1'],
  [Uint8Array, '|u1'],
  [Int16Array, '<i2'],
  [Uint16Array, '<u2'],
  [Int32Array, '<i4'],
  [BigInt64Array, '<i8'],
]);

/** An array of this shape, of the elements' own type. */
export function npyOf(shape: readonly number[], data: NpyData): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return npyBytes(npyHeader(descrs.get(data.constructor) ?? '', shape), bytes);
}
