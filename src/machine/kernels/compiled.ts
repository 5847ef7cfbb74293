import { readFileSync } from 'node:fs';
import { Instance, Module } from '../../tensor/kernels/webAssembly.js';
import type { SharedWasmMemory, WasmModule } from '../../tensor/kernels/webAssembly.js';

/** A range of 8-position blocks and one of filter groups, and the address of room for a block's columns. */
type RunPass = (
  job: number,
  firstBlock: number,
  endBlock: number,
  firstGroup: number,
  endGroup: number,
  columns: number,
) => void;

/** The functions of `assembly/`, whose comments say what they do; pointers are byte addresses in the memory. */
export interface CompiledKernels {
  readonly passIntegers: RunPass;
  readonly passWide: RunPass;
  readonly passFloats: RunPass;
  passFewPositions(
    job: number,
    firstGroup: number,
    endGroup: number,
    columns: number,
    weightBytes: number,
    gathered: number,
  ): void;
  vectorTile(
    elementBytes: number,
    ifmap: number,
    channels: number,
    patchHeight: number,
    patchWidth: number,
    top: number,
    bottom: number,
    left: number,
    right: number,
    kernelHeight: number,
    kernelWidth: number,
    strideRows: number,
    strideColumns: number,
    rows: number,
    columns: number,
    isMaximum: boolean,
    hasOther: boolean,
    multiplier: number,
    otherMultiplier: number,
    scale: number,
    least: number,
    most: number,
    ofmap: number,
  ): void;
  widenWeights(from: number, count: number, to: number): void;
  splitWeights(from: number, count: number, weightBytes: number, to: number, highHalves: number): void;
  gatherRuns(
    from: number,
    images: number,
    imagePitch: number,
    outers: number,
    outerPitch: number,
    inners: number,
    innerPitch: number,
    runBytes: number,
    to: number,
  ): void;
  scatterRuns(
    from: number,
    to: number,
    images: number,
    imagePitch: number,
    outers: number,
    outerPitch: number,
    inners: number,
    innerPitch: number,
    runBytes: number,
  ): void;
  loadPatch(
    from: number,
    images: number,
    imagePitch: number,
    channels: number,
    channelPitch: number,
    rows: number,
    rowPitch: number,
    rowBytes: number,
    to: number,
    height: number,
    width: number,
    padTop: number,
    padLeft: number,
  ): void;
}

let compiled: WasmModule | undefined;

/** The kernels as code, compiled once per process. */
export function kernelModule(): WasmModule {
  compiled ??= new Module(readFileSync(new URL('kernels.wasm', import.meta.url)));
  return compiled;
}

/** The kernels at work in a memory. */
export function bindKernels(module: WasmModule, memory: SharedWasmMemory): CompiledKernels {
  return new Instance(module, { env: { memory } }).exports as CompiledKernels;
}
