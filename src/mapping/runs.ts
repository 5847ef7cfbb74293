/** A box of the feature maps of a batch: (images, channels, rows, columns). */
export interface MapBox {
  readonly imageStart: number;
  readonly imageCount: number;
  readonly channelStart: number;
  readonly channelCount: number;
  readonly rowStart: number;
  readonly rowCount: number;
  readonly columnStart: number;
  readonly columnCount: number;
}

/**
 * `imageCount` x `outerCount` x `innerCount` runs of `runBytes` contiguous bytes, the first `offset` bytes into a region of
 * DRAM. Pitches are in bytes.
 */
export interface Runs {
  readonly offset: number;
  readonly imageCount: number;
  readonly imagePitch: number;
  readonly outerCount: number;
  readonly outerPitch: number;
  readonly innerCount: number;
  readonly innerPitch: number;
  readonly runBytes: number;
}

/** One run. */
export function singleRun(offset: number, bytes: number): Runs {
  return {
    offset,
    imageCount: 1,
    imagePitch: 0,
    outerCount: 1,
    outerPitch: 0,
    innerCount: 1,
    innerPitch: 0,
    runBytes: bytes,
  };
}

/** Bursts that the runs touch; a burst that two runs touch is moved twice. */
export function burstsOfRuns(all: readonly Runs[], burstBytes: number): number {
  let bursts = 0;
  for (const runs of all) bursts += burstsOf(runs, burstBytes);
  return bursts;
}

/**
 * After `period` pitches runs lie on their bursts as before, at a pitch of whole bursts each like the first. So only runs
 * within a period are looked at, each for all that lie like it.
 */
function burstsOf(runs: Runs, burstBytes: number): number {
  const { runBytes, imageCount, outerCount, innerCount } = runs;
  if (runBytes === 0) return 0;
  const imagePeriod = burstPeriod(imageCount, runs.imagePitch, burstBytes);
  const outerPeriod = burstPeriod(outerCount, runs.outerPitch, burstBytes);
  const innerPeriod = burstPeriod(innerCount, runs.innerPitch, burstBytes);
  let bursts = 0;
  for (let image = 0; image < imageCount && image < imagePeriod; image++) {
    const images = Math.ceil((imageCount - image) / imagePeriod);
    for (let outer = 0; outer < outerCount && outer < outerPeriod; outer++) {
      const outers = images * Math.ceil((outerCount - outer) / outerPeriod);
      const first = runs.offset + image * runs.imagePitch + outer * runs.outerPitch;
      for (let inner = 0; inner < innerCount && inner < innerPeriod; inner++) {
        const start = first + inner * runs.innerPitch;
        const touched = Math.floor((start + runBytes - 1) / burstBytes) - Math.floor(start / burstBytes) + 1;
        bursts += outers * Math.ceil((innerCount - inner) / innerPeriod) * touched;
      }
    }
  }
  return bursts;
}

/** How many pitches are whole bursts, if that makes a difference. */
function burstPeriod(count: number, pitch: number, burstBytes: number): number {
  if (count === 1) return 1;
  let divisor = burstBytes;
  let rest = pitch % burstBytes;
  while (rest > 0) {
    const next = divisor % rest;
    divisor = rest;
    rest = next;
  }
  return burstBytes / divisor;
}

/** Visits every run, its first byte and its length, in the order in which their bytes are moved. */
export function forEachRun(all: readonly Runs[], visit: (start: number, bytes: number) => void): void {
  for (const runs of all) {
    for (let image = 0; image < runs.imageCount; image++) {
      for (let outer = 0; outer < runs.outerCount; outer++) {
        const first = runs.offset + image * runs.imagePitch + outer * runs.outerPitch;
        for (let inner = 0; inner < runs.innerCount; inner++)
          visit(first + inner * runs.innerPitch, runs.runBytes);
      }
    }
  }
}
