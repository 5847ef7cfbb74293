/** Exit codes of `psconv`. */
export const exitCodes = {
  success: 0,
  /** The simulated outputs are not those of the reference. */
  failedCheck: 1,
  /** Wrong words, faulty files, impossible requests. */
  badInput: 2,
  /** A fault of this program. */
  internal: 3,
  /** Ctrl-C, as shells number it. */
  interrupted: 130,
} as const;
