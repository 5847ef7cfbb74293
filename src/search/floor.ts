import type { Accelerator } from '../accelerator/accelerator.js';
import type { EnergyModel } from '../energy/evaluate.js';
import type { Mapping } from '../mapping/mapping.js';
import { phaseGroupings } from '../mapping/phaseGroupings.js';
import type { LayerProblem } from '../mapping/problem.js';
import type { Layer } from '../network/layer.js';
import type { MappingObjective } from '../scenario/objective.js';
import { energyRates } from './energyRates.js';
import type { EnergyRates } from './energyRates.js';
import { leastCyclesOf } from './leastCycles.js';
import { leastWork, registersOfAll } from './leastWork.js';
import type { LeastWork } from './leastWork.js';
import { movedBytesOf } from './movedBytes.js';
import type { MovedBytes } from './movedBytes.js';
import { needsEnergy, valueOf } from '../scenario/objective.js';
import type { ObjectiveSums } from '../scenario/objective.js';
import { dataflowsOf } from './space.js';
import type { MappingSpace } from './space.js';
import { createPlacements } from './placements.js';
import { forEachTiling, shapeOf } from './tilings.js';

/** A layer and what its mappings are judged by. */
export interface SearchProblem {
  readonly problem: LayerProblem;
  readonly accelerator: Accelerator;
  readonly objective: MappingObjective;
  /** For objectives that ask for energy: the layer that the problem was made of, and what its machine is charged. */
  readonly priced?: { readonly layer: Layer; readonly model: EnergyModel } | undefined;
}

/** A mapping and what it costs at least. */
export interface BoundedMapping {
  readonly mapping: Mapping;
  /** In the objective's unit. */
  readonly bound: number;
  readonly latencyPs: number;
  /** Place in the order of the space. */
  readonly index: number;
  /** What its DMA moves at least. */
  readonly moved: MovedBytes;
}

/** How good a mapping has to be to be of interest, and what to do with it. */
export interface FloorVisitor {
  /** Mappings whose bound is above it are passed over. */
  limit(): number;
  /** Told of the bound of those that are, one by one or a tiling at a time. */
  passOver(bound: number): void;
  visit(mapping: BoundedMapping): void;
}

/** More than a tiling has placements: orders of five loops times slots of four tensors. */
const mostPlacements = 2 ** 13;

/**
 * Visits the legal mappings of a space, each with a lower bound of what it costs. The bounds are in closed form:
 *
 * - latency: passes by `Dataflow.leastCycles` one after the other, between the first loads and the last store, beside them all that goes
 *   through a single slot, and fused poolings as far as nothing comes in meanwhile; or all bytes at the DRAM's peak rate, whichever takes
 *   longer
 * - energy: multiplications, operations, bytes moved, and standing by for that latency
 *
 * @returns how many mappings were bounded, those that fell with the bound of their tiling counted once
 */
export function forEachBounded(search: SearchProblem, space: MappingSpace, visitor: FloorVisitor): number {
  const { problem, accelerator, objective } = search;
  const work = leastWork(problem, accelerator);
  const placements = createPlacements(problem, accelerator, space);
  const moved = movedBytesOf(problem, accelerator);
  const groups = problem.kind === 'conv' ? problem.groups : 1;
  let bounded = 0;
  let tilings = 0;
  for (const dataflow of dataflowsOf(accelerator)) {
    const rates = ratesOf(search, dataflow);
    const passPj = leastPassPj(work, rates);
    for (const phasesPerGroup of phaseGroupings(problem, accelerator, { dataflow })) {
      const cyclesOf =
        problem.kind === 'conv' ? leastCyclesOf(problem, accelerator, dataflow, phasesPerGroup) : undefined;
      forEachTiling(problem, accelerator, space, dataflow, (tiling) => {
        // The same whatever is passed over.
        let index = tilings++ * mostPlacements;
        const { filters, channels, images, rows, columns } = tiling;
        const cycles = groups * (cyclesOf?.(filters, channels, images, rows, columns) ?? 0);
        const passCycles = Math.max(cycles, work.cycles);
        const sumsWith = (bytes: MovedBytes): ObjectiveSums =>
          leastSums(search, rates, bytes, passCycles, work.poolingCycles, passPj);
        const ofTiling = sumsWith(moved(tiling, undefined, rates));
        const boundOfTiling = valueOf(objective, ofTiling);
        if (boundOfTiling > visitor.limit()) {
          bounded++;
          visitor.passOver(boundOfTiling);
          return;
        }
        placements.forEach(tiling, (placement) => {
          bounded++;
          index++;
          const bytes = moved(tiling, placement, rates);
          const least = sumsWith(bytes);
          const bound = valueOf(objective, least);
          if (bound > visitor.limit()) {
            visitor.passOver(bound);
            return;
          }
          const buffering = placements.bufferingOf(tiling, placement);
          const mapping: Mapping = {
            ...(dataflow !== accelerator.array.dataflow && { dataflow }),
            tile: shapeOf(tiling),
            order: placement.order,
            phasesPerGroup,
            ...(buffering && { buffering }),
          };
          visitor.visit({ mapping, bound, latencyPs: least.latencyPs, index, moved: { ...bytes } });
        });
      });
    }
  }
  return bounded;
}

/** What the layer's actions cost in a dataflow; undefined where the objective does not ask for energy. */
export function ratesOf(
  { problem, accelerator, objective, priced }: SearchProblem,
  dataflow: string,
): EnergyRates | undefined {
  if (priced === undefined || !needsEnergy(objective)) return undefined;
  return energyRates(priced.model, priced.layer.kind, registersOfAll(problem, accelerator, dataflow));
}

function leastPassPj({ macs, operations, outputBytes }: LeastWork, rates: EnergyRates | undefined): number {
  if (rates === undefined) return 0;
  return macs * rates.perMac + operations * rates.perOperation + outputBytes * rates.perOutputByte;
}

/** What a layer costs at least whose passes, and the poolings of their tiles, take so many cycles and so much energy. */
export function leastSums(
  { accelerator: { dram, periodPs } }: SearchProblem,
  rates: EnergyRates | undefined,
  { read, written, first, last, between, besidePooling, isWaitedFor, fillPj }: MovedBytes,
  passCycles: number,
  poolingCycles: number,
  passPj: number,
): ObjectiveSums {
  const psPerByte = 1e12 / dram.bandwidthBytesPerSecond;
  const startPs = dram.kind === 'flat' ? dram.latencyPs : 0;
  const hiddenPs = Math.min(besidePooling * psPerByte, poolingCycles * periodPs);
  const movingPs = (isWaitedFor ? startPs : 0) + (first + between + last) * psPerByte;
  const inTurn = movingPs + (passCycles + poolingCycles) * periodPs - hiddenPs;
  const bytes = read + written;
  const latencyPs = Math.max(inTurn, bytes === 0 ? 0 : startPs + bytes * psPerByte);
  const energyPj =
    rates === undefined
      ? 0
      : passPj +
        fillPj +
        read * rates.perByteRead +
        written * rates.perByteWritten +
        latencyPs * rates.idlePerPs;
  return { latencyPs, energyPj, dramBytes: bytes };
}
