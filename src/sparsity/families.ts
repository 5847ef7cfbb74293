import { patternOf } from './patterns.js';

/** Taps of a 3x3 kernel that the method's families of supports know how to choose. */
export type FamilySize = 1 | 2 | 4;

/** Taps of slot 0, 1, ... of a 3x3 kernel, numbered row-major (Kundu et al., IEEE TC 69(7), 2020; n = 1 derived). */
const tapsBySize: Readonly<Record<FamilySize, ReadonlyArray<readonly number[]>>> = {
  // The four 2x2 squares.
  4: [
    [0, 1, 3, 4],
    [1, 2, 4, 5],
    [3, 4, 6, 7],
    [4, 5, 7, 8],
  ],
  // The six horizontal dominoes.
  2: [
    [0, 1],
    [1, 2],
    [3, 4],
    [4, 5],
    [6, 7],
    [7, 8],
  ],
  1: [[0], [1], [2], [3], [4], [5], [6], [7], [8]],
};

/** The supports of n taps that periodic variants step through. */
export function supportFamily(size: FamilySize): Uint8Array[] {
  return tapsBySize[size].map((taps) => patternOf(taps, 9));
}
