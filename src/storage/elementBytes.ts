import type { ElementArray } from '../tensor/precision.js';

/** The memory of `elements` as bytes, little-endian on every platform that Node runs on. */
export function bytesView(elements: ElementArray): Uint8Array {
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}
