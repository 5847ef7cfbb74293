import type { Mapping } from './mapping.js';
import type { LayerProblem } from './problem.js';
import { wholeTile } from './problem.js';
import type { Tile } from './tiles.js';

interface Cut {
  readonly start: number;
  readonly count: number;
  readonly times: number;
}

/** Visits tiles that stand for all those of a mapping whose passes are alike, and says how many there are of each. */
export function forEachPassKind(
  problem: LayerProblem,
  { tile }: Mapping,
  visit: (tile: Tile, times: number) => void,
): void {
  const whole = wholeTile(problem);
  const groups = problem.kind === 'conv' ? problem.groups : 1;
  const repeats = problem.kind === 'conv' ? problem.storage.repeats : 1;
  const filterCuts: Cut[] = [];
  for (let group = 0; group < groups; group++)
    addCuts(whole.filters, tile.filters, group * whole.filters, repeats, filterCuts);
  const lastStart = (Math.ceil(whole.channels / tile.channels) - 1) * tile.channels;
  const channelCuts: Cut[] = [];
  // The first and the last tile are of kinds of their own: sums begin there, and end.
  addCuts(whole.channels, tile.channels, 0, repeats, channelCuts, (start) =>
    start === 0 || start === lastStart ? 1 : 0,
  );
  const imageCuts = plainCuts(whole.images, tile.images);
  const rowCuts = plainCuts(whole.rows, tile.rows);
  const columnCuts = plainCuts(whole.columns, tile.columns);
  for (const filters of filterCuts) {
    for (const channels of channelCuts) {
      for (const images of imageCuts) {
        for (const rows of rowCuts) {
          for (const columns of columnCuts) {
            visit(
              {
                group: 0,
                imageStart: images.start,
                imageCount: images.count,
                filterStart: filters.start,
                filterCount: filters.count,
                channelStart: channels.start,
                channelCount: channels.count,
                rowStart: rows.start,
                rowCount: rows.count,
                columnStart: columns.start,
                columnCount: columns.count,
                firstChannels: channels.start === 0,
                lastChannels: channels.start === lastStart,
              },
              filters.times * channels.times * images.times * rows.times * columns.times,
            );
          }
        }
      }
    }
  }
}

/** Cuts that begin at the same place of the period count as one. */
function addCuts(
  length: number,
  size: number,
  offset: number,
  repeats: number,
  into: Cut[],
  kindOf: (start: number) => number = () => 0,
): void {
  for (let start = 0; start < length; start += size) {
    const count = Math.min(size, length - start);
    const same =
      repeats === Infinity
        ? -1
        : into.findIndex(
            (cut) =>
              cut.count === count &&
              (cut.start - (offset + start)) % repeats === 0 &&
              kindOf(cut.start) === 0 &&
              kindOf(start) === 0,
          );
    if (same < 0) into.push({ start: offset + start, count, times: 1 });
    else into[same] = { ...into[same], times: into[same].times + 1 };
  }
}

/** Where only the last cut differs. */
function plainCuts(length: number, size: number): Cut[] {
  const full = Math.floor(length / size);
  const rest = length % size;
  return [
    ...(full > 0 ? [{ start: 0, count: size, times: full }] : []),
    ...(rest > 0 ? [{ start: full * size, count: rest, times: 1 }] : []),
  ];
}
