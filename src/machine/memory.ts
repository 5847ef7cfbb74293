import type { BufferSpec } from '../accelerator/accelerator.js';
import { bindKernels, kernelModule } from './kernels/compiled.js';
import type { CompiledKernels } from './kernels/compiled.js';
import type { KernelName } from './kernels/kernelNames.js';
import { Memory } from '../tensor/kernels/webAssembly.js';

/** The bytes that a simulated machine works on. */
export interface MachineMemory {
  /** SRAM by buffer: as many bytes as the accelerator's buffers have, and not one more. */
  readonly sram: ReadonlyMap<string, Uint8Array>;
  /** Kernels that work in this memory, addressed by `byteOffset`; undefined where plain TypeScript does their work. */
  readonly kernels: CompiledKernels | undefined;
  /** Gives up the room that the layer before had. What lies in SRAM stays. */
  beginLayer(): void;
  /**
   * Room on a multiple of 16 bytes until the next layer begins, for DRAM regions and what kernels need beside. Holds anything.
   */
  allocate(bytes: number): Uint8Array;
}

/** @param kernel whose memory it is to be; `simd` unless given */
export function createMemory(buffers: readonly BufferSpec[], kernel: KernelName = 'simd'): MachineMemory {
  return kernel === 'scalar' ? plainMemory(buffers) : sharedMemory(buffers);
}

function plainMemory(buffers: readonly BufferSpec[]): MachineMemory {
  return {
    sram: new Map(buffers.map(({ name, capacityBytes }) => [name, new Uint8Array(capacityBytes)])),
    kernels: undefined,
    beginLayer: () => undefined,
    allocate: (bytes) => new Uint8Array(bytes),
  };
}

const pageBytes = 65536;
const mostPages = 65536;
const alignment = 16;
/** Kernels load whole vectors, of which some lanes may lie before the first byte that they were told of, or behind the last. */
const margin = 256;

/** SRAM at the beginning, what a layer asks for behind it; grows as it has to, and views of it stay valid. */
function sharedMemory(buffers: readonly BufferSpec[]): MachineMemory {
  const memory = new Memory({ initial: 1, maximum: mostPages, shared: true });
  let top = margin;
  const take = (bytes: number): Uint8Array => {
    const start = top;
    const end = start + bytes;
    top = Math.ceil(end / alignment) * alignment;
    const missing = Math.ceil((top + margin - memory.buffer.byteLength) / pageBytes);
    if (missing > 0) memory.grow(missing);
    return new Uint8Array(memory.buffer, start, bytes);
  };
  const sram = new Map(buffers.map(({ name, capacityBytes }) => [name, take(capacityBytes)]));
  const behindSram = top;
  return {
    sram,
    kernels: bindKernels(kernelModule(), memory),
    beginLayer() {
      top = behindSram;
    },
    allocate: take,
  };
}
