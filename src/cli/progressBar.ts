import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../explore/simulate.js';

export interface ProgressBar {
  readonly update: (progress: Progress) => void;
  /** Takes the bar off the screen; may be called again. */
  readonly stop: () => void;
}

/** A bar on stderr while it is a terminal, and silence otherwise. */
export function createProgressBar(): ProgressBar {
  if (!process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} % | {variant} {dataflow} {activity}',
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let isRunning = false;
  return {
    update: ({ done, total, variant, dataflow, activity }) => {
      if (!isRunning) bar.start(total, done, { variant, dataflow, activity });
      isRunning = true;
      bar.update(done, { variant, dataflow, activity });
    },
    stop: () => {
      if (isRunning) bar.stop();
      isRunning = false;
    },
  };
}
