/** A box of a feature map that lies in DRAM as (channels, height, width). */
export interface MapBox {
  readonly channelStart: number;
  readonly channelCount: number;
  readonly rowStart: number;
  readonly rowCount: number;
  readonly columnStart: number;
  readonly columnCount: number;
}

/** `outerCount` x `innerCount` runs of `runBytes` contiguous bytes, the first `offset` bytes into a region of DRAM. */
export interface Runs {
  readonly offset: number;
  readonly outerCount: number;
  readonly outerPitch: number;
  readonly innerCount: number;
  readonly innerPitch: number;
  readonly runBytes: number;
}

/** A box as a run per row and channel; runs that touch are merged. */
export function runsOfBox(
  box: MapBox,
  map: { readonly height: number; readonly width: number },
  elementBytes: number,
): Runs {
  const { height, width } = map;
  const isWholeRows = box.columnCount === width;
  const isWholeMaps = isWholeRows && box.rowCount === height;
  const rowBytes = box.columnCount * elementBytes;
  return {
    offset: ((box.channelStart * height + box.rowStart) * width + box.columnStart) * elementBytes,
    outerCount: isWholeMaps ? 1 : box.channelCount,
    outerPitch: height * width * elementBytes,
    innerCount: isWholeRows ? 1 : box.rowCount,
    innerPitch: width * elementBytes,
    runBytes: rowBytes * (isWholeRows ? box.rowCount : 1) * (isWholeMaps ? box.channelCount : 1),
  };
}

/** Bursts that the runs touch; a burst that two runs touch is moved twice. */
export function burstsOfRuns(runs: Runs, burstBytes: number): number {
  const { runBytes } = runs;
  if (runBytes === 0) return 0;
  let bursts = 0;
  for (let outer = 0; outer < runs.outerCount; outer++) {
    for (let inner = 0; inner < runs.innerCount; inner++) {
      const start = runs.offset + outer * runs.outerPitch + inner * runs.innerPitch;
      bursts += Math.floor((start + runBytes - 1) / burstBytes) - Math.floor(start / burstBytes) + 1;
    }
  }
  return bursts;
}
