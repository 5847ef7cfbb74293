/** A DRAM with a bandwidth and a latency and nothing else. */
export interface FlatDram {
  readonly bandwidthBytesPerSecond: number;
  /** From a transfer's request to its first byte. */
  readonly latencyPs: number;
  readonly burstBytes: number;
  /** Absent where the energy table is to give it. */
  readonly energyPjPerBit?: number;
  /** Where the energy figure comes from. */
  readonly source: string;
}
