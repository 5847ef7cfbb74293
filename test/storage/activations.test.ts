import { expect } from 'chai';
import fc from 'fast-check';
import {
  activationFormatNameFault,
  findActivationFormat,
} from '../../src/storage/activations/activationFormats.js';
import type { ActivationFormat } from '../../src/storage/activations/activationFormat.js';
import { allocateElements } from '../../src/tensor/precision.js';
import type { ElementArray, Precision } from '../../src/tensor/precision.js';

function format(name: string): ActivationFormat {
  const found = findActivationFormat(name);
  if (found === undefined) throw new Error(`no format ${name}`);
  return found;
}

function encoded(name: string, elements: ElementArray): Uint8Array {
  const { worstBytes, encode } = format(name);
  const precision: Precision =
    elements instanceof Int8Array ? 'int8' : elements instanceof Int16Array ? 'int16' : 'float32';
  const worst = worstBytes(elements.length, precision);
  const out = new Uint8Array(worst + 5).fill(0xa5);
  const bytes = encode(elements, elements.length, out, 2);
  expect(bytes).to.be.at.most(worst);
  expect([...out.subarray(0, 2), ...out.subarray(2 + bytes)].every((byte) => byte === 0xa5)).to.equal(true);
  return out.subarray(2, 2 + bytes);
}

const stretches = fc
  .record({
    precision: fc.constantFrom<Precision>('int8', 'int16', 'float32'),
    values: fc.array(
      fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -128, max: 127 })),
      {
        maxLength: 200,
      },
    ),
  })
  .map(({ precision, values }) => {
    const elements = allocateElements(precision, values.length);
    elements.set(values);
    return { precision, elements };
  });

describe('formats of activations', () => {
  for (const name of ['bitmask', 'run-length', 'run-length-1', 'run-length-2', 'run-length-16']) {
    it(`${name} gives every stretch back, in no more than its worst case`, () => {
      fc.assert(
        fc.property(stretches, fc.nat(9), ({ precision, elements }, offset) => {
          const bytes = encoded(name, elements);
          const memory = new Uint8Array(offset + bytes.length + 9).fill(0xff);
          memory.set(bytes, offset);
          const out = allocateElements(precision, elements.length + 3).fill(7);
          format(name).decode(memory, offset, bytes.length, elements.length, out);
          expect([...out.subarray(0, elements.length)]).to.deep.equal([...elements]);
          expect([...out.subarray(elements.length)], 'not an element more').to.deep.equal([7, 7, 7]);
        }),
        { numRuns: 400 },
      );
    });
  }

  it('run-length packs three pairs of 5 + 16 bits and a last bit into 64, as Eyeriss does', () => {
    const bytes = encoded('run-length', Int16Array.of(0, 0, 12, 0, 0, 0, 0, 53, 0, 22, 7, 0));
    expect(bytes).to.have.length(16);
    const word = (at: number): bigint =>
      new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true);
    const pair = (run: number, value: number, at: number): bigint =>
      BigInt(run + value * 32) << BigInt(at * 21);
    expect(word(0)).to.equal(pair(2, 12, 0) + pair(4, 53, 1) + pair(1, 22, 2));
    expect(word(8)).to.equal(pair(0, 7, 0) + (1n << 63n));
  });

  it('run-length breaks a run of 32 zeros by a zero, and stores no zeros at the end', () => {
    const elements = new Int16Array(40);
    expect(encoded('run-length', elements)).to.have.length(0);
    elements[31] = 5;
    expect(encoded('run-length', elements)).to.have.length(8);
    const longer = new Int16Array(4 * 33);
    for (const place of [32, 65, 98, 131]) longer[place] = 1;
    // Each value takes a filler: eight pairs, three to a word.
    expect(encoded('run-length', longer)).to.have.length(24);
  });

  it('bitmask takes a bit for each element and the values that are not zero', () => {
    expect([...encoded('bitmask', Int8Array.of(0, 3, 0, 0, -1, 0, 0, 0, 0, 9))]).to.deep.equal([
      0b00010010, 0b10, 3, 255, 9,
    ]);
  });

  it('are found by name', () => {
    expect(findActivationFormat('dense')).to.equal(undefined);
    expect(activationFormatNameFault('dense')).to.equal(undefined);
    expect(activationFormatNameFault('run-length-4')).to.equal(undefined);
    expect(activationFormatNameFault('run-lenght')).to.match(/"run-lenght"; did you mean "run-length"\?/);
    for (const name of ['run-length-0', 'run-length-17', 'csr']) {
      expect(activationFormatNameFault(name)).to.match(/expected a format of activations/);
    }
  });
});
