import { expect } from 'chai';
import fc from 'fast-check';
import { burstsOfRuns, forEachRun, runsOfBox } from '../../src/mapping/runs.js';
import type { MapBox } from '../../src/mapping/runs.js';

/** A part of `extent`, possibly all of it. */
function part(extent: number): fc.Arbitrary<{ start: number; count: number }> {
  return fc
    .tuple(fc.nat(extent - 1), fc.nat(extent - 1))
    .map(([a, b]) => ({ start: Math.min(a, b), count: Math.abs(a - b) + 1 }))
    .chain((some) => fc.constantFrom(some, { start: 0, count: extent }));
}

const boxes = fc
  .tuple(...[3, 3, 5, 6].map((max) => fc.integer({ min: 1, max })))
  .chain(([images, channels, height, width]) =>
    fc.record({
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
      burstBytes: fc.constantFrom(1, 3, 4, 8, 60),
    }),
  );

describe('runs of a box', () => {
  it('are its bytes, in the order image, channel, row, column', () => {
    fc.assert(
      fc.property(boxes, ({ map, box, elementBytes }) => {
        const expected: number[] = [];
        for (let image = box.imageStart; image < box.imageStart + box.imageCount; image++) {
          for (let channel = box.channelStart; channel < box.channelStart + box.channelCount; channel++) {
            for (let row = box.rowStart; row < box.rowStart + box.rowCount; row++) {
              for (let column = box.columnStart; column < box.columnStart + box.columnCount; column++) {
                const line = (image * map.channels + channel) * map.height + row;
                const element = line * map.width + column;
                for (let byte = 0; byte < elementBytes; byte++) expected.push(element * elementBytes + byte);
              }
            }
          }
        }
        const runs = runsOfBox(box, map, elementBytes);
        const found: number[] = [];
        forEachRun(runs, (start) => {
          for (let byte = 0; byte < runs.runBytes; byte++) found.push(start + byte);
        });
        expect(found).to.deep.equal(expected);
      }),
    );
  });

  it('take the bursts that each of them touches', () => {
    fc.assert(
      fc.property(boxes, ({ map, box, elementBytes, burstBytes }) => {
        const runs = runsOfBox(box, map, elementBytes);
        let expected = 0;
        forEachRun(runs, (start) => {
          const touched = Array.from({ length: runs.runBytes }, (_, byte) =>
            Math.floor((start + byte) / burstBytes),
          );
          expected += new Set(touched).size;
        });
        expect(burstsOfRuns(runs, burstBytes)).to.equal(expected);
      }),
    );
  });

  it('of whole images are one', () => {
    const map = { channels: 2, height: 3, width: 4 };
    const box = { imageStart: 1, imageCount: 2, channelStart: 0, channelCount: 2 };
    const whole = { ...box, rowStart: 0, rowCount: 3, columnStart: 0, columnCount: 4 };
    expect(runsOfBox(whole, map, 1)).to.include({ offset: 24, imageCount: 1, outerCount: 1, runBytes: 48 });
  });
});
