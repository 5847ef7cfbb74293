import type { Accelerator } from '../accelerator/accelerator.js';
import type { Work } from './cycleParts.js';
import type { PortLoad } from './portLoad.js';

/** How fast a buffer's ports would let the array work, if they were all that held it up. */
export interface PortRoof extends PortLoad {
  /** Bytes per cycle that array and post-processor ask for while nothing holds them up. */
  readonly askedReadBytes: number;
  readonly askedWriteBytes: number;
  /** MACs or operations per cycle; null where the ports are not used. */
  readonly roofPerCycle: number | null;
}

/**
 * Where work stands under the roofline of its machine (Williams, Waterman and Patterson, Roofline, CACM 52(4), 2009): rates per core
 * cycle, bytes those of whole bursts.
 */
export interface Roofline extends Work {
  readonly burstBytes: number;
  /** MACs or operations per byte, of those done and of a dense layer; null where nothing goes to DRAM. */
  readonly intensity: number | null;
  readonly denseIntensity: number | null;
  readonly attainedPerCycle: number;
  /** The DRAM's peak. */
  readonly dramBytesPerCycle: number;
  /** The intensity from which on the array, and no longer the DRAM, is the roof. */
  readonly ridge: number;
  readonly side: 'memory' | 'compute';
  /** The lower one of the two roofs at this intensity. */
  readonly roofPerCycle: number;
  readonly shareOfRoof: number;
  readonly ports: readonly PortRoof[];
}

/** What was done, in how many cycles, and what it took. */
export interface RooflineInput {
  readonly work: Work;
  readonly cycles: number;
  /** Cycles of the passes without what they wait for. */
  readonly unstalledCycles: number;
  readonly burstBytes: number;
  readonly ports: readonly PortLoad[];
}

export function rooflineOf(
  { work, cycles, unstalledCycles, burstBytes, ports }: RooflineInput,
  { dram, periodPs }: Pick<Accelerator, 'dram' | 'periodPs'>,
): Roofline {
  const { done, dense, peakPerCycle } = work;
  const dramBytesPerCycle = dram.bandwidthBytesPerSecond * periodPs * 1e-12;
  const ridge = peakPerCycle / dramBytesPerCycle;
  const intensity = burstBytes === 0 ? null : done / burstBytes;
  const isMemoryBound = intensity !== null && intensity < ridge;
  const roofPerCycle = isMemoryBound ? intensity * dramBytesPerCycle : peakPerCycle;
  const attainedPerCycle = cycles === 0 ? 0 : done / cycles;
  return {
    ...work,
    burstBytes,
    intensity,
    denseIntensity: burstBytes === 0 ? null : dense / burstBytes,
    attainedPerCycle,
    dramBytesPerCycle,
    ridge,
    side: isMemoryBound ? 'memory' : 'compute',
    roofPerCycle,
    shareOfRoof: roofPerCycle === 0 ? 0 : attainedPerCycle / roofPerCycle,
    ports: ports.map((port) => ({
      ...port,
      askedReadBytes: unstalledCycles === 0 ? 0 : port.readBytes / unstalledCycles,
      askedWriteBytes: unstalledCycles === 0 ? 0 : port.writeBytes / unstalledCycles,
      roofPerCycle: port.busyCycles === 0 ? null : done / port.busyCycles,
    })),
  };
}
