import { expect } from 'chai';
import { inverseTransform2d } from '../../src/tensor/fourier.js';
import { naturalImages } from '../../src/tensor/naturalImages.js';

const shape = { channels: 3, height: 32, width: 32 };

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Slope of log power over log frequency of horizontal lines, averaged over many. */
function powerSlope(images: readonly Uint8Array[], width: number): number {
  const power = new Float64Array(width / 4);
  for (const image of images) {
    for (let begin = 0; begin < image.length; begin += width) {
      for (let k = 1; k < width / 4; k++) {
        let [re, im] = [0, 0];
        for (let x = 0; x < width; x++) {
          // A Hann window, since lines of an image are not periodic.
          const value = image[begin + x] * (1 - Math.cos((2 * Math.PI * x) / width));
          re += value * Math.cos((2 * Math.PI * k * x) / width);
          im += value * Math.sin((2 * Math.PI * k * x) / width);
        }
        power[k] += re * re + im * im;
      }
    }
  }
  const logs = Array.from(
    { length: width / 4 - 2 },
    (_, i) => [Math.log(i + 2), Math.log(power[i + 2])] as const,
  );
  const [x, y] = [mean(logs.map(([a]) => a)), mean(logs.map(([, b]) => b))];
  return (
    logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) /
    logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0)
  );
}

describe('natural images', () => {
  it('depend on the seed and their number alone', () => {
    const three = naturalImages(shape, 3, 1);
    expect(naturalImages(shape, 1, 1)[0]).to.deep.equal(three[0]);
    expect(three[1]).to.not.deep.equal(three[0]);
    expect(naturalImages(shape, 1, 2)[0]).to.not.deep.equal(three[0]);
  });

  it('have an amplitude that falls as 1 / frequency: along a line, power falls by about its square', () => {
    // A line through a spectrum of power f^-2 in two dimensions integrates to f^-1; 64 pixels lie well inside.
    const slope = powerSlope(naturalImages({ channels: 1, height: 64, width: 64 }, 20, 3), 64);
    expect(slope).to.be.within(-1.5, -0.7);
  });

  it('have neighbouring pixels and colour channels that correlate strongly', () => {
    const images = naturalImages(shape, 40, 4);
    const plane = (channel: number): number[] =>
      images.flatMap((image) => [...image.subarray(channel * 1024, (channel + 1) * 1024)]);
    const [red, green, blue] = [plane(0), plane(1), plane(2)];
    expect(correlation(red, green)).to.be.within(0.9, 0.99);
    expect(correlation(red, blue)).to.be.within(0.75, 0.95);
    expect(correlation(red.slice(0, -1), red.slice(1))).to.be.above(0.65);
  });

  it('have the mean and spread of CIFAR-10', () => {
    const pixels = naturalImages(shape, 100, 5).flatMap((image) => [...image]);
    const average = mean(pixels);
    expect(average).to.be.within(110, 132);
    expect(Math.sqrt(mean(pixels.map((pixel) => (pixel - average) ** 2)))).to.be.within(52, 70);
  });

  it('come in any size and number of channels', () => {
    for (const [channels, height, width] of [
      [1, 1, 1],
      [3, 17, 40],
      [5, 64, 3],
    ] as const) {
      const [image] = naturalImages({ channels, height, width }, 1, 6);
      expect(image).to.have.length(channels * height * width);
    }
  });
});

describe('inverse Fourier transform', () => {
  it('equals its definition', () => {
    const size = 8;
    const real = Float64Array.from({ length: 64 }, (_, i) => Math.sin(i * i));
    const imaginary = Float64Array.from({ length: 64 }, (_, i) => Math.cos(3 * i));
    const [re, im] = [real.slice(), imaginary.slice()];
    inverseTransform2d(re, im, size);
    for (let at = 0; at < 64; at++) {
      let [sumRe, sumIm] = [0, 0];
      for (let from = 0; from < 64; from++) {
        const turns = (Math.floor(from / 8) * Math.floor(at / 8) + (from % 8) * (at % 8)) / 8;
        const [c, s] = [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
        sumRe += real[from] * c - imaginary[from] * s;
        sumIm += real[from] * s + imaginary[from] * c;
      }
      expect(re[at]).to.be.closeTo(sumRe, 1e-9);
      expect(im[at]).to.be.closeTo(sumIm, 1e-9);
    }
  });
});
