import { expect } from 'chai';
import fc from 'fast-check';
import { burstsOfRuns, forEachRun, singleRun } from '../../src/mapping/runs.js';
import type { MapBox, Runs } from '../../src/mapping/runs.js';
import { runsOfBox } from '../../src/mapping/runsOfBox.js';
import type { Shape } from '../../src/network/layer.js';
import { elementOffset, elementsInDram, layoutOf } from '../../src/storage/featureMapLayout.js';
import { layouts } from '../machine/arbitraries.js';

/** A part of `extent`, possibly all of it. */
function part(extent: number): fc.Arbitrary<{ start: number; count: number }> {
  return fc
    .tuple(fc.nat(extent - 1), fc.nat(extent - 1))
    .map(([a, b]) => ({ start: Math.min(a, b), count: Math.abs(a - b) + 1 }))
    .chain((some) => fc.constantFrom(some, { start: 0, count: extent }));
}

const boxes = fc
  .tuple(...[3, 9, 4, 5].map((max) => fc.integer({ min: 1, max })))
  .chain(([images, channels, height, width]) =>
    fc.record({
      images: fc.constant(images),
      map: fc.constant({ channels, height, width }),
      box: fc
        .tuple(part(images), part(channels), part(height), part(width))
        .map(([image, channel, row, column]): MapBox => ({
          imageStart: image.start,
          imageCount: image.count,
          channelStart: channel.start,
          channelCount: channel.count,
          rowStart: row.start,
          rowCount: row.count,
          columnStart: column.start,
          columnCount: column.count,
        })),
      elementBytes: fc.constantFrom(1, 2, 6),
      layout: layouts,
    }),
  );

type Element = readonly [image: number, channel: number, row: number, column: number];

/** What lies where in DRAM, written down element by element; undefined for padding. */
function dramOf(
  layout: string,
  images: number,
  { channels, height, width }: Shape,
): Array<Element | undefined> {
  const size = layout === 'NCHW' ? 1 : layout === 'NHWC' ? channels : Number(/\d+/.exec(layout)?.[0]);
  const dram: Array<Element | undefined> = [];
  for (let image = 0; image < images; image++) {
    for (let block = 0; block < channels; block += size) {
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          for (let channel = block; channel < block + size; channel++)
            dram.push(channel < channels ? [image, channel, row, column] : undefined);
        }
      }
    }
  }
  return dram;
}

/** Every byte that the runs move, in order. */
function bytesOf(runs: readonly Runs[]): number[] {
  const bytes: number[] = [];
  forEachRun(runs, (start, count) => {
    for (let byte = 0; byte < count; byte++) bytes.push(start + byte);
  });
  return bytes;
}

function holds(box: MapBox, [image, channel, row, column]: Element): boolean {
  const isIn = (at: number, start: number, count: number): boolean => at >= start && at < start + count;
  return (
    isIn(image, box.imageStart, box.imageCount) &&
    isIn(channel, box.channelStart, box.channelCount) &&
    isIn(row, box.rowStart, box.rowCount) &&
    isIn(column, box.columnStart, box.columnCount)
  );
}

describe('a layout of feature maps', () => {
  it('gives every element its place, and no room to anything but them and the padding', () => {
    fc.assert(
      fc.property(boxes, ({ images, map, layout: name }) => {
        const layout = layoutOf(name);
        const dram = dramOf(name, images, map);
        expect(images * elementsInDram(layout, map)).to.equal(dram.length);
        dram.forEach((element, place) => {
          if (element !== undefined) expect(elementOffset(layout, map, ...element)).to.equal(place);
        });
      }),
    );
  });
});

describe('runs of a box', () => {
  it('are its bytes, each once, and no padding', () => {
    fc.assert(
      fc.property(boxes, ({ images, map, box, elementBytes, layout }) => {
        const expected = dramOf(layout, images, map).flatMap((element, place) =>
          element !== undefined && holds(box, element)
            ? Array.from({ length: elementBytes }, (_, byte) => place * elementBytes + byte)
            : [],
        );
        const found = bytesOf(runsOfBox(layoutOf(layout), box, map, elementBytes));
        expect(found.sort((a, b) => a - b)).to.deep.equal(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('of NCHW come in the order image, channel, row, column', () => {
    fc.assert(
      fc.property(boxes, ({ map, box, elementBytes }) => {
        const found = bytesOf(runsOfBox(layoutOf('NCHW'), box, map, elementBytes));
        expect(found).to.deep.equal([...found].sort((a, b) => a - b));
      }),
    );
  });

  it('that touch are one, but for those at the ends of a block that is not moved whole', () => {
    fc.assert(
      fc.property(boxes, ({ map, box, elementBytes, layout }) => {
        for (const runs of runsOfBox(layoutOf(layout), box, map, elementBytes)) {
          const starts = new Set<number>();
          forEachRun([runs], (start) => starts.add(start));
          for (const start of starts) expect(starts.has(start + runs.runBytes)).to.equal(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('of whole images are one', () => {
    const box = { imageStart: 1, imageCount: 2, channelStart: 0, channelCount: 2 };
    const whole = { ...box, rowStart: 0, rowCount: 3, columnStart: 0, columnCount: 4 };
    for (const layout of ['NCHW', 'NHWC', 'NCHW2c'].map(layoutOf)) {
      const runs = runsOfBox(layout, whole, { channels: 2, height: 3, width: 4 }, 1);
      expect(runs).to.have.length(1);
      expect(runs[0]).to.include({ offset: 24, imageCount: 1, outerCount: 1, innerCount: 1, runBytes: 48 });
    }
  });

  it('of a single pixel are one, wherever its blocks begin', () => {
    const box = { imageStart: 0, imageCount: 1, rowStart: 0, rowCount: 1, columnStart: 0, columnCount: 1 };
    for (const layout of ['NCHW', 'NHWC', 'NCHW2c', 'NCHW4c'].map(layoutOf)) {
      const some = { ...box, channelStart: 1, channelCount: 6 };
      const runs = runsOfBox(layout, some, { channels: 9, height: 1, width: 1 }, 2);
      expect(bytesOf(runs)).to.deep.equal([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
      let count = 0;
      forEachRun(runs, () => count++);
      expect(count, layout.name).to.equal(1);
    }
  });

  it('of channels that fill no block are pixels, of whole blocks rows', () => {
    const map = { channels: 8, height: 3, width: 4 };
    const box = { imageStart: 0, imageCount: 1, rowStart: 0, rowCount: 2, columnStart: 1, columnCount: 3 };
    const lengths = (layout: string, channelStart: number, channelCount: number): number[] => {
      const found: number[] = [];
      forEachRun(runsOfBox(layoutOf(layout), { ...box, channelStart, channelCount }, map, 1), (_, bytes) =>
        found.push(bytes),
      );
      return found;
    };
    expect(lengths('NCHW', 2, 3), 'a row of each channel').to.deep.equal([3, 3, 3, 3, 3, 3]);
    expect(lengths('NHWC', 2, 3), 'three channels of each pixel').to.deep.equal([3, 3, 3, 3, 3, 3]);
    expect(lengths('NHWC', 0, 8), 'rows of all channels').to.deep.equal([24, 24]);
    expect(lengths('NCHW4c', 0, 8), 'rows of each block').to.deep.equal([12, 12, 12, 12]);
    expect(lengths('NCHW2c', 1, 4), 'an end, a block, a beginning').to.deep.equal([
      ...[1, 1, 1, 1, 1, 1],
      ...[6, 6],
      ...[1, 1, 1, 1, 1, 1],
    ]);
  });
});

describe('bursts of runs', () => {
  it('of the example in docs/scenario.md are those that it says', () => {
    const map = { channels: 64, height: 32, width: 32 };
    const box = { imageStart: 0, imageCount: 1, channelStart: 0, channelCount: 32 };
    const tile = { ...box, rowStart: 0, rowCount: 8, columnStart: 0, columnCount: 16 };
    const bursts = (layout: string): number => burstsOfRuns(runsOfBox(layoutOf(layout), tile, map, 1), 64);
    expect(['NCHW', 'NHWC', 'NCHW16c'].map(bursts)).to.deep.equal([256, 128, 64]);
  });

  const pitches = fc.integer({ min: 1, max: 200 });
  const someRuns: fc.Arbitrary<Runs> = fc.record({
    offset: fc.nat(100),
    imageCount: fc.nat(7),
    imagePitch: pitches,
    outerCount: fc.nat(7),
    outerPitch: pitches,
    innerCount: fc.nat(15),
    innerPitch: pitches,
    runBytes: fc.nat(40),
  });

  it('are those that each run touches', () => {
    const burstLengths = fc.constantFrom(1, 3, 4, 8, 12, 32, 60, 64);
    fc.assert(
      fc.property(fc.array(someRuns, { maxLength: 3 }), burstLengths, (runs, burstBytes) => {
        let expected = 0;
        forEachRun(runs, (start, bytes) => {
          const touched = Array.from({ length: bytes }, (_, byte) => Math.floor((start + byte) / burstBytes));
          expected += new Set(touched).size;
        });
        expect(burstsOfRuns(runs, burstBytes)).to.equal(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('of a million runs are counted at once', () => {
    const many = { ...singleRun(0, 3), outerCount: 1e6, outerPitch: 300_000, innerCount: 1e5, innerPitch: 3 };
    // Of 32 runs of 3 bytes two lie across an end of a burst of 32 bytes.
    expect(burstsOfRuns([many], 32)).to.equal((1e6 * 1e5 * 34) / 32);
  });
});
