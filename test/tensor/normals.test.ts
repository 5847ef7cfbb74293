import { expect } from 'chai';
import fc from 'fast-check';
import { normalAngle, normalRadius } from '../../src/tensor/boxMuller.js';
import { fillNormals } from '../../src/tensor/normals.js';
import { createRandom } from '../../src/tensor/random.js';

const bitsOf = (floats: Float32Array): Uint32Array =>
  new Uint32Array(floats.buffer, floats.byteOffset, floats.length);

/** The words that follow a state of sfc32. */
function* wordsAfter([a, b, c, counter]: Iterable<number>): Generator<number, never> {
  for (;;) {
    const word = (a + b + counter) >>> 0;
    counter++;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    yield word;
  }
}

/** State whose first two words are these. */
function stateBefore(radius: number, angle: number): Uint32Array {
  const counter = 12345;
  // With b = 0 the second word is 9 * c + counter + 1; 954,437,177 times 9 is 1 modulo 2^32.
  return Uint32Array.of(radius - counter, 0, Math.imul(angle - counter - 1, 954_437_177), counter);
}

describe('normal numbers by the compiled kernel', () => {
  it('are those of the definition, bit for bit, and leave the stream where it leaves it', () => {
    const lengths = fc.oneof(fc.nat(50), fc.integer({ min: 16_380, max: 16_390 }), fc.nat(60_000));
    const scales = fc.oneof(fc.constant(1), fc.double({ min: 1e-6, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(3), lengths, scales, (seed, before, length, scale) => {
        const [random, plain] = [createRandom(seed), createRandom(seed)];
        for (let i = 0; i < before; i++) expect(random.normal()).to.equal(plain.normal());
        const found = new Float32Array(length);
        random.fillNormals(found, scale);
        const expected = found.map(() => scale * plain.normal());
        expect(bitsOf(found)).to.deep.equal(bitsOf(expected));
        expect(random.normal()).to.equal(plain.normal());
        expect(random.next()).to.equal(plain.next());
      }),
      { numRuns: 60 },
    );
  });

  it('are those of the definition where that lies in the middle between two float32', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(3), (seed, index) => {
        const plain = createRandom(seed);
        const numbers = Array.from({ length: 4 }, () => plain.normal());
        const near = Float32Array.of(numbers[index]);
        fc.pre(near[0] !== 0);
        const [below] = near;
        bitsOf(near)[0]++;
        const scale = (below + near[0]) / 2 / numbers[index];
        const found = new Float32Array(4);
        createRandom(seed).fillNormals(found, scale);
        expect(bitsOf(found)).to.deep.equal(bitsOf(Float32Array.from(numbers, (number) => scale * number)));
      }),
      { numRuns: 500 },
    );
  });

  it('are those of the definition where a radius is 0 or an angle a multiple of a right one, or beside it', () => {
    const near = fc.integer({ min: -2, max: 2 });
    const radii = fc.oneof(near, fc.nat(0xffff_ffff));
    const angles = fc.tuple(fc.nat(3), near).map(([quarter, off]) => quarter * 2 ** 30 + off);
    fc.assert(
      fc.property(radii, angles, (radiusWord, angleWord) => {
        const state = stateBefore(radiusWord, angleWord);
        const words = wordsAfter(state);
        const [radius, angle] = [words.next().value / 2 ** 32, words.next().value / 2 ** 32];
        expect([radius, angle]).to.deep.equal([(radiusWord >>> 0) / 2 ** 32, (angleWord >>> 0) / 2 ** 32]);
        const expected = Float32Array.of(
          0.1 * (normalRadius(radius) * Math.cos(normalAngle(angle))),
          0.1 * (normalRadius(radius) * Math.sin(normalAngle(angle))),
        );
        const found = new Float32Array(4);
        fillNormals(state, 0.1, found);
        expect(bitsOf(found.subarray(0, 2))).to.deep.equal(bitsOf(expected));
      }),
      { numRuns: 500 },
    );
  });
});
