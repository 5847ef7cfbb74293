import { bitsOf } from '../../tensor/precision.js';
import { bitReader, bitWriter } from '../bits.js';
import { bytesView } from '../elementBytes.js';
import type { ActivationFormat } from './activationFormat.js';

const wordBytes = 8;
const eyerissRunBits = 5;

/**
 * Run-length code of Eyeriss (Chen et al., JSSC 52(1), 2017): 64-bit words of pairs of a run of zeros and a value, and one
 * bit that marks the last word; with 5-bit runs and 16-bit values a word has three pairs. A run that its bits cannot count is
 * broken by a pair whose value is zero; zeros at the end are not stored.
 *
 * @param runBits 1 to 16
 */
export function zeroRuns(runBits: number): ActivationFormat {
  const longest = 2 ** runBits - 1;
  const pairsPerWord = (valueBits: number): number => Math.floor((wordBytes * 8 - 1) / (runBits + valueBits));
  return {
    name: runBits === eyerissRunBits ? 'run-length' : `run-length-${runBits}`,
    description: `64-bit words of pairs of a run of zeros (${runBits} bits) and a value, as in Eyeriss.\nLarger than dense where fewer than about a third of the values are zero.`,
    worstBytes: (count, precision) => Math.ceil(count / pairsPerWord(bitsOf(precision))) * wordBytes,
    encode: (elements, count, out, at) => {
      const valueBits = elements.BYTES_PER_ELEMENT * 8;
      const perWord = pairsPerWord(valueBits);
      const writer = bitWriter(out.subarray(at));
      const source = bytesView(elements);
      let last = count - 1;
      while (last >= 0 && elements[last] === 0) last--;
      let inWord = 0;
      let run = 0;
      for (let i = 0; i <= last; i++) {
        if (elements[i] === 0 && run < longest) {
          run++;
          continue;
        }
        if (inWord === perWord) {
          writer.write(0, wordBytes * 8 - perWord * (runBits + valueBits));
          inWord = 0;
        }
        writer.write(run, runBits);
        for (let byte = 0; byte < valueBits / 8; byte++) writer.write(source[(i * valueBits) / 8 + byte], 8);
        inWord++;
        run = 0;
      }
      if (inWord === 0) return 0;
      const unused = wordBytes * 8 - 1 - inWord * (runBits + valueBits);
      for (let left = unused; left > 0; left -= 32) writer.write(0, Math.min(32, left));
      writer.write(1, 1);
      return writer.bytes;
    },
    decode: (encoded, at, bytes, count, out) => {
      out.fill(0, 0, count);
      const valueBits = out.BYTES_PER_ELEMENT * 8;
      const perWord = pairsPerWord(valueBits);
      const target = bytesView(out);
      let place = 0;
      for (let word = 0; word < bytes / wordBytes; word++) {
        const reader = bitReader(encoded.subarray(at + word * wordBytes, at + (word + 1) * wordBytes));
        for (let pair = 0; pair < perWord; pair++) {
          place += reader.read(runBits);
          for (let byte = 0; byte < valueBits / 8; byte++) {
            const value = reader.read(8);
            if (place < count) target[(place * valueBits) / 8 + byte] = value;
          }
          place++;
        }
      }
    },
    work: (_count, bytes, precision) => ({
      entries: (bytes / wordBytes) * pairsPerWord(bitsOf(precision)),
      maskBits: 0,
    }),
  };
}

/** Whether a name such as `run-length-4` is one of these; the bits of its runs. */
export function runBitsOf(name: string): number | undefined {
  if (name === 'run-length') return eyerissRunBits;
  const bits = /^run-length-(\d{1,2})$/.exec(name)?.[1];
  return bits !== undefined && Number(bits) >= 1 && Number(bits) <= 16 ? Number(bits) : undefined;
}
