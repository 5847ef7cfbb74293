import type { DramBehaviour } from './dramBehaviour.js';
import { formatCount, formatFixed, formatPercent } from './format.js';
import type { Line } from './line.js';

/** What the table says of a DRAM that was simulated command by command. */
export const dramBehaviourLines: readonly Line[] = [
  line('row hits', '', ({ rowHits }) => formatCount(rowHits)),
  line('row misses', '', ({ rowMisses }) => formatCount(rowMisses)),
  line('row conflicts', '', ({ rowConflicts }) => formatCount(rowConflicts)),
  line('row hit rate', '', ({ rowHitRate }) => shown(rowHitRate, formatPercent)),
  line('activates', '', ({ activates }) => formatCount(activates)),
  line('refreshes', '', ({ refreshes, bankRefreshes }) => formatCount(refreshes + bankRefreshes)),
  line('banks at work', '', ({ bankLevelParallelism }) =>
    shown(bankLevelParallelism, (banks) => formatFixed(banks, 2)),
  ),
  line('read latency, mean', 'ns', ({ meanReadLatencyPs }) =>
    shown(meanReadLatencyPs, (ps) => formatFixed(ps / 1e3, 1)),
  ),
  line('bandwidth', 'GB/s', ({ bytesPerSecond }) =>
    shown(bytesPerSecond, (rate) => formatFixed(rate / 1e9, 2)),
  ),
  line('of the peak', '', ({ peakShare }) => shown(peakShare, formatPercent)),
];

function line(name: string, unit: string, value: (behaviour: DramBehaviour) => string): Line {
  return {
    name,
    unit,
    value: ({ totals }) => (totals.dramBehaviour === undefined ? '-' : value(totals.dramBehaviour)),
  };
}

function shown(figure: number | null, format: (figure: number) => string): string {
  return figure === null ? '-' : format(figure);
}
