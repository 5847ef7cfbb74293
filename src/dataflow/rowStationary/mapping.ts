/**
 * How the processing passes of a row-stationary array use its PEs (Chen et al., JSSC 52(1), 2017, section V and Table III).
 * Of that paper's parameters, m and n are the filters and images of the pass.
 */
export interface RowStationaryMapping {
  /** Output rows of a PE set, which is as wide. */
  readonly e: number;
  /** Filters of a PE set. */
  readonly p: number;
  /** Channels of a PE set. */
  readonly q: number;
  /** PE sets that work on different channels of the same filters. */
  readonly r: number;
  /** PE sets that work on different filters. */
  readonly t: number;
}

/** PEs along the sides of an array. */
export interface ArraySize {
  readonly rows: number;
  readonly columns: number;
}

/** Kernel rows of a PE set: a kernel with more rows than the array is worked on in groups of rows. */
export function setHeight(kernelHeight: number, { rows }: ArraySize): number {
  return Math.min(kernelHeight, rows);
}

/**
 * How many PE sets of `height` x `width` PEs the array has room for: side by side in strips of `height` rows. A set that
 * is wider than the array is folded into segments, one above the other.
 */
export function setsThatFit(height: number, width: number, { rows, columns }: ArraySize): number {
  const strips = Math.floor(rows / height);
  return width <= columns
    ? strips * Math.floor(columns / width)
    : Math.floor(strips / Math.ceil(width / columns));
}

/** The most PEs that a set of `height` rows can be wide. */
export function widestSet(height: number, { rows, columns }: ArraySize): number {
  return columns * Math.floor(rows / height);
}

/** Finds the PE of a set that works on a kernel row of the pass and an output row of its strip, all counted from 0. */
export function pePlaces(
  height: number,
  width: number,
  { columns }: ArraySize,
): (set: number, kernelRow: number, outputRow: number) => { readonly row: number; readonly column: number } {
  const sideBySide = Math.max(1, Math.floor(columns / width));
  const segments = Math.ceil(width / columns);
  return (set, kernelRow, outputRow) => {
    const strip = Math.floor(set / sideBySide) * segments + Math.floor(outputRow / columns);
    return {
      row: strip * height + kernelRow,
      column: (set % sideBySide) * width + (outputRow % columns),
    };
  };
}

/** What is wrong with a mapping on an array; undefined when its PE sets fit. */
export function placementFault(
  { e, r, t }: RowStationaryMapping,
  kernelHeight: number,
  array: ArraySize,
): string | undefined {
  const height = setHeight(kernelHeight, array);
  const fit = setsThatFit(height, e, array);
  const sets = r * t;
  if (sets <= fit) return undefined;
  return (
    `expected PE sets that fit the array, got ${sets} ${sets === 1 ? 'set' : 'sets'} (r = ${r} x t = ${t}) of ${height} x ${e} PEs; ` +
    `the array of ${array.rows} x ${array.columns} PEs has room for ${fit}`
  );
}
