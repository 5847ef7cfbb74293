/**
 * One image's part of a pass, as the caller lays it out in memory: 32-bit words in this order. Pointers are byte addresses in
 * the memory that machine and kernels share.
 */
@unmanaged
export class PassJob {
  /** The input patch (channels, patch height, patch width), its padding around it. */
  ifmap: usize;
  /** Bytes of an ifmap element: 1 or 2 for integers, 4 for float32. */
  elementBytes: u32;
  /** Elements of a patch's row, and of a whole channel of it. */
  patchWidth: u32;
  channelElements: u32;
  channels: u32;
  kernelHeight: u32;
  kernelWidth: u32;
  strideRows: u32;
  strideColumns: u32;
  dilationRows: u32;
  dilationColumns: u32;
  columns: u32;
  /** Output positions: rows times columns. */
  positions: u32;
  /** (filters, sumPitch): int32, float64 or float32; the pitch is the positions, rounded up to whole blocks. */
  sums: usize;
  sumPitch: u32;
  /** Groups of filters that share their taps (`FilterGroup`). */
  groups: usize;
  /** Whether sums begin at zero; they come from `psums` otherwise. */
  begins: u32;
  /** Whether sums are complete: they go to `ofmap` then, and to `psums` otherwise. */
  ends: u32;
  /** The partial sums as they lie in their buffer: (filters, positions). */
  psums: usize;
  /** (filters, positions); holds the residual, if any, before. */
  ofmap: usize;
  hasResidual: u32;
  /** Per filter what finishes its sums (`FilterFinish`). */
  finish: usize;
  /** Bounds of an integer ofmap; ReLU makes the lower one 0. */
  least: i32;
  most: i32;
  /** Float32 only: whether negative results become 0. */
  relu: u32;
  /** Bytes of a partial sum: 2, 4 or 6 for integers, 4 for float32. */
  psumBytes: u32;
  /** Bytes between a filter's stream of high halves and that of its low ones, where weights are split (`wide.ts`). */
  highHalves: u32;
}

/** Up to four filters that have the same taps. */
@unmanaged
export class FilterGroup {
  /** Byte offsets of the taps' blocks in the columns (`columns.ts`), filled up with that of a block of zeros. */
  taps: usize;
  tapCount: u32;
  filterCount: u32;
  /** Counted within the tile. */
  filter0: u32;
  filter1: u32;
  filter2: u32;
  filter3: u32;
  /** Where the values of each filter's taps begin. */
  weights0: usize;
  weights1: usize;
  weights2: usize;
  weights3: usize;
}

/** What makes a filter's complete sum an ofmap element: ((sum + bias) * multiplier + residual * residualMultiplier) * scale, rounded. */
@unmanaged
export class FilterFinish {
  bias: f64;
  multiplier: f64;
  residualMultiplier: f64;
  scale: f64;
}

/** Output positions that are summed together. */
export const blockPositions: u32 = 8;
