/** Appends numbers of a few bits each to bytes, the first in the lowest bits of the first byte. */
export interface BitWriter {
  /** @param width 0 to 32 */
  write(value: number, width: number): void;
  /** Bytes begun so far. */
  readonly bytes: number;
}

export interface BitReader {
  /** @param width 0 to 32 */
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

/** Overwrites `out` from its start. */
export function bitWriter(out: Uint8Array): BitWriter {
  let at = 0;
  let held = 0;
  let heldBits = 0;
  return {
    get bytes() {
      return at;
    },
    write(value, width) {
      let rest = value;
      let left = width;
      while (left > 0) {
        if (heldBits === 0) {
          held = 0;
          at++;
        }
        const take = Math.min(8 - heldBits, left);
        held |= (rest & ((1 << take) - 1)) << heldBits;
        out[at - 1] = held;
        rest = Math.floor(rest / 2 ** take);
        left -= take;
        heldBits = (heldBits + take) & 7;
      }
    },
  };
}

export function bitReader(bytes: Uint8Array): BitReader {
  let at = 0;
  return {
    read(width) {
      let value = 0;
      let got = 0;
      while (got < width) {
        const offset = at & 7;
        const take = Math.min(8 - offset, width - got);
        value += ((bytes[at >> 3] >> offset) & ((1 << take) - 1)) * 2 ** got;
        got += take;
        at += take;
      }
      return value;
    },
  };
}
