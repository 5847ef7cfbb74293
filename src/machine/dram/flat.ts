import type { FlatDramSpec } from '../../accelerator/accelerator.js';
import { burstsOf } from '../../schedule/transfer.js';
import type { Dram } from './dram.js';

/**
 * A DRAM of one bandwidth and one latency: whole bursts at the peak rate, the first after the latency. Requests are
 * pipelined, so that the latency of one hides behind the data of the one before. Where the data lie makes no difference.
 */
export function createFlatDram(spec: FlatDramSpec): Dram {
  const burstPs = (spec.burstBytes * 1e12) / spec.bandwidthBytesPerSecond;
  const ends: number[] = [];
  let busFreePs = 0;
  let lastPs = 0;
  return {
    request(transfer, _address, eligiblePs) {
      const bursts = burstsOf(transfer, spec.burstBytes);
      let endPs = Math.max(eligiblePs, 0);
      if (bursts > 0) {
        busFreePs = Math.max(eligiblePs + spec.latencyPs, busFreePs) + Math.ceil(bursts * burstPs);
        endPs = busFreePs;
      }
      lastPs = Math.max(lastPs, endPs);
      return ends.push(endPs) - 1;
    },
    endPs: (request) => ends[request],
    finishRequests: () => lastPs,
    endLayer() {
      ends.length = 0;
      busFreePs = 0;
      lastPs = 0;
      return undefined;
    },
  };
}
