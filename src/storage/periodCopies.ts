/**
 * What moves one period of kernels between its dense and its packed form, as copies of 4, 2 or 1 bytes: neighbouring
 * taps, also those of neighbouring kernels, travel together, and two pairs of bytes that are neighbours in the packed form
 * are one word there.
 */
export interface PeriodCopies {
  /**
   * Of each copy, one after another: its width, its place in the dense period, where its second half goes there (-1 unless it
   * is two pairs), and its place in the packed period, all in bytes. Plain numbers, since a tile has few periods to pay for
   * more.
   */
  readonly copies: readonly number[];
  readonly denseBytes: number;
  readonly packedBytes: number;
}

/**
 * @param slots taps of each slot
 * @param firstSlot of the period's first kernel
 * @param elementBytes of a value
 */
export function periodCopies(
  slots: readonly Uint16Array[],
  firstSlot: number,
  taps: number,
  elementBytes: number,
): PeriodCopies {
  const period = slots.length;
  const copies: number[] = [];
  let runStart = 0;
  let runEnd = 0;
  let packed = 0;
  const closeRun = (): void => {
    let left = runEnd - runStart;
    while (left > 0) {
      const width = left >= 4 ? 4 : left >= 2 ? 2 : 1;
      addCopy(copies, width, runEnd - left, packed);
      packed += width;
      left -= width;
    }
  };
  for (let kernel = 0; kernel < period; kernel++) {
    const existing = slots[(firstSlot + kernel) % period];
    for (let i = 0; i < existing.length; i++) {
      const place = (kernel * taps + existing[i]) * elementBytes;
      if (place !== runEnd) {
        closeRun();
        runStart = place;
      }
      runEnd = place + elementBytes;
    }
  }
  closeRun();
  return { copies, denseBytes: period * taps * elementBytes, packedBytes: packed };
}

/** Joins a pair of bytes with the pair before it. */
function addCopy(copies: number[], width: number, dense: number, packed: number): void {
  const before = copies.length - 4;
  if (width === 2 && copies[before] === 2 && copies[before + 2] < 0) copies[before + 2] = dense;
  else copies.push(width, dense, -1, packed);
}

/** Where the copies of a grid of rows and columns start, and how far apart they are, in bytes. */
export interface CopyGrid {
  readonly view: DataView;
  readonly start: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/**
 * One copy for each row and column of a grid.
 *
 * @param width bytes of a copy: 4, 2 or 1
 */
export function copyGrid(
  width: number,
  source: CopyGrid,
  target: CopyGrid,
  rows: number,
  columns: number,
): void {
  const { view: from, columnStep: fromStep } = source;
  const { view: to, columnStep: toStep } = target;
  for (let row = 0; row < rows; row++) {
    let at = source.start + row * source.rowStep;
    let there = target.start + row * target.rowStep;
    const end = there + columns * toStep;
    if (width === 4) {
      for (; there < end; there += toStep) {
        to.setUint32(there, from.getUint32(at, true), true);
        at += fromStep;
      }
    } else if (width === 2) {
      for (; there < end; there += toStep) {
        to.setUint16(there, from.getUint16(at, true), true);
        at += fromStep;
      }
    } else {
      for (; there < end; there += toStep) {
        to.setUint8(there, from.getUint8(at));
        at += fromStep;
      }
    }
  }
}

/** Splits a word of each packed place into two halves, `distance` bytes from one another in the dense form. */
export function splitGrid(
  packed: CopyGrid,
  dense: CopyGrid,
  distance: number,
  rows: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    let at = packed.start + row * packed.rowStep;
    let there = dense.start + row * dense.rowStep;
    for (const end = there + columns * dense.columnStep; there < end; there += dense.columnStep) {
      const word = packed.view.getUint32(at, true);
      dense.view.setUint16(there, word, true);
      dense.view.setUint16(there + distance, word >>> 16, true);
      at += packed.columnStep;
    }
  }
}

/** The way back of `splitGrid`. */
export function joinGrid(
  dense: CopyGrid,
  packed: CopyGrid,
  distance: number,
  rows: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    let at = dense.start + row * dense.rowStep;
    let there = packed.start + row * packed.rowStep;
    for (const end = there + columns * packed.columnStep; there < end; there += packed.columnStep) {
      const word = dense.view.getUint16(at, true) | (dense.view.getUint16(at + distance, true) << 16);
      packed.view.setUint32(there, word, true);
      at += dense.columnStep;
    }
  }
}
