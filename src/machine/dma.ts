import { forEachRun } from '../mapping/runs.js';
import type { Runs } from '../mapping/runs.js';
import type { Patch } from '../mapping/tiles.js';
import type { Shape } from '../network/layer.js';
import type { Transfer } from '../schedule/transfer.js';
import type { CompiledKernels } from './kernels/compiled.js';
import type { KernelThreads } from './kernels/threads.js';
import type { MachineMemory } from './memory.js';

/** How bytes get from DRAM regions, or maps that stay on chip, to slots and back. */
export interface ByteMover {
  /** Copies the runs of a transfer from DRAM to the start of `buffer`, one after another. */
  load(transfer: Transfer, dram: Uint8Array, buffer: Uint8Array): void;
  /** Copies bytes from the start of `buffer` to the runs of a transfer in DRAM. */
  store(transfer: Transfer, buffer: Uint8Array, dram: Uint8Array): void;
  /**
   * Copies an input patch from DRAM, where its maps lie as NCHW, a row at a time, into a buffer where its padding lies around it as zeros,
   * image after image.
   */
  loadPatch(patch: Patch, map: Shape, elementBytes: number, dram: Uint8Array, buffer: Uint8Array): void;
}

/** What moves bytes in a memory; regions of DRAM that lie elsewhere, as weights do, are moved all the same. */
export function createByteMover({ kernels, threads }: MachineMemory): ByteMover {
  return kernels === undefined ? plainMover : compiledMover(kernels, threads);
}

/** In plain TypeScript, wherever the bytes lie. */
export const plainMover: ByteMover = {
  load(transfer, dram, buffer) {
    let at = 0;
    forEachRun(transfer.runs, (start, bytes) => {
      buffer.set(dram.subarray(start, start + bytes), at);
      at += bytes;
    });
  },
  store(transfer, buffer, dram) {
    let at = 0;
    forEachRun(transfer.runs, (start, bytes) => {
      dram.set(buffer.subarray(at, at + bytes), start);
      at += bytes;
    });
  },
  loadPatch({ box, height, width, padTop, padLeft }, map, elementBytes, dram, buffer) {
    const rowBytes = box.columnCount * elementBytes;
    const isPadded = height !== box.rowCount || width !== box.columnCount;
    const maps = box.imageCount * box.channelCount;
    if (isPadded) buffer.fill(0, 0, maps * height * width * elementBytes);
    if (rowBytes === 0) return;
    for (let at = 0; at < maps; at++) {
      const image = box.imageStart + Math.floor(at / box.channelCount);
      const channel = image * map.channels + box.channelStart + (at % box.channelCount);
      for (let row = 0; row < box.rowCount; row++) {
        const from =
          ((channel * map.height + box.rowStart + row) * map.width + box.columnStart) * elementBytes;
        const to = ((at * height + padTop + row) * width + padLeft) * elementBytes;
        buffer.set(dram.subarray(from, from + rowBytes), to);
      }
    }
  },
};

function compiledMover(kernels: CompiledKernels, threads: KernelThreads | undefined): ByteMover {
  const isWithin = (dram: Uint8Array, buffer: Uint8Array): boolean =>
    dram.buffer instanceof SharedArrayBuffer && buffer.buffer instanceof SharedArrayBuffer;
  return {
    load(transfer, dram, buffer) {
      if (!isWithin(dram, buffer)) {
        plainMover.load(transfer, dram, buffer);
        return;
      }
      let to = buffer.byteOffset;
      for (const runs of transfer.runs) {
        kernels.gatherRuns(
          dram.byteOffset + runs.offset,
          runs.imageCount,
          runs.imagePitch,
          runs.outerCount,
          runs.outerPitch,
          runs.innerCount,
          runs.innerPitch,
          runs.runBytes,
          to,
        );
        to += bytesOfRuns(runs);
      }
    },
    store(transfer, buffer, dram) {
      if (!isWithin(dram, buffer)) {
        plainMover.store(transfer, buffer, dram);
        return;
      }
      let from = buffer.byteOffset;
      for (const runs of transfer.runs) {
        kernels.scatterRuns(
          from,
          dram.byteOffset + runs.offset,
          runs.imageCount,
          runs.imagePitch,
          runs.outerCount,
          runs.outerPitch,
          runs.innerCount,
          runs.innerPitch,
          runs.runBytes,
        );
        from += bytesOfRuns(runs);
      }
    },
    loadPatch(patch, map, elementBytes, dram, buffer) {
      if (!isWithin(dram, buffer)) {
        plainMover.loadPatch(patch, map, elementBytes, dram, buffer);
        return;
      }
      const { box, height, width, padTop, padLeft } = patch;
      if (box.rowCount === 0 || box.columnCount === 0) {
        // Nothing but padding, which then begins anywhere.
        buffer.fill(0, 0, box.imageCount * box.channelCount * height * width * elementBytes);
        return;
      }
      const rowPitch = map.width * elementBytes;
      const channelPitch = map.height * rowPitch;
      const imagePitch = map.channels * channelPitch;
      const first =
        box.imageStart * imagePitch +
        box.channelStart * channelPitch +
        box.rowStart * rowPitch +
        box.columnStart * elementBytes;
      const rowBytes = box.columnCount * elementBytes;
      const patchWidth = width * elementBytes;
      const { imageCount, channelCount, rowCount } = box;
      const isShared =
        threads?.isBusy === false &&
        imageCount === 1 &&
        channelCount * rowCount * rowBytes >= fewestSharedBytes;
      const parts = isShared ? Math.min(threads.count, channelCount) : 1;
      for (let part = parts - 1; part >= 0; part--) {
        const channel = Math.floor((channelCount * part) / parts);
        const channels = Math.floor((channelCount * (part + 1)) / parts) - channel;
        const from = dram.byteOffset + first + channel * channelPitch;
        const to = buffer.byteOffset + channel * height * patchWidth;
        const args = [
          from,
          imageCount,
          imagePitch,
          channels,
          channelPitch,
          rowCount,
          rowPitch,
          rowBytes,
          to,
          height,
          patchWidth,
          padTop,
          padLeft * elementBytes,
        ] as const;
        if (part > 0) threads?.begin(part, 'loadPatch', ...args);
        else kernels.loadPatch(...args);
      }
      if (parts > 1) threads?.finish();
    },
  };
}

/** Fewer are there before another thread has begun. */
const fewestSharedBytes = 16_384;

function bytesOfRuns({ imageCount, outerCount, innerCount, runBytes }: Runs): number {
  return imageCount * outerCount * innerCount * runBytes;
}
