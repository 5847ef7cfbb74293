import type { MapBox } from '../mapping/runs.js';
import { forEachUnitRun, unitElements, unitsUnder } from './compressedMap.js';
import type { CompressedMap } from './compressedMap.js';
import type { Transfer } from './transfer.js';

/** A transfer of a part of a compressed map, as it goes over the bus: its pointers, and the units themselves. */
export interface CompressedTransfer {
  readonly pointers: Transfer;
  readonly units: Transfer;
  readonly entries: number;
  readonly maskBits: number;
}

/** What `transfer` is when the map that it reads or writes lies compressed in DRAM. */
export function compressedTransfer(transfer: Transfer, box: MapBox, map: CompressedMap): CompressedTransfer {
  const { layout, pointers } = map;
  const pointerPieces: Array<[number, number]> = [];
  const unitPieces: Array<[number, number]> = [];
  let pointerBytes = 0;
  let unitBytes = 0;
  let entries = 0;
  let maskBits = 0;
  for (const range of unitsUnder(layout, box)) {
    forEachUnitRun(range, (first, units) => {
      const bytes = pointers[first + units] - pointers[first];
      unitPieces.push([range.tile.offset + pointers[first], bytes]);
      unitBytes += bytes;
      pointerPieces.push([first * layout.pointerBytes, (units + 1) * layout.pointerBytes]);
      pointerBytes += (units + 1) * layout.pointerBytes;
      for (let unit = 0; unit < units; unit++) {
        const inTile = first - range.tile.firstPointer + unit;
        const work = layout.format.work(
          unitElements(range.tile, inTile % range.tile.unitsPerChannel),
          pointers[first + unit + 1] - pointers[first + unit],
          layout.precision,
        );
        entries += work.entries;
        maskBits += work.maskBits;
      }
    });
  }
  const { tensor, write } = transfer;
  return {
    pointers: {
      tensor: 'index',
      region: 'pointers',
      write,
      runs: [],
      elements: pointerBytes,
      bytes: pointerBytes,
      pieces: pointerPieces,
      zeroFillElements: 0,
    },
    units: {
      tensor,
      region: transfer.region,
      write,
      runs: [],
      elements: transfer.elements,
      bytes: unitBytes,
      pieces: unitPieces,
      zeroFillElements: 0,
    },
    entries,
    maskBits,
  };
}
