import { UserError, type Location } from '../document/userError.js';
import { nearestByRatio } from './nearestByRatio.js';

/** One bank, as measured or as worked out from measured banks. */
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

/** The figures of a bank that was asked for. */
export interface SramBank extends SramPoint {
  /** The axes along which it lies outside the measured range; empty if along none. */
  readonly extrapolated: ReadonlyArray<'capacity' | 'width'>;
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
  /** Go on beyond the measured range of capacity and width; unless told, that is an error. */
  readonly extrapolate?: boolean;
}

/** How many times below or above what was measured a bank or a word may still be extrapolated. */
const farthest = 16;

/**
 * One bank of the request: the measured figures where there is a measured point, else interpolated
 * bilinearly in log-log between the neighbouring capacities and widths of the same cell and node.
 * Outside of the measured range, and only if the request says so, the power law through the two nearest measured
 * capacities or widths goes on; energies of small and of wide banks leave that law, so the bank says which axes these were.
 *
 * @throws UserError at `location` when the cell or node was not measured, or when width or capacity lies outside the
 *   measurements and is not to be extrapolated, or is more than 16 times outside
 */
export function lookUpSram(table: SramTable, request: SramRequest, location?: Location): SramBank {
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
  const extrapolate = request.extrapolate === true;
  const remedy = extrapolate ? '' : ', or set extrapolate: true on the buffer';

  const [narrow, wide] =
    neighbours(cell.widths, (each) => each.wordBits, request.wordBits, extrapolate) ??
    fail(
      `a word of ${request.wordBits} bits is ${tooFar(extrapolate, cell.widths.length)}: ${described} has words of ` +
        `${rangeOf(cell.widths.map((each) => each.wordBits))} bits; change the buffer's word${remedy}`,
    );
  // Narrow words are measured at smaller banks too: only capacities measured at both widths can be used.
  const shared = narrow.points.flatMap((low) => {
    const high = wide.points.find((point) => point.capacityBytes === low.capacityBytes);
    return high === undefined ? [] : [{ capacityBytes: low.capacityBytes, low, high }];
  });
  const capacityBytes = request.capacityBytes / request.banks;
  const [small, large] =
    neighbours(shared, (each) => each.capacityBytes, capacityBytes, extrapolate) ??
    fail(
      `a bank of ${formatBytes(capacityBytes)} is ${tooFar(extrapolate, shared.length)}: ${described} has banks of ` +
        `${rangeOf(
          shared.map((each) => each.capacityBytes),
          formatBytes,
        )} with words of ${request.wordBits} bits; change the buffer's capacity or its number of banks${remedy}`,
    );

  const alongWidth = logPosition(narrow.wordBits, wide.wordBits, request.wordBits);
  const alongCapacity = logPosition(small.capacityBytes, large.capacityBytes, capacityBytes);
  const figureOf = (figure: keyof SramPoint): number =>
    powerMean(
      powerMean(small.low[figure], small.high[figure], alongWidth),
      powerMean(large.low[figure], large.high[figure], alongWidth),
      alongCapacity,
    );
  const extrapolated: Array<'capacity' | 'width'> = [];
  if (alongCapacity < 0 || alongCapacity > 1) extrapolated.push('capacity');
  if (alongWidth < 0 || alongWidth > 1) extrapolated.push('width');
  return {
    capacityBytes,
    wordBits: request.wordBits,
    readPj: figureOf('readPj'),
    writePj: figureOf('writePj'),
    leakageMw: figureOf('leakageMw'),
    areaMm2: figureOf('areaMm2'),
    accessNs: figureOf('accessNs'),
    extrapolated,
  };
}

/**
 * The node, nm, nearest by ratio to `technologyNm` among those that a cell was measured at; of two equally near, the larger.
 * Undefined if the table does not have the cell.
 */
export function nearestSramNode(table: SramTable, cell: string, technologyNm: number): number | undefined {
  const nodes = table.cells.filter((each) => each.cell === cell).map((each) => each.technologyNm);
  return nearestByRatio(nodes, technologyNm);
}

/**
 * The two items of an ascending list that a power law through `value` is laid through: its neighbours, twice the same one
 * where it is met exactly, or the two nearest where it lies outside and that is allowed.
 */
function neighbours<T>(
  items: readonly T[],
  keyOf: (item: T) => number,
  value: number,
  extrapolate: boolean,
): readonly [T, T] | undefined {
  const above = items.findIndex((item) => keyOf(item) >= value);
  if (above >= 0 && keyOf(items[above]) === value) return [items[above], items[above]];
  if (above > 0) return [items[above - 1], items[above]];
  if (!extrapolate || items.length < 2) return undefined;
  const [first, second] = above === 0 ? [0, 1] : [items.length - 2, items.length - 1];
  const ratio = above === 0 ? keyOf(items[first]) / value : value / keyOf(items[second]);
  return ratio <= farthest ? [items[first], items[second]] : undefined;
}

/** Why `neighbours` found none among so many. */
function tooFar(extrapolate: boolean, measured: number): string {
  if (!extrapolate) return 'outside the measured range';
  if (measured < 2) return 'outside the measured range, which has too few sizes to extrapolate from';
  return `more than ${farthest} times outside the measured range, too far to extrapolate`;
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
