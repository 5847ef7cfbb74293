import { availableParallelism } from 'node:os';
import { isBuiltIn } from '../dataflow/dataflows.js';
import { isConv } from '../network/layer.js';
import type { Network } from '../network/network.js';
import { findFormat } from '../storage/formats.js';
import type { Scenario } from './scenario.js';
import type { Jobs } from './searchThreads.js';

/** Batches from the first on, before the end. */
export interface BatchRange {
  readonly first: number;
  readonly end: number;
}

/** What one thread runs at a time: some batches of a cell, all on the same numbers. */
export interface RunPart {
  /** Place among the scenario's cells. */
  readonly cell: number;
  readonly batches: BatchRange;
}

/** More threads than this are not started unless asked for. */
const mostThreads = 8;

/**
 * A thread takes about half a second to start and to make a variant's weights; a network of so many multiplications runs, and is checked,
 * in about as long.
 */
const worthwhileMacs = 2e10;

/** How many threads run a scenario; 1 is this one alone, as where only this one knows dataflows or formats that the scenario names. */
export function runThreadCount(jobs: Jobs, scenario: Scenario, batches: number): number {
  const { cells, settings } = scenario;
  const parts = cells.length * batches;
  if (parts === 1 || settings.execution === 'estimate' || !isKnownEverywhere(scenario)) return 1;
  if (jobs !== 'auto') return Math.min(jobs, parts);
  const macs = denseMacs(scenario.network) * settings.batch * parts;
  return macs < worthwhileMacs ? 1 : Math.min(availableParallelism(), mostThreads, parts);
}

/** Every cell's batches, cut so that all threads have something to do. */
export function partsOf({ cells }: Scenario, batches: number, threads: number): RunPart[] {
  const perCell = Math.min(batches, Math.max(1, Math.ceil(threads / cells.length)));
  return cells.flatMap((_, cell) =>
    Array.from({ length: perCell }, (__, range) => ({
      cell,
      batches: {
        first: Math.floor((batches * range) / perCell),
        end: Math.floor((batches * (range + 1)) / perCell),
      },
    })),
  );
}

function isKnownEverywhere({ cells }: Scenario): boolean {
  return cells.every(
    ({ storage, accelerator: { array } }) =>
      (array.dataflows ?? [array.dataflow]).every(isBuiltIn) &&
      (storage === 'auto' || findFormat(storage) !== undefined),
  );
}

function denseMacs({ layers }: Network): number {
  return layers.filter(isConv).reduce((sum, { geometry }) => {
    const { output, filters, channelsPerGroup, kernelHeight, kernelWidth } = geometry;
    return sum + output.height * output.width * filters * channelsPerGroup * kernelHeight * kernelWidth;
  }, 0);
}
