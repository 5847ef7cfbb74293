import { expect } from 'chai';
import type { z } from 'zod';
import { nonNegativeInteger, positiveInteger, seedInteger } from '../../src/document/integer.js';

const faults = (schema: z.ZodType, given: unknown): string[] => [
  ...new Set(schema.safeParse(given).error?.issues.map(({ message }) => message)),
];

describe('an integer', () => {
  it('is a whole number within its bounds', () => {
    expect(positiveInteger({ max: 16 }).parse(16)).to.equal(16);
    expect(nonNegativeInteger().parse(0)).to.equal(0);
    expect(seedInteger().parse(Number.MAX_SAFE_INTEGER)).to.equal(Number.MAX_SAFE_INTEGER);
  });

  it('is told what was found instead', () => {
    const rows = positiveInteger({ max: 65536 });
    expect(faults(rows, 'twelve')).to.deep.equal(['expected positive integer, got "twelve"']);
    expect(faults(rows, 1.5)).to.deep.equal(['expected positive integer, got 1.5']);
    expect(faults(rows, NaN)).to.deep.equal(['expected positive integer, got NaN']);
    expect(faults(rows, Infinity)).to.deep.equal(['expected positive integer, got Infinity']);
    expect(faults(rows, 0)).to.deep.equal(['expected positive integer, got 0']);
    expect(faults(rows, -3)).to.deep.equal(['expected positive integer, got -3']);
    expect(faults(rows, null)).to.deep.equal(['expected positive integer, got nothing']);
    expect(faults(rows, 1e9)).to.deep.equal(['expected positive integer of at most 65536, got 1000000000']);
    expect(faults(positiveInteger(), 1e9)).to.deep.equal([
      'expected positive integer of at most 1000000, got 1000000000',
    ]);
    expect(faults(nonNegativeInteger(), -1)).to.deep.equal(['expected non-negative integer, got -1']);
  });
});
