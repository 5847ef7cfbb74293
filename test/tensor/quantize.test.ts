import { expect } from 'chai';
import fc from 'fast-check';
import { largestMagnitude, quantizeFilters, quantizeTensor } from '../../src/tensor/quantize.js';
import { roundHalfToEven } from '../../src/tensor/rounding.js';

describe('quantize', () => {
  it('rounds halves to even', () => {
    const values = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999999999999994].map(roundHalfToEven);
    expect(values).to.deep.equal([-2, -2, 0, 0, 2, 2, 0]);
  });

  it('rounds to a nearest integer, whatever the value', () => {
    fc.assert(
      fc.property(fc.double({ min: -(2 ** 40), max: 2 ** 40, noNaN: true }), (value) => {
        const rounded = roundHalfToEven(value);
        expect(Number.isInteger(rounded)).to.be.true;
        expect(Math.abs(rounded - value)).to.be.at.most(0.5);
      }),
    );
  });

  it('clips symmetrically: -128 and -32768 never occur', () => {
    expect([...quantizeTensor(Float32Array.of(-1000, 1000), 1, 'int8')]).to.deep.equal([-127, 127]);
    expect([...quantizeTensor(Float32Array.of(-1e6, 1e6), 1, 'int16')]).to.deep.equal([-32767, 32767]);
  });

  it('loses at most half a step inside the range', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1 }), (list) => {
        const values = Float32Array.from(list);
        const scale = Math.max(largestMagnitude(values), 1e-6) / 127;
        const integers = quantizeTensor(values, scale, 'int8');
        values.forEach((value, i) => {
          expect(Math.abs(integers[i] * scale - value)).to.be.at.most(scale * 0.5000001);
        });
      }),
    );
  });

  it("uses each filter's own scale", () => {
    const weights = Float32Array.of(1, -2, 10, -20);
    expect([...quantizeFilters(weights, Float64Array.of(1, 10), 'int8')]).to.deep.equal([1, -2, 1, -2]);
  });

  it('reports a NaN as the largest magnitude rather than passing it over', () => {
    expect(largestMagnitude(Float32Array.of(1, NaN, 2))).to.be.NaN;
    expect(largestMagnitude(Float32Array.of(1, -3, 2))).to.equal(3);
  });
});
