import { denseSupports } from '../sparsity/supports.js';
import type { Supports } from '../sparsity/supports.js';

/** Pattern ids are 16 bits wide. */
const mostPatterns = 65_536;

/**
 * The supports of kernels given one by one; dense where every tap of every kernel exists.
 *
 * @param mask writes kernel (filter, channel) into `into`, which is zero beforehand
 */
export function supportsOfMask(
  filters: number,
  channels: number,
  taps: number,
  mask: (filter: number, channel: number, into: Uint8Array) => void,
): Supports {
  const ids = new Uint16Array(filters * channels);
  const idOf = new Map<string, number>();
  const patterns: Uint8Array[] = [];
  const pattern = new Uint8Array(taps);
  for (let filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      pattern.fill(0);
      mask(filter, channel, pattern);
      const key = String.fromCharCode(...pattern);
      let id = idOf.get(key);
      if (id === undefined) {
        id = patterns.length;
        if (id === mostPatterns) throw new Error(`more than ${mostPatterns} different supports in a layer`);
        idOf.set(key, id);
        patterns.push(pattern.slice());
      }
      ids[filter * channels + channel] = id;
    }
  }
  if (patterns.every((each) => !each.includes(0))) return denseSupports(filters, channels, taps);
  return { filters, channels, taps, patterns, assignment: { kind: 'per-kernel', ids } };
}
