import type { ElementArray, Precision } from '../tensor/precision.js';
import { bytesOf, viewElements } from '../tensor/precision.js';

/** The memory of `elements` as bytes, little-endian on every platform that Node runs on. */
export function bytesView(elements: ElementArray): Uint8Array {
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}

/** Elements on `bytes` where its address allows it, otherwise on a copy that `flush` writes back. */
export function elementsOn(
  precision: Precision,
  bytes: Uint8Array,
): { readonly elements: ElementArray; readonly flush: (usedBytes: number) => void } {
  const size = bytesOf(precision);
  const length = Math.floor(bytes.byteLength / size);
  if (bytes.byteOffset % size === 0) {
    return {
      elements: viewElements(precision, bytes.buffer, bytes.byteOffset, length),
      flush: () => undefined,
    };
  }
  const copy = bytes.slice(0, length * size);
  return {
    elements: viewElements(precision, copy.buffer, 0, length),
    flush: (used) => {
      bytes.set(copy.subarray(0, used));
    },
  };
}
