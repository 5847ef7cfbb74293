import type { Supports } from '../sparsity/supports.js';
import { kernelsByPattern } from '../sparsity/supports.js';
import { bitReader, bitsFor, bitWriter, bytesForBits } from './bits.js';
import { existingSections, forEachKernel } from './existingTaps.js';
import { noDecoding } from './format.js';
import { encodePatterns, tapsOfPatterns } from './patternTable.js';
import { sectioned } from './sections.js';

/**
 * The taps that exist, a number per kernel that says which pattern it has, and one table of the patterns that occur, as
 * in PatDNN (Niu et al., ASPLOS 2020) and PCNN (Tan et al., DAC 2020).
 *
 * Table: S rows of k*k bits, S the distinct patterns; the pattern without any tap, if there is one, comes first, so that
 * the last row is never all zeros and the decoder can tell S from the table. Positions: ceil(log2 S) bits per kernel.
 */
export const patternId = sectioned({
  name: 'pattern-id',
  description:
    'Only the taps that exist; ceil(log2 S) bits per kernel choose one of the S patterns that occur, kept in a table.\nThe array reads the table and streams no absent tap.',
  addsZeros: false,
  refusal: () => undefined,
  bind: ({ supports }) => {
    const { rows, idOf } = distinctPatterns(supports);
    const width = bitsFor(rows.length);
    return {
      ...existingSections(supports),
      readsPatternTable: true,
      table: encodePatterns(rows, supports.taps),
      positionBytes: ({ filterCount, channelCount }) => bytesForBits(filterCount * channelCount * width),
      pointerBytes: () => 0,
      writePositions: (tile, out) => {
        const writer = bitWriter(out);
        forEachKernel(supports, tile, (_existing, pattern) => {
          writer.write(idOf[pattern], width);
        });
      },
      writePointers: () => undefined,
      decodeWork: ({ filterCount, channelCount }) => ({ ...noDecoding, entries: filterCount * channelCount }),
    };
  },
  scatter: ({ values, positions, table }, { taps }, { filterCount, channelCount }, out) => {
    const patterns = tapsOfPatterns(table, rowsOf(table, taps), taps);
    const width = bitsFor(patterns.length);
    const ids = bitReader(positions);
    let next = 0;
    for (let kernel = 0; kernel < filterCount * channelCount; kernel++) {
      const existing = patterns[Math.min(ids.read(width), patterns.length - 1)];
      const place = kernel * taps;
      for (let i = 0; i < existing.length; i++) out[place + existing[i]] = values[next++];
    }
  },
});

/** The patterns that occur, each once, and which of them each of the supports' patterns is. */
function distinctPatterns(supports: Supports): { rows: Uint8Array[]; idOf: Uint32Array } {
  const kernels = kernelsByPattern(supports);
  const occurring = supports.patterns.filter((_, index) => kernels[index] > 0);
  const emptyFirst = [
    ...occurring.filter((pattern) => !pattern.includes(1)),
    ...occurring.filter((pattern) => pattern.includes(1)),
  ];
  const rows = new Map(emptyFirst.map((pattern) => [pattern.join(''), pattern]));
  const ids = new Map([...rows.keys()].map((key, id) => [key, id]));
  return {
    rows: [...rows.values()],
    // Patterns that no kernel has are never looked up.
    idOf: Uint32Array.from(supports.patterns, (pattern) => ids.get(pattern.join('')) ?? 0),
  };
}

/** Rows up to the last one with a tap; one at least. */
function rowsOf(table: Uint8Array, taps: number): number {
  let bits = table.length * 8;
  while (bits > taps && ((table[(bits - 1) >> 3] >> ((bits - 1) & 7)) & 1) === 0) bits--;
  return Math.ceil(bits / taps);
}
