import { normalAngle, normalRadius } from './boxMuller.js';
import { fillNormals } from './normals.js';

/** A stream of pseudo-random numbers; the same seed gives the same stream on every platform. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  next(): number;
  /** Uniform in 0 .. n - 1, for 1 <= n <= 2^32; the bias is below n / 2^32. */
  integer(n: number): number;
  /** Normal with mean 0 and standard deviation 1 (Box and Muller 1958). */
  normal(): number;
  /** Fills `out` with `scale` (positive) times what as many calls of `normal` return, many times as fast. */
  fillNormals(out: Float32Array, scale: number): void;
}

/**
 * The generator sfc32 (Chris Doty-Humphrey, PractRand), its state filled by splitmix32.
 *
 * @param seed any integer; its low 53 bits count.
 */
export function createRandom(seed: number): Random {
  const fill = splitmix32(mixSeed(seed));
  let a = fill();
  let b = fill();
  let c = fill();
  let counter = 1;
  let spareNormal: number | undefined;

  const nextWord = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  // The author's advice: the first outputs still resemble the seed.
  for (let i = 0; i < 12; i++) nextWord();

  const next = (): number => nextWord() / 0x1_0000_0000;
  const normal = (): number => {
    if (spareNormal !== undefined) {
      const value = spareNormal;
      spareNormal = undefined;
      return value;
    }
    const radius = normalRadius(next());
    const angle = normalAngle(next());
    spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    next,
    integer: (n) => Math.floor(next() * n),
    normal,
    fillNormals: (out, scale) => {
      let at = 0;
      if (spareNormal !== undefined && out.length > 0) out[at++] = scale * normal();
      const rest = at + Math.floor((out.length - at) / 4) * 4;
      const state = Uint32Array.of(a, b, c, counter);
      fillNormals(state, scale, out.subarray(at, rest));
      [a, b, c, counter] = Int32Array.from(state);
      for (at = rest; at < out.length; at++) out[at] = scale * normal();
    },
  };
}

/**
 * A seed for one named part of a whole, so that each part has its own stream whatever is drawn before it.
 * FNV-1a over the text's UTF-16 units, started from the mixed seed.
 *
 * @returns an integer in 0 .. 2^32 - 1
 */
export function deriveSeed(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ mixSeed(seed);
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return splitmix32(hash)() >>> 0;
}

function mixSeed(seed: number): number {
  const high = Math.floor(seed / 0x1_0000_0000) | 0;
  return splitmix32((seed | 0) ^ Math.imul(high, 0x9e3779b1))() | 0;
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = state ^ (state >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a2d97);
    return (word ^ (word >>> 15)) | 0;
  };
}
