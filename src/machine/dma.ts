import { forEachRun } from '../mapping/runs.js';
import type { Patch } from '../mapping/tiles.js';
import type { Shape } from '../network/layer.js';
import type { Transfer } from '../schedule/transfer.js';

/** Copies the runs of a transfer from DRAM to the start of `buffer`, one after another. */
export function load(transfer: Transfer, dram: Uint8Array, buffer: Uint8Array): void {
  let at = 0;
  forEachRun(transfer.runs, (start, bytes) => {
    buffer.set(dram.subarray(start, start + bytes), at);
    at += bytes;
  });
}

/** Copies bytes from the start of `buffer` to the runs of a transfer in DRAM. */
export function store(transfer: Transfer, buffer: Uint8Array, dram: Uint8Array): void {
  let at = 0;
  forEachRun(transfer.runs, (start, bytes) => {
    dram.set(buffer.subarray(at, at + bytes), start);
    at += bytes;
  });
}

/** Copies an input patch from DRAM, where its maps lie as NCHW, a row at a time, into a buffer where its padding lies around it as zeros, image after image. */
export function loadPatch(
  patch: Patch,
  map: Shape,
  elementBytes: number,
  dram: Uint8Array,
  buffer: Uint8Array,
): void {
  const { box, height, width, padTop, padLeft } = patch;
  const rowBytes = box.columnCount * elementBytes;
  const isPadded = height !== box.rowCount || width !== box.columnCount;
  const maps = box.imageCount * box.channelCount;
  if (isPadded) buffer.fill(0, 0, maps * height * width * elementBytes);
  if (rowBytes === 0) return;
  for (let at = 0; at < maps; at++) {
    const image = box.imageStart + Math.floor(at / box.channelCount);
    const channel = image * map.channels + box.channelStart + (at % box.channelCount);
    for (let row = 0; row < box.rowCount; row++) {
      const from = ((channel * map.height + box.rowStart + row) * map.width + box.columnStart) * elementBytes;
      const to = ((at * height + padTop + row) * width + padLeft) * elementBytes;
      buffer.set(dram.subarray(from, from + rowBytes), to);
    }
  }
}
