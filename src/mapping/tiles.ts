import type { Mapping } from './mapping.js';
import type { LayerProblem, LoopName, Window } from './problem.js';
import { wholeTile } from './problem.js';
import type { MapBox } from './runs.js';

/** One iteration of the tile loops. */
export interface Tile {
  readonly group: number;
  /** Counted within the batch. */
  readonly imageStart: number;
  readonly imageCount: number;
  /** Counted over the whole layer, groups included. */
  readonly filterStart: number;
  readonly filterCount: number;
  /** Counted within the group. */
  readonly channelStart: number;
  readonly channelCount: number;
  /** Output rows and columns. */
  readonly rowStart: number;
  readonly rowCount: number;
  readonly columnStart: number;
  readonly columnCount: number;
  readonly firstChannels: boolean;
  readonly lastChannels: boolean;
}

/** All tiles in execution order: groups outermost, then the mapping's loops. */
export function tilesInOrder(problem: LayerProblem, mapping: Mapping): Tile[] {
  const whole = wholeTile(problem);
  const { tile, order } = mapping;
  const groups = problem.kind === 'conv' ? problem.groups : 1;
  const tiles: Tile[] = [];
  const start: Record<LoopName, number> = { images: 0, filters: 0, channels: 0, rows: 0, columns: 0 };

  const nest = (depth: number, group: number): void => {
    const loop = order[depth];
    if (loop === undefined) {
      tiles.push(tileAt(start, group));
      return;
    }
    for (let at = 0; at < whole[loop]; at += tile[loop]) {
      start[loop] = at;
      nest(depth + 1, group);
    }
  };
  const tileAt = (at: Readonly<Record<LoopName, number>>, group: number): Tile => ({
    group,
    imageStart: at.images,
    imageCount: Math.min(tile.images, whole.images - at.images),
    filterStart: group * whole.filters + at.filters,
    filterCount: Math.min(tile.filters, whole.filters - at.filters),
    channelStart: at.channels,
    channelCount: Math.min(tile.channels, whole.channels - at.channels),
    rowStart: at.rows,
    rowCount: Math.min(tile.rows, whole.rows - at.rows),
    columnStart: at.columns,
    columnCount: Math.min(tile.columns, whole.columns - at.columns),
    firstChannels: at.channels === 0,
    lastChannels: at.channels + tile.channels >= whole.channels,
  });

  for (let group = 0; group < groups; group++) nest(0, group);
  return tiles;
}

/** The input patch under a tile: the box that exists in the map, and the padding around it, alike in every image. */
export interface Patch {
  readonly box: MapBox;
  /** Size with padding, as it lies in the buffer. */
  readonly height: number;
  readonly width: number;
  /** Rows and columns of padding before the box. */
  readonly padTop: number;
  readonly padLeft: number;
}

export function inputPatch(problem: LayerProblem, tile: Tile): Patch {
  const [channelStart, channelCount] =
    problem.kind === 'conv'
      ? [tile.group * problem.channelsPerGroup + tile.channelStart, tile.channelCount]
      : [tile.filterStart, tile.filterCount];
  return patchUnder(problem.window, tile, channelStart, channelCount);
}

/** The patch of some channels of a map under the rows and columns of a tile. */
export function patchUnder(window: Window, tile: Tile, channelStart: number, channelCount: number): Patch {
  const rows = span(window, 0, tile.rowStart, tile.rowCount);
  const columns = span(window, 1, tile.columnStart, tile.columnCount);
  return {
    box: {
      imageStart: tile.imageStart,
      imageCount: tile.imageCount,
      channelStart,
      channelCount,
      rowStart: rows.start,
      rowCount: rows.count,
      columnStart: columns.start,
      columnCount: columns.count,
    },
    height: rows.padded,
    width: columns.padded,
    padTop: rows.before,
    padLeft: columns.before,
  };
}

function span(
  window: Window,
  axis: 0 | 1,
  outputStart: number,
  outputCount: number,
): { start: number; count: number; padded: number; before: number } {
  const kernel = axis === 0 ? window.kernelHeight : window.kernelWidth;
  const extent = axis === 0 ? window.input.height : window.input.width;
  const padding = window.padding[axis === 0 ? 0 : 2];
  const first = outputStart * window.stride[axis] - padding;
  const padded = (outputCount - 1) * window.stride[axis] + (kernel - 1) * window.dilation[axis] + 1;
  const start = Math.min(Math.max(first, 0), extent);
  const end = Math.min(Math.max(first + padded, 0), extent);
  return { start, count: Math.max(0, end - start), padded, before: Math.min(start - first, padded) };
}

export function outputBox(tile: Tile): MapBox {
  return {
    imageStart: tile.imageStart,
    imageCount: tile.imageCount,
    channelStart: tile.filterStart,
    channelCount: tile.filterCount,
    rowStart: tile.rowStart,
    rowCount: tile.rowCount,
    columnStart: tile.columnStart,
    columnCount: tile.columnCount,
  };
}
