import type { Accelerator } from '../accelerator/accelerator.js';
import { arrayContext } from '../accelerator/arrayContext.js';
import { cutInto, each, tripsOf } from '../dataflow/passLoops.js';
import type { LoopPart, LoopPlace, PassLoop } from '../dataflow/passLoops.js';
import { mappedDataflow } from '../mapping/mappedDataflow.js';
import { mappedTensors } from '../mapping/mapping.js';
import type { MappedTensor } from '../mapping/mapping.js';
import { passShape } from '../mapping/passShape.js';
import { wholeTile } from '../mapping/problem.js';
import type { ConvProblem } from '../mapping/problem.js';
import type { Tile } from '../mapping/tiles.js';
import type { Schedule } from '../schedule/schedule.js';

/** A loop as it is printed: what it runs through, where its iterations are, and how many of which size there are. */
export interface NestLoop {
  readonly over: string;
  readonly place: LoopPlace;
  readonly trips: number;
  readonly parts: readonly LoopPart[];
  readonly remark?: string;
}

/** Tiles of a tensor in a buffer. */
export interface HeldTile {
  readonly tensor: MappedTensor;
  readonly buffer: string;
  readonly slots: number;
  /** Of a slot, rounded up to whole 8-byte words. */
  readonly slotBytes: number;
  readonly capacityBytes: number;
  /** Share of the buffer that all slots of the tensor take, 0 to 1. */
  readonly share: number;
  /** The finished ofmap tile takes the place of its partial sums. */
  readonly inPlace: boolean;
}

export interface NestLevel {
  readonly name: 'DRAM' | 'buffers' | 'array' | 'PE' | 'post-processor';
  /** From the outside in. */
  readonly loops: readonly NestLoop[];
  /** Of the level `buffers`. */
  readonly held?: readonly HeldTile[];
}

/** A mapping as loops, from DRAM to the MAC units. What is inside the array is that of the first pass that uses most PEs. */
export interface LoopNest {
  /** Absent for layers without weights. */
  readonly dataflow?: string;
  readonly levels: readonly NestLevel[];
  /** PEs that the spatial loops use, where the dataflow says its loops. */
  readonly pes?: { readonly used: number; readonly rows: number; readonly columns: number };
}

/** The loop nest of a schedule. */
export function loopNestOf(schedule: Schedule, accelerator: Accelerator): LoopNest {
  const { problem, mapping } = schedule;
  const outer: NestLevel[] = [
    { name: 'DRAM', loops: tileLoops(schedule) },
    { name: 'buffers', loops: [], held: heldTiles(schedule) },
  ];
  if (problem.kind === 'vector') {
    const outputs = outputsOf(schedule.steps[0].tile);
    const { lanes } = accelerator.postProcessor;
    const { kernelHeight, kernelWidth } = problem.window;
    const loops = [
      loop('outputs', 'time', cutInto(outputs, lanes)),
      loop('outputs', 'lanes', each(Math.min(outputs, lanes))),
      loop('window elements', 'time', each(kernelHeight * kernelWidth)),
    ];
    return { levels: [...outer, { name: 'post-processor', loops }] };
  }
  const { name: dataflow } = mappedDataflow(accelerator, mapping);
  const loops = passLoops(problem, schedule, accelerator);
  if (loops.length === 0) return { dataflow, levels: outer };
  const { rows, columns } = accelerator.array;
  return {
    dataflow,
    levels: [
      ...outer,
      { name: 'array', loops: loops.filter(({ inPe }) => inPe !== true).map(nestLoop) },
      { name: 'PE', loops: loops.filter(({ inPe }) => inPe === true).map(nestLoop) },
    ],
    pes: { used: pesOf(loops), rows, columns },
  };
}

function outputsOf({ imageCount, filterCount, rowCount, columnCount }: Tile): number {
  return imageCount * filterCount * rowCount * columnCount;
}

function loop(over: string, place: LoopPlace, parts: readonly LoopPart[]): NestLoop {
  return { over, place, trips: tripsOf(parts), parts };
}

function nestLoop({ over, place, parts, remark }: PassLoop): NestLoop {
  return { ...loop(over, place, parts), ...(remark !== undefined && { remark }) };
}

/** The loops over tiles, the layer's groups outermost where it has several. */
function tileLoops({ problem, mapping }: Schedule): NestLoop[] {
  const whole = wholeTile(problem);
  const groups = problem.kind === 'conv' ? problem.groups : 1;
  return [
    ...(groups > 1 ? [loop('groups', 'time', each(groups))] : []),
    ...mapping.order.map((name) => loop(name, 'time', cutInto(whole[name], mapping.tile[name]))),
  ];
}

function heldTiles({ footprint }: Schedule): HeldTile[] {
  return mappedTensors.flatMap((tensor): HeldTile[] => {
    const slots = footprint[tensor];
    if (slots === undefined) return [];
    const { buffer, count, slotBytes } = slots;
    const { name, capacityBytes } = buffer;
    const inPlace = tensor === 'ofmap' && footprint.ofmapInPlace;
    const share = inPlace ? 0 : (count * slotBytes) / capacityBytes;
    return [{ tensor, buffer: name, slots: count, slotBytes, capacityBytes, share, inPlace }];
  });
}

/** Of the pass that uses most PEs; none where the dataflow does not say them. */
function passLoops(
  problem: ConvProblem,
  { mapping, steps }: Schedule,
  accelerator: Accelerator,
): readonly PassLoop[] {
  const busiest = steps.reduce((most, step) => (step.pass.activePes > most.pass.activePes ? step : most));
  const shape = passShape(problem, mapping, busiest.tile);
  return mappedDataflow(accelerator, mapping).loopsOf?.(shape, arrayContext(accelerator)) ?? [];
}

/** A loop without iterations, over the taps of filters that have none, still takes a PE. */
function pesOf(loops: readonly PassLoop[]): number {
  return loops
    .filter(({ place }) => place === 'rows' || place === 'columns' || place === 'array')
    .reduce((product, { parts }) => product * Math.max(1, tripsOf(parts)), 1);
}
