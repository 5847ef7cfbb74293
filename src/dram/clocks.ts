/** JESD79-4's correction, in thousandths of a clock: a time may exceed whole clocks by 2.5 % of one. */
const correction = 974;

/**
 * The clocks that a time takes, by the rounding algorithm of JESD79-4 (section "Rounding Algorithms"): nCK = truncate((t x 1000 /
 * tCK + 974) / 1000). Data sheets round times and clock periods to a few digits; 14.16 ns at 0.833 ns are meant to be
 * 17 clocks and come to 16.999, 7.5 ns are meant to be 9 and come to 9.004. Plain rounding up would make ten of the latter.
 *
 * @param ps the least time that must go by
 */
export function clocksOfAtLeast(ps: number, tCKPs: number): number {
  return Math.trunc((Math.trunc((tidy(ps) * 1000) / tCKPs) + correction) / 1000);
}

/** Whole clocks within a time that must not be exceeded, such as the refresh interval. */
export function clocksOfAtMost(ps: number, tCKPs: number): number {
  return Math.floor(tidy(ps) / tCKPs);
}

/** Times are products of decimal fractions; what they lack to a whole femtosecond is no part of them. */
function tidy(ps: number): number {
  return Math.round(ps * 1000) / 1000;
}
