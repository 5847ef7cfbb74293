import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import type { NpyArray, NpyData } from '../../src/tensor/npy.js';
import { float32Numbers, isIntegerArray, tensorNumbers } from '../../src/tensor/npyNumbers.js';

const fault = (message: string): UserError => new UserError(message);
const arrayOf = (data: NpyData, shape: readonly number[] = [data.length]): NpyArray => ({ shape, data });

describe('numbers of an array', () => {
  it('are the integers of an integer array as they are, when the precision is an integer one', () => {
    fc.assert(
      fc.property(fc.int8Array({ min: -127, max: 127 }), (data) => {
        expect(tensorNumbers(arrayOf(data), 'int8', fault)).to.deep.equal({
          values: Float32Array.from(data),
          scale: 1,
        });
      }),
    );
    const types = [
      Uint8Array.of(0, 3),
      Int16Array.of(-9, 3),
      Uint16Array.of(0, 3),
      Int32Array.of(-9, 3),
      BigInt64Array.of(-9n, 3n),
    ];
    for (const data of types) {
      expect(tensorNumbers(arrayOf(data), 'int16', fault)).to.deep.equal({
        values: Float32Array.from(data, Number),
        scale: 1,
      });
    }
  });

  it('are real otherwise: of floats, and of integers in float32', () => {
    for (const data of [Float32Array.of(0.5, -2), Float64Array.of(0.5, -2)]) {
      const real = { values: Float32Array.of(0.5, -2) };
      expect(tensorNumbers(arrayOf(data), 'int8', fault)).to.deep.equal(real);
      expect(isIntegerArray(arrayOf(data))).to.equal(false);
    }
    const numbers = tensorNumbers(arrayOf(Int16Array.of(300, -2)), 'float32', fault);
    expect(numbers).to.deep.equal({ values: Float32Array.of(300, -2) });
  });

  it('may be a part of the array', () => {
    const range = { begin: 1, end: 3 };
    expect(tensorNumbers(arrayOf(Int16Array.of(999, 2, 3, 999)), 'int8', fault, range).values).to.deep.equal(
      Float32Array.of(2, 3),
    );
    expect(float32Numbers(arrayOf(Float32Array.of(NaN, 2, 3, NaN)), fault, range)).to.deep.equal(
      Float32Array.of(2, 3),
    );
  });

  it('end at the symmetric range: the message has precision, index and value', () => {
    const refused: ReadonlyArray<readonly [NpyArray, 'int8' | 'int16', string]> = [
      [arrayOf(Int8Array.of(1, 127, -127, -128), [2, 2]), 'int8', 'from -127 to 127, .*found -128 at [1, 1]'],
      [arrayOf(Uint8Array.of(128)), 'int8', 'found 128 at [0]'],
      [arrayOf(Int16Array.of(-32768)), 'int16', 'from -32767 to 32767, .*int16 .*found -32768 at [0]'],
      [arrayOf(Uint16Array.of(32768)), 'int16', 'found 32768 at [0]'],
      [arrayOf(BigInt64Array.of(2n ** 62n)), 'int16', `found ${2n ** 62n} at [0]`],
    ];
    for (const [array, precision, message] of refused) {
      const pattern = new RegExp(message.replace(/[[\]]/g, String.raw`\$&`));
      expect(() => tensorNumbers(array, precision, fault)).to.throw(UserError, pattern);
    }
    expect(tensorNumbers(arrayOf(Int16Array.of(-127)), 'int8', fault).scale).to.equal(1);
  });

  it('are refused when float32 has no such number', () => {
    expect(() => float32Numbers(arrayOf(Float64Array.of(0, 1e300)), fault)).to.throw('found 1e+300 at [1]');
    expect(() => float32Numbers(arrayOf(Float32Array.of(NaN)), fault)).to.throw('found NaN at [0]');
    expect(() => float32Numbers(arrayOf(Int32Array.of(2 ** 24, 2 ** 24 + 1)), fault)).to.throw(
      'expected integers that float32 holds exactly, found 16777217 at [1]',
    );
    expect(() => float32Numbers(arrayOf(BigInt64Array.of(2n ** 53n + 1n)), fault)).to.throw(
      'found 9007199254740993 at [0]',
    );
    expect(float32Numbers(arrayOf(Float64Array.of(0.1)), fault)).to.deep.equal(Float32Array.of(0.1));
  });
});
