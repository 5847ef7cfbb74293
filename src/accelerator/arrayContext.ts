import type { Accelerator } from './accelerator.js';
import type { ArrayContext } from '../dataflow/pass.js';
import type { Port, Ports } from '../dataflow/ports.js';
import type { Tensor } from '../tensor/dataSpace.js';

export function portsOf(accelerator: Accelerator): Ports {
  const port = (tensor: Tensor): Port => {
    const spec = accelerator.buffers.find((candidate) => candidate.holds.includes(tensor));
    if (spec === undefined) throw new Error(`accelerator ${accelerator.name} has no buffer for ${tensor}`);
    return portOfBuffer(accelerator, spec.name);
  };
  return { ifmap: port('ifmap'), weight: port('weight'), psum: port('psum'), ofmap: port('ofmap') };
}

/** @throws Error when there is no buffer of the name */
export function portOfBuffer({ name: machine, buffers }: Accelerator, name: string): Port {
  const buffer = buffers.findIndex((candidate) => candidate.name === name);
  const spec = buffers[buffer];
  if (spec === undefined) throw new Error(`accelerator ${machine} has no buffer ${name}`);
  return { buffer, wordBits: spec.wordBits, ports: spec.ports, isShared: spec.sharedPorts };
}

const known = new WeakMap<Accelerator, ArrayContext>();

/** The same object for the same accelerator, so that what follows from it can be kept with it. */
export function arrayContext(accelerator: Accelerator): ArrayContext {
  const context = known.get(accelerator) ?? createContext(accelerator);
  known.set(accelerator, context);
  return context;
}

function createContext(accelerator: Accelerator): ArrayContext {
  return {
    ...accelerator.array,
    ports: portsOf(accelerator),
    bufferCount: accelerator.buffers.length,
    postProcessorLanes: accelerator.postProcessor.lanes,
    entriesPerCycle: accelerator.decoder.entriesPerCycle,
  };
}
