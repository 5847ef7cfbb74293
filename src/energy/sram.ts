import { UserError, type Location } from '../document/userError.js';

/** One bank, as measured or as interpolated between measured banks. */
export interface SramPoint {
  readonly capacityBytes: number;
  /** Width of one access. */
  readonly wordBits: number;
  /** Energy of reading, and of writing, one word. */
  readonly readPj: number;
  readonly writePj: number;
  /** Of the whole bank. */
  readonly leakageMw: number;
  readonly areaMm2: number;
  readonly accessNs: number;
}

/** All banks measured of one cell type at one node. */
export interface SramCell {
  readonly cell: string;
  readonly technologyNm: number;
  /** By word width, then by capacity, both ascending. */
  readonly widths: readonly SramWidth[];
}

export interface SramWidth {
  readonly wordBits: number;
  readonly points: readonly SramPoint[];
}

/** A sweep of single-bank SRAMs; plain data. */
export interface SramTable {
  readonly name: string;
  readonly family: string;
  readonly source: string;
  readonly file: string;
  readonly cells: readonly SramCell[];
}

/** A buffer of `banks` equal banks, each accessed by words of `wordBits`. */
export interface SramRequest {
  /** For messages. */
  readonly buffer: string;
  readonly cell: string;
  readonly technologyNm: number;
  /** Of all banks together. */
  readonly capacityBytes: number;
  readonly banks: number;
  readonly wordBits: number;
}

/**
 * One bank of the request: the measured figures where there is a measured point, else interpolated
 * bilinearly in log-log between the neighbouring capacities and widths of the same cell and node.
 * Never extrapolates: energies of small and of wide banks leave the power law.
 *
 * @throws UserError at `location` when the cell, node, width or capacity lies outside the measurements
 */
export function lookUpSram(table: SramTable, request: SramRequest, location?: Location): SramPoint {
  const fail = (message: string): never => {
    throw new UserError(`buffer "${request.buffer}": ${message}`, location);
  };
  const cell =
    table.cells.find((each) => each.cell === request.cell && each.technologyNm === request.technologyNm) ??
    fail(
      `SRAM table ${table.name} has no cell "${request.cell}" at ${request.technologyNm} nm; ` +
        `it has ${table.cells.map((each) => `${each.cell} at ${each.technologyNm} nm`).join(', ')}`,
    );
  const described = `SRAM table ${table.name}, ${cell.cell} at ${cell.technologyNm} nm,`;

  const [narrow, wide] =
    bracket(cell.widths, (each) => each.wordBits, request.wordBits) ??
    fail(
      `a word of ${request.wordBits} bits is outside the measured range: ${described} has words of ` +
        `${rangeOf(cell.widths.map((each) => each.wordBits))} bits`,
    );
  // Narrow words are measured at smaller banks too: only capacities measured at both widths can be used.
  const shared = narrow.points.flatMap((low) => {
    const high = wide.points.find((point) => point.capacityBytes === low.capacityBytes);
    return high === undefined ? [] : [{ capacityBytes: low.capacityBytes, low, high }];
  });
  const capacityBytes = request.capacityBytes / request.banks;
  const [small, large] =
    bracket(shared, (each) => each.capacityBytes, capacityBytes) ??
    fail(
      `a bank of ${formatBytes(capacityBytes)} is outside the measured range: ${described} has banks of ` +
        `${rangeOf(
          shared.map((each) => each.capacityBytes),
          formatBytes,
        )} with words of ${request.wordBits} bits; change the buffer's capacity or its number of banks`,
    );

  const alongWidth = logPosition(narrow.wordBits, wide.wordBits, request.wordBits);
  const alongCapacity = logPosition(small.capacityBytes, large.capacityBytes, capacityBytes);
  const interpolate = (figure: keyof SramPoint): number =>
    powerMean(
      powerMean(small.low[figure], small.high[figure], alongWidth),
      powerMean(large.low[figure], large.high[figure], alongWidth),
      alongCapacity,
    );
  return {
    capacityBytes,
    wordBits: request.wordBits,
    readPj: interpolate('readPj'),
    writePj: interpolate('writePj'),
    leakageMw: interpolate('leakageMw'),
    areaMm2: interpolate('areaMm2'),
    accessNs: interpolate('accessNs'),
  };
}

/** The neighbours of `value` in an ascending list; twice the same one where it is met exactly. */
function bracket<T>(items: readonly T[], keyOf: (item: T) => number, value: number): [T, T] | undefined {
  const above = items.findIndex((item) => keyOf(item) >= value);
  if (above < 0) return undefined;
  const upper = items[above];
  if (keyOf(upper) === value) return [upper, upper];
  return above === 0 ? undefined : [items[above - 1], upper];
}

/** 0 at `low`, 1 at `high`, in between by the logarithm. */
function logPosition(low: number, high: number, value: number): number {
  return low === high ? 0 : Math.log(value / low) / Math.log(high / low);
}

/** Interpolates the logarithms; returns the end points themselves, unrounded. */
function powerMean(low: number, high: number, position: number): number {
  return position === 0 || low === high ? low : low * (high / low) ** position;
}

function rangeOf(ascending: readonly number[], format: (value: number) => string = String): string {
  const last = ascending.at(-1);
  return last === undefined ? 'no size' : `${format(ascending[0])} to ${format(last)}`;
}

function formatBytes(bytes: number): string {
  if (bytes >= 2 ** 20) return `${Number((bytes / 2 ** 20).toFixed(3))} MiB`;
  if (bytes >= 2 ** 10) return `${Number((bytes / 2 ** 10).toFixed(3))} KiB`;
  return `${Number(bytes.toFixed(3))} B`;
}
