import { UserError } from '../document/userError.js';

export type NpyData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | BigInt64Array;

/** A NumPy array; elements in C order (last dimension fastest), whatever the order in the file. */
export interface NpyArray {
  /** Empty for a single number. */
  readonly shape: readonly number[];
  readonly data: NpyData;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const elementTypes = {
  f4: Float32Array,
  f8: Float64Array,
  b1: Uint8Array,
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  i8: BigInt64Array,
} as const;
type ElementType = keyof typeof elementTypes;

interface Header {
  readonly type: ElementType;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/**
 * Reads the .npy format, versions 1 to 3 (NumPy Enhancement Proposal 1): float32, float64, bool (as 0 and 1), int8,
 * uint8, int16, uint16, int32, int64, either byte order, C or Fortran order.
 *
 * @param name what errors call the array, such as `weights.npz: fc.bias`
 * @throws UserError when the bytes are no .npy file, are cut short, or hold another type
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) {
    const found = Buffer.from(bytes.subarray(0, 6)).toString('hex');
    throw new UserError(
      `${name}: expected a NumPy array, which begins with the bytes 934e554d5059, found "${found}"`,
    );
  }
  const version = bytes[6];
  if (version < 1 || version > 3) {
    throw new UserError(`${name}: expected .npy version 1, 2 or 3, found version ${version}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengthBytes = version === 1 ? 2 : 4;
  if (bytes.length < 8 + lengthBytes) throw cutShort(name, 8 + lengthBytes, bytes.length);
  const headerBegin = 8 + lengthBytes;
  const headerLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataBegin = headerBegin + headerLength;
  if (bytes.length < dataBegin) throw cutShort(name, dataBegin, bytes.length);
  const header = parseHeader(Buffer.from(bytes.subarray(headerBegin, dataBegin)).toString('utf8'), name);

  const elementBytes = elementTypes[header.type].BYTES_PER_ELEMENT;
  const length = header.shape.reduce((product, size) => product * size, 1);
  const end = dataBegin + length * elementBytes;
  if (bytes.length < end) throw cutShort(name, end, bytes.length);
  if (bytes.length > end) {
    throw new UserError(
      `${name}: expected ${end} bytes for shape (${header.shape.join(', ')}), found ${bytes.length}`,
    );
  }
  // A copy: the elements may lie unaligned in the file. (slice would not copy a Buffer.)
  const raw = Uint8Array.from(bytes.subarray(dataBegin, end));
  if (header.bigEndian) swapBytes(raw, elementBytes);
  const data = new elementTypes[header.type](raw.buffer, 0, length);
  if (header.type === 'b1') data.forEach((value, i) => (data[i] = value === 0 ? 0 : 1));
  return { shape: header.shape, data: header.fortranOrder ? toRowMajor(data, header.shape) : data };
}

function cutShort(name: string, expected: number, found: number): UserError {
  return new UserError(`${name}: the array is cut short: expected ${expected} bytes, found ${found}`);
}

function parseHeader(text: string, name: string): Header {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const dimensions = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (order === undefined || dimensions === undefined || (descr === undefined && !text.includes("'descr'"))) {
    throw new UserError(`${name}: expected a .npy header with descr, fortran_order and shape, found none`);
  }
  const type = descr?.slice(1) ?? '';
  if (descr === undefined || !isElementType(type) || !'<>|='.includes(descr[0])) {
    throw new UserError(
      `${name}: expected float32, float64, bool, int8, uint8, int16, uint16, int32 or int64, found ${descr === undefined ? 'a structured type' : `"${descr}"`}; ` +
        'convert the array with numpy.ndarray.astype',
    );
  }
  const shape = (dimensions.match(/\d+/g) ?? []).map(Number);
  return { type, bigEndian: descr.startsWith('>'), fortranOrder: order === 'True', shape };
}

function isElementType(type: string): type is ElementType {
  return Object.hasOwn(elementTypes, type);
}

function swapBytes(raw: Uint8Array, elementBytes: number): void {
  for (let i = 0; i < raw.length; i += elementBytes) raw.subarray(i, i + elementBytes).reverse();
}

function toRowMajor(data: NpyData, shape: readonly number[]): NpyData {
  const result = data.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    result[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}
