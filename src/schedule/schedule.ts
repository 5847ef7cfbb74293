import type { Accelerator } from '../accelerator/accelerator.js';
import { footprint } from '../mapping/footprint.js';
import type { Footprint } from '../mapping/footprint.js';
import type { Mapping } from '../mapping/mapping.js';
import type { ConvProblem, LayerProblem } from '../mapping/problem.js';
import type { Shape } from '../network/layer.js';
import { totalBytes } from '../storage/format.js';
import type { WeightTile } from '../storage/format.js';
import { bytesOf } from '../tensor/precision.js';
import { mappedDataflow } from '../mapping/mappedDataflow.js';
import { passShape } from '../mapping/passShape.js';
import { withDecoding } from './decode.js';
import { arrayContext } from '../accelerator/arrayContext.js';
import type { ArrayContext, PassCost } from '../dataflow/pass.js';
import { createResidency } from './residency.js';
import { isEmpty, pooledBox, storedBox, storedMap } from '../mapping/storedTile.js';
import { inputPatch, outputBox, tilesInOrder } from '../mapping/tiles.js';
import type { Tile } from '../mapping/tiles.js';
import { blockTransfer, mapTransfer } from './transfer.js';
import type { Transfer } from './transfer.js';
import { poolingPassCost, vectorPassCost } from './vectorPass.js';
import { layOutWeights, weightTileKey } from './weightLayout.js';
import type { PlacedWeightTile, WeightLayout } from './weightLayout.js';

/** The slot of each tensor's buffer that a step works on; -1 where the layer has no such tensor. */
export interface StepSlots {
  readonly ifmap: number;
  readonly weight: number;
  readonly psum: number;
  readonly ofmap: number;
  /** Where a fused pooling puts its outputs. */
  readonly pooled: number;
}

/** A DMA transfer into or out of a slot. */
export interface SlotTransfer {
  readonly transfer: Transfer;
  readonly slot: number;
}

/** One iteration of the tile loops: what comes in, what the array does, what goes out. */
export interface Step {
  readonly tile: Tile;
  readonly slots: StepSlots;
  /** In DMA order. A write here is a partial-sum tile that has to make room first. */
  readonly transfersBefore: readonly SlotTransfer[];
  readonly pass: PassCost;
  /** Of a finished tile that is pooled before it leaves: the post-processor's own pass, after the array's. */
  readonly pooling?: PassCost | undefined;
  /** The finished ofmap tile, or what became of it; undefined too where no window of a fused pooling looks at the tile. */
  readonly store: SlotTransfer | undefined;
}

/** Everything that a layer does, known before its data. All three executions follow it. */
export interface Schedule {
  readonly problem: LayerProblem;
  readonly mapping: Mapping;
  readonly footprint: Footprint;
  readonly steps: readonly Step[];
  /** Convolutions only. */
  readonly weightLayout: WeightLayout | undefined;
}

/** The schedule with other costs of its passes, step by step; undefined leaves a step as it is. */
export function withPasses(schedule: Schedule, passes: ReadonlyArray<PassCost | undefined>): Schedule {
  if (passes.every((pass) => pass === undefined)) return schedule;
  return {
    ...schedule,
    steps: schedule.steps.map((step, index) => ({ ...step, pass: passes[index] ?? step.pass })),
  };
}

/** Pass costs of one problem on one accelerator, kept from one mapping to the next. */
export type PassCache = Map<string, PassCost>;

const knownPasses = new WeakMap<LayerProblem, WeakMap<Accelerator, PassCache>>();

/** Of all schedules of a problem on an accelerator that are written without a cache of their own. */
function passesOf(problem: LayerProblem, accelerator: Accelerator): PassCache {
  const ofProblem = knownPasses.get(problem) ?? new WeakMap<Accelerator, PassCache>();
  const passes: PassCache = ofProblem.get(accelerator) ?? new Map<string, PassCost>();
  knownPasses.set(problem, ofProblem.set(accelerator, passes));
  return passes;
}

/** Writes the schedule of one layer. The mapping must fit the accelerator's buffers (see `mapping/footprint`). */
export function createSchedule(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
  passes = passesOf(problem, accelerator),
): Schedule {
  const room = footprint(problem, mapping, accelerator);
  const context = arrayContext(accelerator);
  const weightLayout =
    problem.kind === 'conv' ? layOutWeights(problem, mapping, accelerator.dram.burstBytes) : undefined;
  const passCost = passCosts(problem, mapping, accelerator, context, passes);
  const poolingCost = poolingCosts(problem, context);

  const ifmaps = createResidency(room.ifmap.count);
  const weights = createResidency(room.weight?.count ?? 1);
  const psums = createResidency(room.psum?.count ?? 1);
  const ofmaps = createResidency(room.ofmap.count);
  const pooledTiles = createResidency(room.pooled?.count ?? 1);
  const psumTiles = new Map<number, Tile>();

  const steps = tilesInOrder(problem, mapping).map((tile, index): Step => {
    const before: SlotTransfer[] = [];
    let weightSlot = -1;
    let psumSlot = -1;

    if (problem.kind === 'conv' && weightLayout !== undefined) {
      if (index === 0 && weightLayout.tableBytes > 0) {
        before.push({ transfer: tableLoad(weightLayout.tableBytes), slot: -1 });
      }
      const key = weightTileKey(tile.filterStart, tile.channelStart);
      const placed = weights.place(key);
      weightSlot = placed.slot;
      if (!placed.resident) {
        before.push({ transfer: weightLoad(problem, weightLayout, key), slot: placed.slot });
      }
    }

    const ifmapPlace = ifmaps.place(ifmapKey(problem, tile));
    if (!ifmapPlace.resident) before.push({ transfer: ifmapLoad(problem, tile), slot: ifmapPlace.slot });

    const outputKey = mapKey(tile.imageStart, tile.filterStart, tile, problem.filters, problem.window.output);
    const wholeReduction = tile.firstChannels && tile.lastChannels;
    if (problem.kind === 'conv' && !wholeReduction) {
      const placed = psums.place(outputKey);
      psumSlot = placed.slot;
      const evicted = placed.evicted === undefined ? undefined : psumTiles.get(placed.evicted);
      if (evicted !== undefined)
        before.push({ transfer: psumTransfer(problem, evicted, true), slot: placed.slot });
      if (!placed.resident && !tile.firstChannels) {
        before.push({ transfer: psumTransfer(problem, tile, false), slot: placed.slot });
      }
      psumTiles.set(outputKey, tile);
      if (tile.lastChannels) psums.release(outputKey);
    }

    const ofmapSlot = tile.lastChannels ? ofmaps.place(outputKey).slot : -1;
    if (tile.lastChannels && problem.residual) {
      before.push({ transfer: ofmapTransfer(problem, tile, false), slot: ofmapSlot });
    }
    const leaves = tile.lastChannels && !isEmpty(storedBox(problem, tile));
    const isPooled = leaves && room.pooled !== undefined;
    const pooledSlot = isPooled ? pooledTiles.place(outputKey).slot : -1;
    return {
      tile,
      slots: {
        ifmap: ifmapPlace.slot,
        weight: weightSlot,
        psum: psumSlot,
        ofmap: ofmapSlot,
        pooled: pooledSlot,
      },
      transfersBefore: before,
      pass: passCost(tile),
      pooling: isPooled ? poolingCost(tile) : undefined,
      store: leaves
        ? { transfer: ofmapTransfer(problem, tile, true), slot: isPooled ? pooledSlot : ofmapSlot }
        : undefined,
    };
  });
  return { problem, mapping, footprint: room, steps, weightLayout };
}

/** Costs of passes, each shape worked out once. */
export function passCosts(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
  context: ArrayContext,
  known: PassCache,
): (tile: Tile) => PassCost {
  const ofMapping = mappingKey(mapping);
  return (tile) => {
    const key = `${ofMapping} ${passKey(problem, tile)}`;
    let cost = known.get(key);
    if (cost === undefined) {
      cost = workOutPass(problem, mapping, accelerator, context, tile);
      known.set(key, cost);
    }
    return cost;
  };
}

/** Costs of poolings, each shape worked out once: at an edge of the map some of a tile's windows lie in the padding. */
function poolingCosts(problem: LayerProblem, context: ArrayContext): (tile: Tile) => PassCost | undefined {
  const known = new Map<string, PassCost>();
  const pool = problem.kind === 'conv' ? problem.pool : undefined;
  if (pool === undefined) return () => undefined;
  return (tile) => {
    const box = pooledBox(pool, tile);
    const key = [
      box.imageCount * box.channelCount,
      box.rowStart,
      box.rowCount,
      box.columnStart,
      box.columnCount,
    ].join(' ');
    const cost = known.get(key) ?? poolingPassCost(pool, box, problem.precision, context);
    known.set(key, cost);
    return cost;
  };
}

/** What a mapping says about its passes, whatever their sizes. */
function mappingKey({ dataflow = '', phasesPerGroup, rowStationary }: Mapping): string {
  if (rowStationary === undefined) return `${dataflow} ${String(phasesPerGroup)}`;
  const { e, p, q, r, t } = rowStationary;
  return [dataflow, phasesPerGroup, e, p, q, r, t].join(' ');
}

/** Equal keys mean equal passes: periodic supports repeat, so only the phase of a tile's start matters. */
function passKey(problem: LayerProblem, tile: Tile): string {
  if (problem.kind === 'vector')
    return `${String(tile.imageCount * tile.rowCount * tile.columnCount)} ${String(tile.filterCount)}`;
  const { repeats } = problem.storage;
  const { imageCount, rowCount, columnCount, filterCount, channelCount, firstChannels, lastChannels } = tile;
  return (
    `${imageCount} ${rowCount} ${columnCount} ${filterCount} ${channelCount} ` +
    `${tile.filterStart % repeats} ${tile.channelStart % repeats} ${firstChannels} ${lastChannels}`
  );
}

function workOutPass(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
  context: ArrayContext,
  tile: Tile,
): PassCost {
  if (problem.kind === 'vector') {
    const outputs = tile.imageCount * tile.filterCount * tile.rowCount * tile.columnCount;
    return vectorPassCost(problem, outputs, context);
  }
  const shape = passShape(problem, mapping, tile);
  const dataflow = mappedDataflow(accelerator, mapping);
  return withDecoding(dataflow.passCost(shape, context), problem, shape, dataflow, context);
}

function ifmapKey(problem: LayerProblem, tile: Tile): number {
  const { output } = problem.window;
  if (problem.kind === 'vector')
    return mapKey(tile.imageStart, tile.filterStart, tile, problem.filters, output);
  const { groups, channelsPerGroup } = problem;
  const channel = tile.group * channelsPerGroup + tile.channelStart;
  return mapKey(tile.imageStart, channel, tile, groups * channelsPerGroup, output);
}

/** A number for each place where a tile of maps may begin; its row and column are those of the output. */
function mapKey(
  image: number,
  channel: number,
  { rowStart, columnStart }: Tile,
  channels: number,
  { height, width }: Shape,
): number {
  return ((image * channels + channel) * height + rowStart) * width + columnStart;
}

function tableLoad(bytes: number): Transfer {
  return blockTransfer('index', 'table', false, 0, bytes, bytes);
}

function weightLoad(problem: ConvProblem, layout: WeightLayout, key: number): Transfer {
  const placed = layout.tiles.get(key);
  if (placed === undefined) throw new Error(`no weight tile ${key} in layer ${problem.name}`);
  const { tile, offset, size } = placed;
  const values = problem.storage.valueCount(tile);
  const indexBytes = size.positionBytes + size.pointerBytes;
  return blockTransfer('weight', 'weights', false, offset, totalBytes(size), values, indexBytes);
}

function ifmapLoad(problem: LayerProblem, tile: Tile): Transfer {
  const patch = inputPatch(problem, tile);
  const { box } = patch;
  const zeroFill =
    box.imageCount * box.channelCount * (patch.height * patch.width - box.rowCount * box.columnCount);
  return mapTransfer(
    'ifmap',
    'input',
    false,
    problem.layout,
    box,
    problem.window.input,
    bytesOf(problem.precision),
    zeroFill,
  );
}

function psumTransfer(problem: LayerProblem, tile: Tile, write: boolean): Transfer {
  const { layout, window } = problem;
  const bytes = bytesOf(problem.accumulator);
  return mapTransfer('psum', 'psum', write, layout, outputBox(tile), window.output, bytes, 0);
}

/** What becomes of the finished tile, or the residual that lies where the finished tile will. */
function ofmapTransfer(problem: LayerProblem, tile: Tile, write: boolean): Transfer {
  const { layout, window } = problem;
  const bytes = bytesOf(problem.precision);
  return write
    ? mapTransfer('ofmap', 'output', true, layout, storedBox(problem, tile), storedMap(problem), bytes, 0)
    : mapTransfer('ifmap', 'residual', false, layout, outputBox(tile), window.output, bytes, 0);
}

/** Where a schedule has put a tile's weights. */
export function placedWeightTile({ weightLayout, problem }: Schedule, tile: WeightTile): PlacedWeightTile {
  const placed = weightLayout?.tiles.get(weightTileKey(tile.filterStart, tile.channelStart));
  if (placed === undefined) throw new Error(`layer ${problem.name} has no such weight tile`);
  return placed;
}
