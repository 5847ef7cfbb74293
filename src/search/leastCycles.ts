import { arrayContext } from '../accelerator/arrayContext.js';
import type { Accelerator } from '../accelerator/accelerator.js';
import type { LeastPass } from '../dataflow/dataflow.js';
import { dataflowOf } from '../dataflow/dataflows.js';
import { leastStreamOf } from '../mapping/leastStream.js';
import type { ConvProblem } from '../mapping/problem.js';
import type { LoopCut } from './loopTables.js';

/**
 * Cycles that the passes of a tiling take at least, all tiles of one group of channels together. Allocates nothing for sizes that it
 * has seen.
 */
export function leastCyclesOf(
  { storage: { streamed } }: ConvProblem,
  accelerator: Accelerator,
  dataflowName: string,
  phasesPerGroup: number,
): (filters: LoopCut, channels: LoopCut, images: LoopCut, rows: LoopCut, columns: LoopCut) => number {
  const context = arrayContext(accelerator);
  const dataflow = dataflowOf(dataflowName);
  const least = dataflow.leastCycles?.bind(dataflow);
  if (least === undefined) return () => 0;
  const { assignment } = streamed;
  const period = assignment.kind === 'periodic' ? assignment.period : 1;
  const streamOf = leastStreamOf(streamed);
  const passes = new Map<number, Writable<LeastPass>>();
  const passOf = (filters: number, channels: number): Writable<LeastPass> => {
    const key = filters * (streamed.channels + 1) + channels;
    let pass = passes.get(key);
    if (pass === undefined) {
      const streams = Array.from({ length: phasesPerGroup }, (_, index) => streamOf(index + 1, channels));
      const leastStream = (phases: number): number => streams[phases - 1];
      pass = { positions: 0, filters, period, phasesPerGroup, leastStream };
      passes.set(key, pass);
    }
    return pass;
  };

  return (filters, channels, images, rows, columns) => {
    const ofPasses = (filterCount: number, channelCount: number): number => {
      const pass = passOf(filterCount, channelCount);
      const ofImages = (imageCount: number): number => {
        const ofRows = (rowCount: number): number => {
          const ofColumns = (columnCount: number): number => {
            pass.positions = imageCount * rowCount * columnCount;
            return least(pass, context);
          };
          return overTiles(columns, ofColumns);
        };
        return overTiles(rows, ofRows);
      };
      return overTiles(images, ofImages);
    };
    return overTiles(filters, (filterCount) =>
      overTiles(channels, (channelCount) => ofPasses(filterCount, channelCount)),
    );
  };
}

type Writable<T> = { -readonly [key in keyof T]: T[key] };

/** A sum over a loop's tiles, of which only the last may differ. */
function overTiles({ size, trips, last }: LoopCut, cost: (count: number) => number): number {
  if (last === size) return trips * cost(size);
  return (trips - 1) * cost(size) + cost(last);
}
