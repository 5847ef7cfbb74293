import type { BufferSpec } from '../accelerator/accelerator.js';
import type { KernelName } from '../scenario/execution.js';
import { bindKernels, kernelModule } from './kernels/compiled.js';
import type { CompiledKernels } from './kernels/compiled.js';
import { startKernelThreads } from './kernels/threads.js';
import type { KernelThreads } from './kernels/threads.js';
import { Memory } from '../tensor/kernels/webAssembly.js';

/** The bytes that a simulated machine works on. */
export interface MachineMemory {
  /** SRAM by buffer: as many bytes as the accelerator's buffers have, and not one more. */
  readonly sram: ReadonlyMap<string, Uint8Array>;
  /** Kernels that work in this memory, addressed by `byteOffset`; undefined where plain TypeScript does their work. */
  readonly kernels: CompiledKernels | undefined;
  /** Threads that take parts of the kernels' work; undefined where there is but this one. */
  readonly threads: KernelThreads | undefined;
  /** As of `MemoryOptions`. */
  readonly fewestSharedProducts: number;
  /** Gives up the room that the layer before had. What lies in SRAM stays. */
  beginLayer(): void;
  /**
   * Room on a multiple of 16 bytes until the next layer begins, for DRAM regions and what kernels need beside. Holds anything.
   */
  allocate(bytes: number): Uint8Array;
  /** Ends the threads, if there are any. */
  close(): Promise<void>;
}

interface MemoryOptions {
  /** Whose memory it is to be; `simd` unless given. */
  readonly kernel?: KernelName;
  /** How many threads are to work in it, this one included, where kernels are compiled; 1 unless given. */
  readonly threads?: number;
  /** Passes of fewer products, zeros included, are not shared: they are over before another thread has begun. */
  readonly fewestSharedProducts?: number;
}

/** Memory of a machine with some buffers. It is to be closed where it has threads. */
export function createMemory(
  buffers: readonly BufferSpec[],
  { kernel = 'simd', threads = 1, fewestSharedProducts = 40_000 }: MemoryOptions = {},
): MachineMemory {
  if (kernel === 'scalar') return plainMemory(buffers);
  return sharedMemory(buffers, threads, fewestSharedProducts);
}

function plainMemory(buffers: readonly BufferSpec[]): MachineMemory {
  return {
    sram: new Map(buffers.map(({ name, capacityBytes }) => [name, new Uint8Array(capacityBytes)])),
    kernels: undefined,
    threads: undefined,
    fewestSharedProducts: Infinity,
    beginLayer: () => undefined,
    allocate: (bytes) => new Uint8Array(bytes),
    close: () => Promise.resolve(),
  };
}

const pageBytes = 65536;
const firstPages = 1024;
const mostPages = 65536;
const alignment = 16;
/** Kernels load whole vectors, of which some lanes may lie before the first byte that they were told of, or behind the last. */
const margin = 256;

/** SRAM at the beginning, what a layer asks for behind it; grows as it has to, and views of it stay valid. */
function sharedMemory(
  buffers: readonly BufferSpec[],
  threadCount: number,
  fewestSharedProducts: number,
): MachineMemory {
  // Few networks need more, and what is not used is not there.
  const memory = new Memory({ initial: firstPages, maximum: mostPages, shared: true });
  let threads: KernelThreads | undefined;
  let top = margin;
  const take = (bytes: number): Uint8Array => {
    const start = top;
    const end = start + bytes;
    top = Math.ceil(end / alignment) * alignment;
    const missing = Math.ceil((top + margin - memory.buffer.byteLength) / pageBytes);
    if (missing > 0) {
      memory.grow(missing);
      threads?.renew();
    }
    return new Uint8Array(memory.buffer, start, bytes);
  };
  const sram = new Map(buffers.map(({ name, capacityBytes }) => [name, take(capacityBytes)]));
  const behindSram = top;
  const module = kernelModule();
  if (threadCount > 1) threads = startKernelThreads(threadCount, module, memory);
  return {
    sram,
    kernels: bindKernels(module, memory),
    threads,
    fewestSharedProducts,
    beginLayer() {
      top = behindSram;
    },
    allocate: take,
    close: async () => {
      await threads?.close();
    },
  };
}
