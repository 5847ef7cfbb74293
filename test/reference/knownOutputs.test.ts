import { expect } from 'chai';
import { createKnownOutputs } from '../../src/reference/knownOutputs.js';
import type { ElementArray } from '../../src/tensor/precision.js';

describe('outputs that the reference knows', () => {
  const doubled = (input: ElementArray): (() => ElementArray) => {
    return () => {
      computed++;
      return input.map((value) => 2 * value);
    };
  };
  let computed = 0;
  beforeEach(() => {
    computed = 0;
  });

  it('are computed once for the same inputs, and anew for others', () => {
    const known = createKnownOutputs(1);
    const input = Int8Array.of(1, 2);
    expect([...known.of([input], doubled(input))]).to.deep.equal([2, 4]);
    expect([...known.of([input.slice()], doubled(input))]).to.deep.equal([2, 4]);
    expect(computed).to.equal(1);
    const other = Int8Array.of(1, 3);
    expect([...known.of([other], doubled(other))]).to.deep.equal([2, 6]);
    expect(computed).to.equal(2);
  });

  it('are of the inputs as they were', () => {
    const known = createKnownOutputs(1);
    const input = Int8Array.of(1, 2);
    known.of([input], doubled(input));
    input[1] = 5;
    expect([...known.of([input], doubled(input))]).to.deep.equal([2, 10]);
  });

  it('go by every input, and tell zeros of float32 apart by their sign', () => {
    const known = createKnownOutputs(4);
    const [one, two] = [Int8Array.of(1), Int8Array.of(2)];
    known.of([one, one], doubled(one));
    known.of([one, two], doubled(two));
    known.of([Float32Array.of(0)], doubled(one));
    known.of([Float32Array.of(-0)], doubled(one));
    expect(computed).to.equal(4);
    expect([...known.of([one, two], doubled(one))]).to.deep.equal([4]);
  });

  it('are forgotten once asked for, and the oldest where there are more', () => {
    const known = createKnownOutputs(2);
    const inputs = [1, 2, 3].map((value) => Int8Array.of(value));
    for (const input of inputs) known.of([input], doubled(input));
    for (const input of [inputs[1], inputs[2]]) known.of([input], doubled(input));
    expect(computed).to.equal(3);
    known.of([inputs[0]], doubled(inputs[0]));
    known.of([inputs[1]], doubled(inputs[1]));
    expect(computed).to.equal(5);
  });
});
