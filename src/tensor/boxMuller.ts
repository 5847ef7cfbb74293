/*
 * Two independent normal numbers of two uniform ones in [0, 1) (Box and Muller 1958): the radius of the first times cosine and sine of the
 * angle of the second.
 */

export function normalRadius(uniform: number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform));
}

export function normalAngle(uniform: number): number {
  return 2 * Math.PI * uniform;
}
