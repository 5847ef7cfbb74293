import { bytesOf } from '../../tensor/precision.js';
import { bytesForBits } from '../bits.js';
import { bytesView } from '../elementBytes.js';
import type { ActivationFormat } from './activationFormat.js';

/**
 * A mask with a bit for each element, first element in the lowest bit, then the elements that are not zero: zero-value
 * compression (Rhu et al., Compressing DMA Engine, HPCA 2018).
 */
export const zeroValueCompression: ActivationFormat = {
  name: 'bitmask',
  description:
    'A bit for each element, then the elements that are not zero (zero-value compression).\nNever more than an eighth of a byte per element above dense.',
  worstBytes: (count, precision) => bytesForBits(count) + count * bytesOf(precision),
  encode: (elements, count, out, at) => {
    const size = elements.BYTES_PER_ELEMENT;
    const source = bytesView(elements);
    const maskBytes = bytesForBits(count);
    out.fill(0, at, at + maskBytes);
    let next = at + maskBytes;
    for (let i = 0; i < count; i++) {
      if (elements[i] === 0) continue;
      out[at + (i >> 3)] |= 1 << (i & 7);
      for (let byte = i * size; byte < (i + 1) * size; byte++) out[next++] = source[byte];
    }
    return next - at;
  },
  decode: (encoded, at, _bytes, count, out) => {
    const size = out.BYTES_PER_ELEMENT;
    const target = bytesView(out);
    target.fill(0, 0, count * size);
    let next = at + bytesForBits(count);
    for (let i = 0; i < count; i++) {
      if (((encoded[at + (i >> 3)] >> (i & 7)) & 1) === 0) continue;
      for (let byte = i * size; byte < (i + 1) * size; byte++) target[byte] = encoded[next++];
    }
  },
  work: (count) => ({ entries: 0, maskBits: count }),
};
