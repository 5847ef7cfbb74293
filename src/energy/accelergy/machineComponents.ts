import type { Accelerator } from '../../accelerator/accelerator.js';
import { registerTensors } from '../../dataflow/counters.js';
import { UserError } from '../../document/userError.js';
import type { Price } from '../price.js';
import type { Prices } from '../prices.js';

/** A component of a machine as Accelergy's files name it. */
export interface MachineComponent {
  /** As charges name it, such as `mac`. */
  readonly name: string;
  /** With the accelerator's and the range of its instances: `edge-16x16.mac[0..255]`. */
  readonly fullName: string;
  readonly instances: number;
  /** Of one instance; absent where it is not known. */
  readonly areaUm2?: number;
}

/**
 * All components of a machine, one by one as they are charged for: MACs by the lane, register files by the PE, buffers by the bank,
 * the post-processor by the lane, the decoder by the entry of a cycle.
 *
 * @param prices for their areas
 * @throws UserError at a buffer that has the name of another component
 */
export function machineComponents(accelerator: Accelerator, prices: Prices): MachineComponent[] {
  const { rows, columns, macLanes } = accelerator.array;
  const pes = rows * columns;
  const top = nameInPath(accelerator.name);
  const names = new Set<string>();
  const component = (name: string, instances: number, area?: Price): MachineComponent => {
    names.add(nameInPath(name));
    const range = instances === 1 ? '' : `[0..${instances - 1}]`;
    return {
      name,
      fullName: `${top}.${nameInPath(name)}${range}`,
      instances,
      ...(area && { areaUm2: area.value }),
    };
  };
  const bank = (area: Price | undefined, banks: number): Price | undefined =>
    area && { ...area, value: area.value / banks };

  const fixed = [
    component('mac', pes * macLanes, prices.macArea),
    ...registerTensors.map((tensor) =>
      component(`${tensor}-register-file`, pes, prices.registerFiles[tensor].area),
    ),
    component('network', 1),
    component('post-processor', accelerator.postProcessor.lanes, prices.postProcessorArea),
    component('pattern-table', 1),
    component('decoder', accelerator.decoder.entriesPerCycle, prices.decoderArea),
    component('dma', 1, prices.dmaArea),
    component('dram', 1),
    component('clock', 1),
    component('chip', 1),
  ];
  const buffers = accelerator.buffers.map(({ name, banks }) => {
    if (names.has(nameInPath(name))) {
      throw new UserError(
        `buffer "${name}": expected a name that no other component has in Accelergy's files, got one that is taken; rename the buffer`,
        accelerator.places?.buffers[name] ?? { file: accelerator.file },
      );
    }
    return component(name, banks, bank(prices.buffers[name].area, banks));
  });
  return [...buffers, ...fixed];
}

/** Dots part the levels of a component's name. */
function nameInPath(name: string): string {
  return name.replaceAll('.', '_');
}
