/** In [2^52, 2^53) doubles are whole numbers, so that adding this rounds to one, halves to even. */
const wholeNumbersBegin = 1.5 * 2 ** 52;

/** The nearest integer, halves to the even one, as IEEE 754 rounds; values of 2^51 and more come back nearly unchanged. */
export function roundHalfToEven(value: number): number {
  return value + wholeNumbersBegin - wholeNumbersBegin;
}
