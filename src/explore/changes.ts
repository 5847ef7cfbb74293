import type { Accelerator, BufferSpec } from '../accelerator/accelerator.js';
import { commandDramSpec } from '../accelerator/dramSpec.js';
import { withDataflow } from '../accelerator/withDataflow.js';
import { dataflowNames } from '../dataflow/dataflows.js';
import { UserError } from '../document/userError.js';
import { controllerFault } from '../dram/controllerFault.js';

/** One step from a machine to another one. */
export interface MachineChange {
  /** What is changed, and of which part: `capacity:ifmap-buffer`. Stays the same from version to version. */
  readonly change: string;
  /** Such as `ifmap-buffer: capacity 128 -> 256 KiB`. */
  readonly title: string;
  readonly caveats: readonly string[];
  /** @throws UserError where there is no such machine */
  readonly apply: (accelerator: Accelerator) => Accelerator;
}

const portsNotPriced =
  'SRAM is priced with its one port: what more of them cost in area and energy is not in it';

/**
 * Everything that is doubled or turned on, one at a time: capacity, word and ports of each buffer, double buffering where it is off,
 * rows, columns and MAC lanes of the array, each alone and with the ports of all buffers, lanes of the post-processor, entries of the
 * decoder, bandwidth of a flat DRAM or channels of a part; and each other dataflow. Banks stay as many as they are, so that they grow
 * with the capacity.
 */
export function changesOf(accelerator: Accelerator): MachineChange[] {
  return [
    ...accelerator.buffers.flatMap((_, index) => bufferChanges(accelerator, index)),
    ...arrayChanges(accelerator),
    plainChange('post-processor', 'lanes', accelerator.postProcessor.lanes, (before, lanes) => ({
      ...before,
      postProcessor: { ...before.postProcessor, lanes },
    })),
    plainChange('decoder', 'entries per cycle', accelerator.decoder.entriesPerCycle, (before, entries) => ({
      ...before,
      decoder: { ...before.decoder, entriesPerCycle: entries },
    })),
    dramChange(accelerator),
    ...dataflowChanges(accelerator),
  ];
}

/** Twice a whole number. */
function plainChange(
  part: string,
  what: string,
  value: number,
  set: (accelerator: Accelerator, value: number) => Accelerator,
): MachineChange {
  return {
    change: `${what.replaceAll(' ', '-').toLowerCase()}:${part}`,
    title: `${part}: ${what} ${value} -> ${2 * value}`,
    caveats: [],
    apply: (accelerator) => set(accelerator, 2 * value),
  };
}

function bufferChanges(accelerator: Accelerator, index: number): MachineChange[] {
  const { name, capacityBytes, wordBits, ports, doubleBuffered } = accelerator.buffers[index];
  const step = (
    key: string,
    words: string,
    change: Partial<BufferSpec>,
    caveats: readonly string[] = [],
  ): MachineChange => ({
    change: `${key}:${name}`,
    title: `${name}: ${words}`,
    caveats,
    apply: (before) => ({
      ...before,
      buffers: before.buffers.map((buffer, at) => (at === index ? { ...buffer, ...change } : buffer)),
    }),
  });
  const [unit, size] = capacityBytes % 1024 === 0 ? ['KiB', capacityBytes / 1024] : ['B', capacityBytes];
  return [
    step('capacity', `capacity ${size} -> ${2 * size} ${unit}`, { capacityBytes: 2 * capacityBytes }),
    step('word', `word ${wordBits} -> ${2 * wordBits} bit`, { wordBits: 2 * wordBits }),
    step('ports', `ports ${ports} -> ${2 * ports}`, { ports: 2 * ports }, [portsNotPriced]),
    ...(doubleBuffered ? [] : [step('double-buffering', 'double buffered', { doubleBuffered: true })]),
  ];
}

/** Where ports just feed the array as it is, a larger one has nothing to do without more of them. */
function arrayChanges({ array }: Accelerator): MachineChange[] {
  const sizes = [
    ['rows', 'rows'],
    ['columns', 'columns'],
    ['macLanes', 'MAC lanes'],
  ] as const;
  return sizes.flatMap(([key, what]) => {
    const alone = plainChange('array', what, array[key], (before, value) => ({
      ...before,
      array: { ...before.array, [key]: value },
    }));
    return [
      alone,
      {
        change: `${alone.change}-and-ports`,
        title: `${alone.title}, all ports doubled`,
        caveats: [portsNotPriced],
        apply: (before) => {
          const larger = alone.apply(before);
          const buffers = larger.buffers.map((buffer) => ({ ...buffer, ports: 2 * buffer.ports }));
          return { ...larger, buffers };
        },
      },
    ];
  });
}

function dramChange({ dram }: Accelerator): MachineChange {
  if (dram.kind === 'flat') {
    const { bandwidthBytesPerSecond } = dram;
    const gb = Number((bandwidthBytesPerSecond / 1e9).toPrecision(6));
    return {
      change: 'bandwidth:dram',
      title: `DRAM: bandwidth ${gb} -> ${2 * gb} GB/s`,
      caveats: [],
      apply: (before) => ({
        ...before,
        dram: { ...dram, bandwidthBytesPerSecond: 2 * bandwidthBytesPerSecond },
      }),
    };
  }
  const { part, controller, energyPjPerBit, source } = dram;
  const channels = 2 * controller.channels;
  return {
    change: 'channels:dram',
    title: `DRAM: channels ${controller.channels} -> ${channels}`,
    caveats: [],
    apply: (before) => {
      const doubled = { ...controller, channels };
      const fault = controllerFault(doubled, part);
      if (fault !== undefined) throw new UserError(`dram: ${fault.message}`);
      const energy = energyPjPerBit === undefined ? undefined : { energyPjPerBit, source };
      return { ...before, dram: commandDramSpec(part, doubled, energy) };
    },
  };
}

/** An array that has several gets one more, others change theirs. */
function dataflowChanges({ array: { dataflow, dataflows } }: Accelerator): MachineChange[] {
  const own = dataflows ?? [dataflow];
  return dataflowNames()
    .filter((name) => !own.includes(name))
    .map((name) => ({
      change: `dataflow:${name}`,
      title: dataflows === undefined ? `dataflow ${dataflow} -> ${name}` : `dataflow ${name} as well`,
      caveats: [],
      apply: (before) => {
        const changed = withDataflow(before, name);
        if (dataflows === undefined) return changed;
        return { ...changed, array: { ...before.array, dataflows: [...dataflows, name] } };
      },
    }));
}
