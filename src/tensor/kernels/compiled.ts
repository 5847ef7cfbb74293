import { readFileSync } from 'node:fs';
import { Instance, Memory, Module } from './webAssembly.js';

/** The functions of `assembly/tensor`, whose comments say what they do; pointers are byte addresses in the memory. */
interface TensorKernels {
  drawNormals(state: number, scale: number, count: number, out: number, doubtful: number): number;
  convolvePlanes(
    planes: number,
    offsets: number,
    taps: number,
    weights: number,
    bias: number,
    filters: number,
    positions: number,
    lists: number,
    sums: number,
  ): void;
  convolvePoint(
    inputs: number,
    taps: number,
    weights: number,
    bias: number,
    filters: number,
    sums: number,
  ): void;
}

/** Kernels and the memory that they work in. */
export interface TensorWorkspace {
  readonly kernels: TensorKernels;
  readonly buffer: SharedArrayBuffer;
}

const pageBytes = 65536;
const mostPages = 65536;

let opened: { readonly kernels: TensorKernels; readonly memory: InstanceType<typeof Memory> } | undefined;

/**
 * The process's own workspace, for one caller at a time: whatever it holds is lost when it is asked for again.
 *
 * @param bytes that the memory has at least, from address 0 on; it stays as large as it once was
 */
export function tensorWorkspace(bytes: number): TensorWorkspace {
  if (opened === undefined) {
    const memory = new Memory({ initial: 1, maximum: mostPages, shared: true });
    const module = new Module(readFileSync(new URL('kernels.wasm', import.meta.url)));
    opened = { kernels: new Instance(module, { env: { memory } }).exports as TensorKernels, memory };
  }
  const { kernels, memory } = opened;
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / pageBytes);
  if (missing > 0) memory.grow(missing);
  return { kernels, buffer: memory.buffer };
}
