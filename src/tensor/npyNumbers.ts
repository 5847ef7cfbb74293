import type { UserError } from '../document/userError.js';
import type { NpyArray } from './npy.js';
import { symmetricLimit } from './precision.js';
import type { Precision } from './precision.js';

/** Elements of an array from `begin` to `end - 1`, in C order; all of them unless given. */
export interface ElementRange {
  readonly begin: number;
  readonly end: number;
}

/** Numbers for a tensor of the machine. */
export interface TensorNumbers {
  readonly values: Float32Array;
  /** 1 where the values are the machine's operands themselves, which nothing scales or rounds. */
  readonly scale?: 1;
}

/** Whether an array's type has whole numbers only. */
export function isIntegerArray({ data }: NpyArray): boolean {
  return !(data instanceof Float32Array || data instanceof Float64Array);
}

/**
 * The numbers of an array as a tensor of this precision takes them: the integers of an integer array as they are when the
 * precision is an integer one, and real numbers in float32 otherwise.
 *
 * @param fault makes the error of a message
 * @throws UserError (of `fault`) at the first element that is no operand of the precision: beyond the symmetric range
 *   [-127, 127] or [-32767, 32767]; or, of real numbers, that `float32Numbers` refuses
 */
export function tensorNumbers(
  array: NpyArray,
  precision: Precision,
  fault: (message: string) => UserError,
  range: ElementRange = whole(array),
): TensorNumbers {
  if (precision === 'float32' || !isIntegerArray(array))
    return { values: float32Numbers(array, fault, range) };
  const limit = symmetricLimit(precision);
  const expected = `integers from -${limit} to ${limit}, which are ${precision} operands as they are`;
  const isOperand = (value: number): boolean => Math.abs(value) <= limit;
  return { values: checkedNumbers(array, range, isOperand, expected, fault), scale: 1 };
}

/**
 * The numbers of an array in float32. Floats are rounded to the nearest; integers must be there exactly.
 *
 * @throws UserError (of `fault`) at the first element that is not finite in float32, or an integer that float32 lacks
 */
export function float32Numbers(
  array: NpyArray,
  fault: (message: string) => UserError,
  range: ElementRange = whole(array),
): Float32Array {
  if (!isIntegerArray(array)) {
    const isFinite = (value: number): boolean => Number.isFinite(Math.fround(value));
    return checkedNumbers(array, range, isFinite, 'finite float32 numbers', fault);
  }
  const isExact = (value: number): boolean => Number.isSafeInteger(value) && Math.fround(value) === value;
  return checkedNumbers(array, range, isExact, 'integers that float32 holds exactly', fault);
}

function checkedNumbers(
  { data, shape }: NpyArray,
  { begin, end }: ElementRange,
  isGood: (value: number) => boolean,
  expected: string,
  fault: (message: string) => UserError,
): Float32Array {
  const values = new Float32Array(end - begin);
  for (let at = begin; at < end; at++) {
    const value = Number(data[at]);
    if (!isGood(value)) throw fault(`expected ${expected}, found ${data[at]} at ${indexOf(at, shape)}`);
    values[at - begin] = value;
  }
  return values;
}

function whole({ data }: NpyArray): ElementRange {
  return { begin: 0, end: data.length };
}

/** `[1, 0, 2]` */
function indexOf(at: number, shape: readonly number[]): string {
  const indices: number[] = [];
  for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
    indices.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return `[${indices.join(', ')}]`;
}
