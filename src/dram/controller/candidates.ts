/** What each bank that has requests would do next for them: kept between choices, and derived anew where a command or request changed it. */
export interface Candidates {
  readonly kind: Uint8Array;
  /** Index into `groupFrom` of the clock that binds it, too; -1 if the bank could read as well as write. */
  readonly group: Int32Array;
  /** The request that it is for; the read, if there is a write as well. */
  readonly slot: Int32Array;
  /** First clock as far as the bank and the request itself are concerned; of read and write the earlier. */
  readonly clock: Float64Array;
  /** Of those at the same clock the lowest goes first. */
  readonly place: Float64Array;
}

export function createCandidates(banks: number): Candidates {
  return {
    kind: new Uint8Array(banks),
    group: new Int32Array(banks),
    slot: new Int32Array(banks),
    clock: new Float64Array(banks),
    place: new Float64Array(banks),
  };
}
