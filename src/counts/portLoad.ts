import type { Accelerator } from '../accelerator/accelerator.js';
import type { Schedule } from '../schedule/schedule.js';
import { tensors } from '../tensor/dataSpace.js';
import type { LayerCounts } from './layerCounts.js';
import { passStretches } from './passActivity.js';

/** What array and post-processor ask of the ports of one buffer; the DMA has its own way in. */
export interface PortLoad {
  /** The buffer's name. */
  readonly buffer: string;
  /** Of the ports of one direction, or of all where reads and writes share them. */
  readonly bytesPerCycle: number;
  readonly isShared: boolean;
  /** Whole port words. */
  readonly readBytes: number;
  readonly writeBytes: number;
  /** The least cycles in which the ports can move them. */
  readonly busyCycles: number;
}

/** The load of each buffer's ports over all passes of a layer. */
export function portLoads(
  kind: LayerCounts['kind'],
  schedule: Schedule,
  accelerator: Accelerator,
): PortLoad[] {
  const stretches = passStretches(kind, schedule, accelerator);
  return accelerator.buffers.map(({ name, wordBits, ports, sharedPorts: isShared }) => {
    let reads = 0;
    let writes = 0;
    for (const { activity, times } of stretches) {
      for (const tensor of tensors) {
        const { readTransactions, writeTransactions } = activity.buffers[name][tensor];
        reads += readTransactions * times;
        writes += writeTransactions * times;
      }
    }
    const words = isShared ? reads + writes : Math.max(reads, writes);
    const wordBytes = wordBits / 8;
    return {
      ...{ buffer: name, isShared },
      bytesPerCycle: wordBytes * ports,
      readBytes: reads * wordBytes,
      writeBytes: writes * wordBytes,
      busyCycles: Math.ceil(words / ports),
    };
  });
}

/** The loads of several layers on the same machine, one after the other. */
export function addPortLoads(all: ReadonlyArray<readonly PortLoad[]>): PortLoad[] {
  const [first, ...rest] = all;
  return first.map((load, index) =>
    rest.reduce<PortLoad>((sum, loads) => {
      const { readBytes, writeBytes, busyCycles } = loads[index];
      return {
        ...sum,
        readBytes: sum.readBytes + readBytes,
        writeBytes: sum.writeBytes + writeBytes,
        busyCycles: sum.busyCycles + busyCycles,
      };
    }, load),
  );
}
