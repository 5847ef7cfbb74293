import { normalAngle, normalRadius } from './boxMuller.js';
import { tensorWorkspace } from './kernels/compiled.js';

/** Numbers that are drawn by one call of the kernel. */
const chunk = 16384;
const stateBytes = 16;
/** 32-bit words of `Doubtful` in `assembly/tensor/normals.ts`: an index, and the words of two pairs. */
const doubtfulWords = 5;

/**
 * Fills `out` with normal numbers times `scale`, four at a time, by a compiled kernel. It works with fewer digits than doubles have, and
 * says where that could change a float32; there the definition is evaluated.
 *
 * @param state of the generator sfc32 (a, b, c, counter); brought on by two words for two numbers
 * @param scale positive
 * @param out whose length is a multiple of four
 */
export function fillNormals(state: Uint32Array, scale: number, out: Float32Array): void {
  const numbersAt = stateBytes;
  const doubtfulAt = numbersAt + chunk * 4;
  const { kernels, buffer } = tensorWorkspace(doubtfulAt + (chunk / 4) * doubtfulWords * 4);
  const shared = new Uint32Array(buffer, 0, state.length);
  const numbers = new Float32Array(buffer, numbersAt, chunk);
  const doubtful = new Uint32Array(buffer, doubtfulAt, (chunk / 4) * doubtfulWords);
  shared.set(state);
  for (let begin = 0; begin < out.length; begin += chunk) {
    const count = Math.min(chunk, out.length - begin);
    const doubts = kernels.drawNormals(0, scale, count, numbersAt, doubtfulAt);
    for (let each = 0; each < doubts; each++) settle(doubtful, each * doubtfulWords, scale, numbers);
    out.set(count === chunk ? numbers : numbers.subarray(0, count), begin);
  }
  state.set(shared);
}

/** The definition of the four numbers that one of `Doubtful` is about. */
function settle(doubtful: Uint32Array, entry: number, scale: number, numbers: Float32Array): void {
  for (let pair = 0; pair < 2; pair++) {
    const radius = normalRadius(doubtful[entry + 1 + 2 * pair] / 0x1_0000_0000);
    const angle = normalAngle(doubtful[entry + 2 + 2 * pair] / 0x1_0000_0000);
    const index = doubtful[entry] + 2 * pair;
    numbers[index] = scale * (radius * Math.cos(angle));
    numbers[index + 1] = scale * (radius * Math.sin(angle));
  }
}
