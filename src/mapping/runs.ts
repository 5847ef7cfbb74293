import type { Shape } from '../network/layer.js';

/** A box of the feature maps of a batch, which lie in DRAM as (images, channels, height, width). */
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
 * DRAM.
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

/** A box as a run per row, channel and image; runs that touch are merged. */
export function runsOfBox(box: MapBox, map: Shape, elementBytes: number): Runs {
  const { channels, height, width } = map;
  const isWholeRows = box.columnCount === width;
  const isWholeMaps = isWholeRows && box.rowCount === height;
  const isWholeImages = isWholeMaps && box.channelCount === channels;
  const rowBytes = box.columnCount * elementBytes;
  return {
    offset:
      (((box.imageStart * channels + box.channelStart) * height + box.rowStart) * width + box.columnStart) *
      elementBytes,
    imageCount: isWholeImages ? 1 : box.imageCount,
    imagePitch: channels * height * width * elementBytes,
    outerCount: isWholeMaps ? 1 : box.channelCount,
    outerPitch: height * width * elementBytes,
    innerCount: isWholeRows ? 1 : box.rowCount,
    innerPitch: width * elementBytes,
    runBytes:
      rowBytes *
      (isWholeRows ? box.rowCount : 1) *
      (isWholeMaps ? box.channelCount : 1) *
      (isWholeImages ? box.imageCount : 1),
  };
}

/** Bursts that the runs touch; a burst that two runs touch is moved twice. */
export function burstsOfRuns(runs: Runs, burstBytes: number): number {
  const { runBytes, imageCount, outerCount, innerCount } = runs;
  const all = imageCount * outerCount * innerCount;
  if (runBytes === 0 || all === 0) return 0;
  // At a pitch of whole bursts each run lies on its bursts like the first one.
  const images = runs.imagePitch % burstBytes === 0 ? 1 : imageCount;
  const outers = runs.outerPitch % burstBytes === 0 ? 1 : outerCount;
  const inners = runs.innerPitch % burstBytes === 0 ? 1 : innerCount;
  let bursts = 0;
  for (let image = 0; image < images; image++) {
    for (let outer = 0; outer < outers; outer++) {
      const first = runs.offset + image * runs.imagePitch + outer * runs.outerPitch;
      for (let inner = 0; inner < inners; inner++) {
        const start = first + inner * runs.innerPitch;
        bursts += Math.floor((start + runBytes - 1) / burstBytes) - Math.floor(start / burstBytes) + 1;
      }
    }
  }
  return (bursts * all) / (images * outers * inners);
}

/** Visits the first byte of every run, in the order in which the runs lie in a buffer. */
export function forEachRun(runs: Runs, visit: (start: number) => void): void {
  for (let image = 0; image < runs.imageCount; image++) {
    for (let outer = 0; outer < runs.outerCount; outer++) {
      const first = runs.offset + image * runs.imagePitch + outer * runs.outerPitch;
      for (let inner = 0; inner < runs.innerCount; inner++) visit(first + inner * runs.innerPitch);
    }
  }
}
