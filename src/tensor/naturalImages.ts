import { inverseTransform2d } from './fourier.js';
import { createRandom, deriveSeed } from './random.js';
import type { Random } from './random.js';

/** Mean and standard deviation of CIFAR-10's training pixels, over all channels (derived from Krizhevsky 2009's data). */
const pixelMean = 121;
const pixelDeviation = 64;

/**
 * Red, green, blue of each principal colour axis: brightness, blue against yellow, red against green. The axes are
 * those of natural images (Ruderman, Cronin and Chiao, JOSA A 15(8), 1998); the deviations along them, 1 : 0.25 : 0.12,
 * make neighbouring channels correlate by 0.96 and red with blue by 0.86, as in photographs.
 */
const colourAxes = [
  [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)],
  [0.25 / Math.sqrt(6), 0.25 / Math.sqrt(6), -0.5 / Math.sqrt(6)],
  [0.12 / Math.sqrt(2), -0.12 / Math.sqrt(2), 0],
];

/**
 * Images with the second-order statistics of natural ones: the amplitude spectrum falls as 1 / frequency (Field, JOSA A
 * 4(12), 1987; Torralba and Oliva, Network 14(3), 2003) and three channels correlate as colours do. Phases are random:
 * they show no objects. Image i depends on the seed and i alone.
 *
 * @returns `count` arrays of channels x height x width pixels, 0 .. 255
 */
export function naturalImages(
  shape: { readonly channels: number; readonly height: number; readonly width: number },
  count: number,
  seed: number,
): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    naturalImage(shape, createRandom(deriveSeed(seed, `image ${i}`))),
  );
}

function naturalImage(
  { channels, height, width }: { channels: number; height: number; width: number },
  random: Random,
): Uint8Array {
  // A transform is periodic and photographs are not: cut the image out of a field of twice its size.
  const size = 2 ** Math.ceil(Math.log2(2 * Math.max(height, width, 2)));
  const axes = channels === 3 ? colourAxes : uncorrelatedAxes(channels);
  const fields: Float64Array[] = axes.map(() => new Float64Array(0));
  for (let i = 0; i < fields.length; i += 2) {
    const [first, second] = spectralFields(size, random);
    fields[i] = first;
    if (i + 1 < fields.length) fields[i + 1] = second;
  }
  const pixels = new Uint8Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++) {
    const weights = axes.map((axis) => axis[channel]);
    const gain = pixelDeviation / Math.hypot(...weights);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = row * size + column;
        let value = 0;
        for (let axis = 0; axis < fields.length; axis++) value += weights[axis] * fields[axis][at];
        const pixel = Math.round(pixelMean + gain * value);
        pixels[(channel * height + row) * width + column] = Math.min(255, Math.max(0, pixel));
      }
    }
  }
  return pixels;
}

/** One common axis and a smaller one of its own for each channel. */
function uncorrelatedAxes(channels: number): number[][] {
  const common = new Array<number>(channels).fill(1);
  if (channels === 1) return [common];
  return [common, ...common.map((_, own) => common.map((_, channel) => (channel === own ? 0.25 : 0)))];
}

/** Two independent fields of size x size with mean 0, variance 1 and amplitude 1 / frequency. */
function spectralFields(size: number, random: Random): [Float64Array, Float64Array] {
  const real = new Float64Array(size * size);
  const imaginary = new Float64Array(size * size);
  let power = 0;
  for (let row = 0; row < size; row++) {
    const v = Math.min(row, size - row);
    for (let column = 0; column < size; column++) {
      const u = Math.min(column, size - column);
      const amplitude = u === 0 && v === 0 ? 0 : 1 / Math.hypot(u, v);
      real[row * size + column] = amplitude * random.normal();
      imaginary[row * size + column] = amplitude * random.normal();
      power += amplitude * amplitude;
    }
  }
  inverseTransform2d(real, imaginary, size);
  const gain = 1 / Math.sqrt(power);
  for (let i = 0; i < real.length; i++) {
    real[i] *= gain;
    imaginary[i] *= gain;
  }
  return [real, imaginary];
}
