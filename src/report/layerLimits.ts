import type { LayerCounts } from '../counts/layerCounts.js';
import { stallCauses } from '../dataflow/counters.js';
import type { LayerLimit } from './mappedScenario.js';

/** What takes how many of a layer's cycles, as shares of them, the largest first; what takes none is left out. */
export function layerLimits({ cycles, stallCycles }: LayerCounts): LayerLimit[] {
  const stalled = stallCauses.map((by) => ({ by, share: stallCycles[by] / cycles }));
  const computing = 1 - stalled.reduce((sum, { share }) => sum + share, 0);
  return [{ by: 'computing' as const, share: computing }, ...stalled]
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}
