/** Lengths fit into 4 bits. */
const longestCode = 15;
export const symbols = 256;

/**
 * Code lengths of least total length, none above 15 bits (package-merge: Larmore and Hirschberg, JACM 37(3), 1990).
 *
 * @param counts how often each symbol occurs
 * @returns 0 for symbols that do not occur; 1 for a symbol that is alone
 */
export function codeLengths(counts: Float64Array): Uint8Array {
  interface Package {
    readonly weight: number;
    readonly symbols: readonly number[];
  }
  const lengths = new Uint8Array(counts.length);
  const coins: Package[] = [...counts.keys()]
    .filter((symbol) => counts[symbol] > 0)
    .map((symbol) => ({ weight: counts[symbol], symbols: [symbol] }));
  coins.sort((a, b) => a.weight - b.weight);
  if (coins.length === 1) lengths[coins[0].symbols[0]] = 1;
  if (coins.length < 2) return lengths;
  let packages: Package[] = [];
  for (let bit = 0; bit < longestCode; bit++) {
    const all = [...coins, ...packages].sort((a, b) => a.weight - b.weight);
    packages = [];
    for (let i = 0; i + 1 < all.length; i += 2) {
      packages.push({
        weight: all[i].weight + all[i + 1].weight,
        symbols: [...all[i].symbols, ...all[i + 1].symbols],
      });
    }
  }
  for (const { symbols: taken } of packages.slice(0, coins.length - 1)) {
    for (const symbol of taken) lengths[symbol]++;
  }
  return lengths;
}

/** Canonical codes: shorter ones first, of equal length the smaller symbol; first bit lowest, as the stream has it. */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= longestCode; length++) {
    lengths.forEach((of, symbol) => {
      if (of === length) codes[symbol] = reversed(code++, length);
    });
    code <<= 1;
  }
  return codes;
}

/** What the next bits of a stream mean: symbol * 16 + code length for each `bits` bits; 0 where no code begins so. */
export interface CodeTable {
  readonly bits: number;
  readonly entries: Uint16Array;
}

export function codeTable(lengths: Uint8Array): CodeTable {
  const bits = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const entries = new Uint16Array(1 << bits);
  const codes = canonicalCodes(lengths);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    for (let at = codes[symbol]; at < entries.length; at += 1 << length) entries[at] = symbol * 16 + length;
  });
  return { bits, entries };
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}
