import type { ElementArray, Precision } from '../../tensor/precision.js';

/** What it takes to encode or decode a stretch of a feature map. */
export interface CodecWork {
  readonly entries: number;
  readonly maskBits: number;
}

/**
 * How a stretch of a feature map lies in DRAM when its zeros are left out. Sizes follow from values. One file per
 * format; `activationFormats.ts` registers them.
 */
export interface ActivationFormat {
  readonly name: string;
  /** Two lines for people. */
  readonly description: string;
  /** Bytes that `count` elements take at most. */
  worstBytes(count: number, precision: Precision): number;
  /** Writes `count` elements to `out` from byte `at` on; returns how many bytes they took. */
  encode(elements: ElementArray, count: number, out: Uint8Array, at: number): number;
  /** Reads `bytes` encoded bytes from byte `at` on into the first `count` of `out`. */
  decode(encoded: Uint8Array, at: number, bytes: number, count: number, out: ElementArray): void;
  work(count: number, bytes: number, precision: Precision): CodecWork;
}
