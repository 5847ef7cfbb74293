import type { Accelerator, FlatDramSpec } from '../../src/accelerator/accelerator.js';

/** As fast as the accelerator's own at its peak. */
export function flatDramOf({ dram, file }: Accelerator): FlatDramSpec {
  const { bandwidthBytesPerSecond, burstBytes, source } = dram;
  const latencyPs = 50_000;
  return { kind: 'flat', bandwidthBytesPerSecond, burstBytes, latencyPs, energyPjPerBit: 0, source, file };
}
