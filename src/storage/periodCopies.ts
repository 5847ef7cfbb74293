/**
 * What moves one period of kernels between its dense and its packed form, as copies of 4, 2 or 1 bytes: neighbouring
 * taps, also those of neighbouring kernels, travel together.
 */
export interface PeriodCopies {
  /** Width, place in the dense period and place in the packed one of each copy, all in bytes, one after another. */
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
      copies.push(width, runEnd - left, packed);
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
