/** Appends numbers of a few bits each to bytes, the first in the lowest bits of the first byte. */
export interface BitWriter {
  /** @param width 0 to 32 */
  write(value: number, width: number): void;
  /** Bytes begun so far. */
  readonly bytes: number;
}

export interface BitReader {
  /** @param width 0 to 32; bits past the end are zeros */
  read(width: number): number;
}

/** Bytes that so many bits take. */
export function bytesForBits(bits: number): number {
  return Math.ceil(bits / 8);
}

/** Bits that tell `count` different things apart: 0 for one of them. */
export function bitsFor(count: number): number {
  return count <= 1 ? 0 : Math.ceil(Math.log2(count));
}

/** Bits that fit into 32 beside the up to 7 that are left of the byte before. */
const atOnce = 24;

/** Overwrites `out` from its start; what is left of the last byte becomes zero. */
export function bitWriter(out: Uint8Array): BitWriter {
  let at = 0;
  let held = 0;
  let heldBits = 0;
  const writeFew = (value: number, width: number): void => {
    held |= (value & ((1 << width) - 1)) << heldBits;
    heldBits += width;
    while (heldBits >= 8) {
      out[at++] = held;
      held >>>= 8;
      heldBits -= 8;
    }
    if (heldBits > 0) out[at] = held;
  };
  return {
    get bytes() {
      return heldBits > 0 ? at + 1 : at;
    },
    write: (value, width) => {
      if (width <= atOnce) {
        writeFew(value, width);
      } else {
        writeFew(value, atOnce);
        writeFew(Math.floor(value / 2 ** atOnce), width - atOnce);
      }
    },
  };
}

/** @param start first bit to read */
export function bitReader(bytes: Uint8Array, start = 0): BitReader {
  let at = start;
  const readFew = (width: number): number => {
    const value = bitsAt(bytes, at) & ((1 << width) - 1);
    at += width;
    return value;
  };
  return {
    read: (width) =>
      width <= atOnce ? readFew(width) : readFew(atOnce) + readFew(width - atOnce) * 2 ** atOnce,
  };
}

/** The 25 bits from bit `at` on, and up to 7 more; those past the end are zeros. */
export function bitsAt(bytes: Uint8Array, at: number): number {
  const byte = at >>> 3;
  return (
    (bytes[byte] | (bytes[byte + 1] << 8) | (bytes[byte + 2] << 16) | (bytes[byte + 3] << 24)) >>> (at & 7)
  );
}
