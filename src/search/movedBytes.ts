import type { Accelerator } from '../accelerator/accelerator.js';
import type { LayerProblem } from '../mapping/problem.js';
import { wholeTile } from '../mapping/problem.js';
import { storedMap } from '../mapping/storedTile.js';
import { bytesOf } from '../tensor/precision.js';
import type { EnergyRates } from './energyRates.js';
import type { Placement } from './placements.js';
import { ifmap, ofmap, psum, weight } from './tilings.js';
import type { Tiling } from './tilings.js';

/** Bytes that a mapping moves at least, between DRAM and buffers. One object stands for all mappings in turn. */
export interface MovedBytes {
  read: number;
  written: number;
  /** Before the first pass can begin, and after the last one has ended. */
  first: number;
  last: number;
  /** While no pass can run, the first and the last aside. */
  between: number;
  /** Of `between`, at most: while a finished tile is pooled, which needs the operands of its pass no more. */
  besidePooling: number;
  /** Whether some pass has to wait for the DRAM, or the layer's end after the last one. */
  isWaitedFor: boolean;
  /** What filling and emptying the buffers costs, and the DMA, in pJ. */
  fillPj: number;
  /** Of `read`: the bytes of all ifmap tiles, and how often they are loaded; of `written`: those of the ofmap. 0 where these stay on chip. */
  ifmapOnce: number;
  ifmapLoads: number;
  ofmap: number;
}

/**
 * Bytes that mappings of a layer move. Sums over tiles are products of sums over loops.
 *
 * The controller of a command-level DRAM merges requests for the same burst that wait at the same time, and answers reads from writes
 * that wait: so many bytes of each transfer as its queues hold are left out where another transfer moves the same ones.
 */
export function movedBytesOf(
  problem: LayerProblem,
  { dram }: Accelerator,
): (tiling: Tiling, placement: Placement | undefined, rates: EnergyRates | undefined) => MovedBytes {
  const whole = wholeTile(problem);
  const elementBytes = bytesOf(problem.precision);
  const groups = problem.kind === 'conv' ? problem.groups : 1;
  const maps = whole.images * groups * (problem.kind === 'conv' ? whole.channels : whole.filters);
  const outputs = whole.images * groups * whole.filters * whole.rows * whole.columns;
  const outputBytes = outputs * elementBytes;
  const stored = storedMap(problem);
  const storedBytes = whole.images * groups * whole.filters * stored.height * stored.width * elementBytes;
  const isPooled = problem.kind === 'conv' && problem.pool !== undefined;
  const psumBytes = outputs * bytesOf(problem.accumulator);
  const tableBytes = problem.kind === 'conv' ? problem.storage.table.length : 0;
  const { kept } = problem;
  const inDram = {
    input: kept?.input === undefined,
    residual: problem.residual && kept?.residual === undefined,
    output: kept?.output === undefined,
  };
  const waiting =
    dram.kind === 'flat' ? 0 : 2 * dram.controller.window * dram.controller.channels * dram.burstBytes;
  const moved: MovedBytes = {
    read: 0,
    written: 0,
    first: 0,
    last: 0,
    between: 0,
    besidePooling: 0,
    isWaitedFor: false,
    fillPj: 0,
    ifmapOnce: 0,
    ifmapLoads: 1,
    ofmap: 0,
  };

  return (tiling, placement, rates) => {
    const { images, filters, channels, rows, columns, tiles, slotBytes, weight: weights } = tiling;
    const ifmapLoads = placement?.ifmapLoads ?? 1;
    const weightLoads = placement?.weightLoads ?? 1;
    const ifmapOnce = maps * rows.input * columns.input * elementBytes;
    const distinct = maps * rows.distinctInput * columns.distinctInput * elementBytes;
    const ifmapBytes = ifmapOnce * ifmapLoads;
    const ifmapRead = inDram.input ? Math.max(distinct, ifmapBytes - tiles[ifmap] * ifmapLoads * waiting) : 0;
    const weightOnce = weights === undefined ? 0 : weights.bursts * dram.burstBytes;
    const weightRead = Math.max(weightOnce, weightOnce * weightLoads - tiles[weight] * weightLoads * waiting);
    let psumsWritten = 0;
    let psumsRead = 0;
    if (placement !== undefined && placement.spilled > 0) {
      const sweeps = tiles[ofmap] / placement.spilled;
      const rounds = channels.trips - 1;
      psumsWritten = Math.max(0, rounds * psumBytes - sweeps * placement.slots[psum] * slotBytes[psum]);
      psumsRead = Math.max(0, psumsWritten - tiles[ofmap] * rounds * waiting);
    }
    moved.read = ifmapRead + weightRead + tableBytes + (inDram.residual ? outputBytes : 0) + psumsRead;
    moved.ofmap = inDram.output ? storedBytes : 0;
    moved.written = moved.ofmap + psumsWritten;
    moved.ifmapOnce = inDram.input ? ifmapOnce : 0;
    moved.ifmapLoads = ifmapLoads;

    const ifmapChannels = problem.kind === 'conv' ? channels.size : filters.size;
    const firstIfmap = inDram.input
      ? images.size * ifmapChannels * rows.firstInput * columns.firstInput * elementBytes
      : 0;
    const firstWeight = weights?.firstBytes ?? 0;
    moved.first = firstIfmap + firstWeight + (weights === undefined ? 0 : tableBytes);
    moved.last =
      inDram.output && !isPooled ? images.last * filters.last * rows.last * columns.last * elementBytes : 0;
    moved.between = 0;
    if (placement !== undefined) {
      const { slots } = placement;
      if (slots[ifmap] === 1) moved.between += Math.max(0, ifmapRead - firstIfmap);
      if (slots[weight] === 1) moved.between += Math.max(0, weightRead - waiting - firstWeight);
      // A command-level DRAM takes writes over before they are done.
      if (dram.kind === 'flat' && slots[ofmap] === 1 && channels.trips === 1 && inDram.output && !isPooled)
        moved.between += storedBytes - moved.last;
    }
    moved.besidePooling = 0;
    if (isPooled && placement !== undefined) {
      const { slots } = placement;
      const behindEach =
        (slots[ifmap] === 1 ? slotBytes[ifmap] : 0) +
        (slots[weight] === 1 ? slotBytes[weight] + dram.burstBytes : 0);
      moved.besidePooling = Math.min(moved.between, tiles[ofmap] * behindEach);
    }
    // A residual comes in before the pass that completes its tile, which is the first one where no sums are partial.
    const isResidualFirst = inDram.residual && channels.trips === 1;
    moved.isWaitedFor = moved.first + moved.between + moved.last > 0 || isResidualFirst;
    if (rates !== undefined) {
      const { fillPerByte, storePerByte, perByteMoved } = rates;
      const weightBytes = weights === undefined ? 0 : weights.bytes * weightLoads;
      const padded = maps * rows.inputPadded * columns.inputPadded * elementBytes * ifmapLoads;
      moved.fillPj =
        padded * fillPerByte.ifmap +
        weightBytes * fillPerByte.weight +
        (problem.residual ? outputBytes * fillPerByte.ofmap : 0) +
        storedBytes * storePerByte.ofmap +
        psumsWritten * (storePerByte.psum + fillPerByte.psum + perByteMoved) +
        ((inDram.input ? ifmapBytes : 0) +
          weightBytes +
          tableBytes +
          (inDram.residual ? outputBytes : 0) +
          (inDram.output ? storedBytes : 0)) *
          perByteMoved;
    }
    return moved;
  };
}
