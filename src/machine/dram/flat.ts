import type { FlatDramSpec } from '../../accelerator/accelerator.js';
import { burstsOf } from '../../schedule/transfer.js';
import type { Dram } from './dram.js';

/**
 * A DRAM of one bandwidth and one latency: whole bursts at the peak rate, the first after the latency. Requests are
 * pipelined, so that the latency of one hides behind the data of the one before.
 */
export function createFlatDram(spec: FlatDramSpec): Dram {
  const burstPs = (spec.burstBytes * 1e12) / spec.bandwidthBytesPerSecond;
  let busFreePs = 0;
  return {
    bursts: (transfer) => burstsOf(transfer, spec.burstBytes),
    transfer(transfer, eligiblePs) {
      const bursts = burstsOf(transfer, spec.burstBytes);
      if (bursts === 0) return Math.max(eligiblePs, 0);
      const dataStartPs = Math.max(eligiblePs + spec.latencyPs, busFreePs);
      busFreePs = dataStartPs + Math.ceil(bursts * burstPs);
      return busFreePs;
    },
  };
}
