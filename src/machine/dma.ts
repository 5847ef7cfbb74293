import type { Patch } from '../mapping/tiles.js';
import type { Transfer } from '../schedule/transfer.js';

/** Copies the runs of a transfer from DRAM to the start of `buffer`, one after another. */
export function load(transfer: Transfer, dram: Uint8Array, buffer: Uint8Array): void {
  forEachRun(transfer, (offset, at) => {
    buffer.set(dram.subarray(offset, offset + transfer.runBytes), at);
  });
}

/** Copies bytes from the start of `buffer` to the runs of a transfer in DRAM. */
export function store(transfer: Transfer, buffer: Uint8Array, dram: Uint8Array): void {
  forEachRun(transfer, (offset, at) => {
    dram.set(buffer.subarray(at, at + transfer.runBytes), offset);
  });
}

function forEachRun(transfer: Transfer, move: (offset: number, at: number) => void): void {
  let at = 0;
  for (let outer = 0; outer < transfer.outerCount; outer++) {
    for (let inner = 0; inner < transfer.innerCount; inner++) {
      move(transfer.offset + outer * transfer.outerPitch + inner * transfer.innerPitch, at);
      at += transfer.runBytes;
    }
  }
}

/** Copies an input patch from DRAM, a row at a time, into a buffer where its padding lies around it as zeros. */
export function loadPatch(
  patch: Patch,
  map: { readonly height: number; readonly width: number },
  elementBytes: number,
  dram: Uint8Array,
  buffer: Uint8Array,
): void {
  const { box, height, width, padTop, padLeft } = patch;
  const rowBytes = box.columnCount * elementBytes;
  const isPadded = height !== box.rowCount || width !== box.columnCount;
  if (isPadded) buffer.fill(0, 0, box.channelCount * height * width * elementBytes);
  if (rowBytes === 0) return;
  for (let channel = 0; channel < box.channelCount; channel++) {
    for (let row = 0; row < box.rowCount; row++) {
      const from =
        (((box.channelStart + channel) * map.height + box.rowStart + row) * map.width + box.columnStart) *
        elementBytes;
      const to = ((channel * height + padTop + row) * width + padLeft) * elementBytes;
      buffer.set(dram.subarray(from, from + rowBytes), to);
    }
  }
}
