/**
 * What moves one period of kernels between its dense and its packed form, as copies of 4, 2 or 1 bytes: neighbouring
 * taps, also those of neighbouring kernels, travel together.
 */
export interface PeriodCopies {
  /** Width, place in the dense period and place in the packed one of each copy, all in bytes, one after another. */
  readonly copies: Uint32Array;
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
  return { copies: Uint32Array.from(copies), denseBytes: period * taps * elementBytes, packedBytes: packed };
}

/**
 * Copies `count` times, each time so many bytes further on.
 *
 * @param width bytes of a copy: 4, 2 or 1
 */
export function stridedCopy(
  width: number,
  source: DataView,
  sourceAt: number,
  sourceStep: number,
  target: DataView,
  targetAt: number,
  targetStep: number,
  count: number,
): void {
  let from = sourceAt;
  const end = targetAt + count * targetStep;
  if (width === 4) {
    for (let to = targetAt; to < end; to += targetStep) {
      target.setUint32(to, source.getUint32(from, true), true);
      from += sourceStep;
    }
  } else if (width === 2) {
    for (let to = targetAt; to < end; to += targetStep) {
      target.setUint16(to, source.getUint16(from, true), true);
      from += sourceStep;
    }
  } else {
    for (let to = targetAt; to < end; to += targetStep) {
      target.setUint8(to, source.getUint8(from));
      from += sourceStep;
    }
  }
}
