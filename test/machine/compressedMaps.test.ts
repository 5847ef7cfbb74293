import { expect } from 'chai';
import fc from 'fast-check';
import { createMemory } from '../../src/machine/memory.js';
import { createStoredMap, expandMap, storeCompressed } from '../../src/machine/compressedDram.js';
import type { StoredMap } from '../../src/machine/compressedDram.js';
import { executeLayer } from '../../src/machine/executeLayer.js';
import { storeWeights } from '../../src/machine/layerDram.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { runTimeline } from '../../src/machine/timeline.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import type { VectorProblem } from '../../src/mapping/problem.js';
import { outputBox, tilesInOrder } from '../../src/mapping/tiles.js';
import { compressedBytes, compressedLayout } from '../../src/schedule/compressedMap.js';
import { elementsOf } from '../../src/network/layer.js';
import type { Shape } from '../../src/network/layer.js';
import { countLayer } from '../../src/counts/countLayer.js';
import { compressedTransfer } from '../../src/schedule/compressedTransfer.js';
import { burstsOf, mapTransfer } from '../../src/schedule/transfer.js';
import { planar } from '../../src/storage/featureMapLayout.js';
import { findActivationFormat } from '../../src/storage/activations/activationFormats.js';
import type { ActivationFormat } from '../../src/storage/activations/activationFormat.js';
import { storeLayer } from '../../src/storage/formats.js';
import type { ElementArray, Precision } from '../../src/tensor/precision.js';
import { bytesOf } from '../../src/tensor/precision.js';
import { tensors } from '../../src/tensor/dataSpace.js';
import { cases, int8, machines } from './arbitraries.js';

const formats = fc
  .constantFrom('bitmask', 'run-length', 'run-length-2')
  .map((name) => findActivationFormat(name) as ActivationFormat);
const cut = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
);

/** The map as a layer that had cut it like this would have left it in DRAM. */
function stored(
  elements: ElementArray,
  shape: Shape,
  images: number,
  precision: Precision,
  format: ActivationFormat,
  [imageCount, filters, rows, columns]: readonly [number, number, number, number],
): StoredMap {
  const problem: VectorProblem = {
    kind: 'vector',
    name: 'earlier',
    images,
    window: {
      input: shape,
      output: shape,
      kernelHeight: 1,
      kernelWidth: 1,
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
    },
    precision,
    accumulator: 'int32',
    layout: planar,
    residual: false,
    filters: shape.channels,
  };
  const mapping = {
    tile: { images: imageCount, filters, channels: 1, rows, columns },
    order: ['rows', 'filters', 'images', 'columns', 'channels'],
    phasesPerGroup: 1,
  } as const;
  const map = createStoredMap(compressedLayout(problem, mapping, format, 32));
  const size = bytesOf(precision);
  for (const tile of tilesInOrder(problem, mapping)) {
    const box = outputBox(tile);
    const slot = new Uint8Array(
      Math.ceil((box.imageCount * box.channelCount * box.rowCount * box.columnCount * size) / 8) * 8,
    );
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    let to = 0;
    for (let image = box.imageStart; image < box.imageStart + box.imageCount; image++) {
      for (let channel = box.channelStart; channel < box.channelStart + box.channelCount; channel++) {
        for (let row = box.rowStart; row < box.rowStart + box.rowCount; row++) {
          const line = (image * shape.channels + channel) * shape.height + row;
          const from = (line * shape.width + box.columnStart) * size;
          slot.set(bytes.subarray(from, from + box.columnCount * size), to);
          to += box.columnCount * size;
        }
      }
    }
    storeCompressed(map, box, slot);
  }
  return map;
}

function nonZero(elements: ElementArray): number {
  return elements.filter((value) => value !== 0).length;
}

/** Half of the values are zero, as after a ReLU. */
function rectified(elements: ElementArray): ElementArray {
  return elements.map((value) => Math.max(0, value));
}

describe('compressed feature maps', () => {
  it('hold what was stored, whatever the tiles', () => {
    fc.assert(
      fc.property(cases(), formats, cut, ({ input, images, modelLayer, precision }, format, cuts) => {
        const shape = modelLayer.layer.geometry.input;
        const map = stored(input, shape, images, precision.ifmap, format, cuts);
        expect([...expandMap(map)]).to.deep.equal([...input]);
      }),
      { numRuns: 150 },
    );
  });

  it('make no difference to what a layer computes, and move the bytes that are counted', () => {
    fc.assert(
      fc.property(cases(), machines, formats, cut, cut, (given, accelerator, format, cuts, otherCuts) => {
        const { modelLayer, images, precision } = given;
        const { layer, supports } = modelLayer;
        const { input: inputShape } = layer.geometry;
        const input = rectified(given.input);
        const residual = given.residual && rectified(given.residual);
        const problem = convProblem(
          layer,
          precision,
          storeLayer('auto', { supports, precision: precision.weight }, layer.name),
          images,
        );
        let estimate;
        try {
          estimate = mapLayer(problem, accelerator);
        } catch {
          fc.pre(false);
          return;
        }
        const { schedule } = estimate;
        const weights = storeWeights(modelLayer, schedule);
        const memory = createMemory(accelerator.buffers);
        const plain = executeLayer(modelLayer, schedule, accelerator, weights, memory, input, residual);
        const maps = {
          input: stored(input, inputShape, images, precision.ifmap, format, cuts),
          residual:
            residual && stored(residual, layer.outputShape, images, precision.ifmap, format, otherCuts),
          output: createStoredMap(
            compressedLayout(problem, schedule.mapping, format, accelerator.dram.burstBytes),
          ),
        };
        const nothing = input.slice().fill(0);
        const found = executeLayer(
          modelLayer,
          schedule,
          accelerator,
          weights,
          memory,
          nothing,
          residual?.slice().fill(0),
          { maps },
        );
        expect([...found.output]).to.deep.equal([...plain.output]);
        const timeline = runTimeline(schedule, accelerator, { maps });
        for (const tensor of tensors) {
          const { readBytes, writeBytes } = timeline.dram[tensor];
          expect(found.movedBytes[tensor], tensor).to.equal(readBytes + writeBytes);
        }
        const { writeBytes } = timeline.dram.ofmap;
        expect(writeBytes + timeline.dram.index.writeBytes, 'every byte of the map once').to.equal(
          compressedBytes(maps.output),
        );
        expect(timeline.fills, 'buffers hold dense maps').to.deep.equal(estimate.timeline.fills);
        const { decoding } = countLayer(layer, schedule, timeline, accelerator);
        const dense = countLayer(layer, schedule, estimate.timeline, accelerator).decoding;
        const fetched = timeline.codec;
        expect(decoding.entries).to.equal(dense.entries + fetched.entries);
        expect(decoding.maskBits).to.equal(dense.maskBits + fetched.maskBits);
        // The output is encoded once, and every element of it has a bit of the mask.
        const outputs = images * elementsOf(layer.outputShape);
        expect(fetched.maskBits).to.be.at.least(format.name === 'bitmask' ? outputs : 0);
        if (format.name !== 'bitmask') expect(fetched.entries).to.be.at.least(nonZero(found.output));
      }),
      { numRuns: 150 },
    );
  });

  it('are fetched a unit at a time: of 8 x 32 elements in units of 2 rows, 3 rows take 2 units', () => {
    const shape = { channels: 2, height: 8, width: 32 };
    const elements = new Int8Array(512).fill(1);
    const bitmask = findActivationFormat('bitmask') as ActivationFormat;
    const { layout } = stored(elements, shape, 1, 'int8', bitmask, [1, 2, 8, 32]);
    expect(layout.tiles).to.have.length(1);
    expect(layout.tiles[0]).to.include({ unitRows: 2, unitsPerChannel: 4 });
    expect(layout.pointers).to.equal(9);
    expect(layout.pointerBytes).to.equal(2);
    // 64 bits of mask and 64 values in each of eight units.
    expect(layout.regionBytes).to.equal(8 * 72);
  });

  it('start each tile on a burst, and point with 32 bits where tiles are large', () => {
    const bitmask = findActivationFormat('bitmask') as ActivationFormat;
    const small = { channels: 3, height: 9, width: 5 };
    const { layout } = stored(new Int8Array(135).fill(1), small, 1, 'int8', bitmask, [1, 2, 4, 5]);
    expect(layout.tiles.map(({ offset }) => offset % 32)).to.deep.equal([0, 0, 0, 0, 0, 0]);
    // 2 channels of 20 bytes and 3 bytes of mask are 46, of which 64 are set aside.
    expect(layout.tiles[1].offset).to.equal(64);
    const large = { channels: 64, height: 32, width: 32 };
    const elements = new Int16Array(64 * 32 * 32).fill(-1);
    const map = stored(elements, large, 1, 'int16', bitmask, [1, 64, 32, 32]);
    expect(map.layout.pointerBytes).to.equal(4);
    expect([...expandMap(map)]).to.deep.equal([...elements]);
  });

  it('are moved in bursts of the pieces that they lie in, and decoded as much as is fetched', () => {
    const bitmask = findActivationFormat('bitmask') as ActivationFormat;
    const shape = { channels: 2, height: 8, width: 32 };
    // Channel 0 has no zeros, channel 1 nothing else: units of 72 and of 8 bytes.
    const elements = new Int8Array(512).fill(1, 0, 256);
    const map = stored(elements, shape, 1, 'int8', bitmask, [1, 2, 8, 32]);
    const transfer = mapTransfer(
      'ifmap',
      'input',
      false,
      planar,
      {
        imageStart: 0,
        imageCount: 1,
        channelStart: 0,
        channelCount: 2,
        rowStart: 1,
        rowCount: 2,
        columnStart: 3,
        columnCount: 4,
      },
      shape,
      1,
      0,
    );
    const { pointers, units, entries, maskBits } = compressedTransfer(transfer, transfer.box!, map);
    // Rows 1 and 2 lie in units 0 and 1 of each channel.
    expect(units.pieces).to.deep.equal([
      [0, 144],
      [288, 16],
    ]);
    expect(units.bytes).to.equal(160);
    expect(burstsOf(units, 32)).to.equal(5 + 1);
    expect(burstsOf(units, 16)).to.equal(9 + 1);
    expect(pointers.pieces).to.deep.equal([
      [0, 6],
      [8, 6],
    ]);
    expect(pointers).to.include({ tensor: 'index', bytes: 12, write: false });
    expect({ entries, maskBits }).to.deep.equal({ entries: 0, maskBits: 4 * 64 });

    const runs = stored(
      elements,
      shape,
      1,
      'int8',
      findActivationFormat('run-length') as ActivationFormat,
      [1, 2, 8, 32],
    );
    const coded = compressedTransfer(transfer, transfer.box!, runs);
    // 64 values, four to a word; of zeros alone no word is stored.
    expect(coded.units.pieces).to.deep.equal([
      [0, 256],
      [512, 0],
    ]);
    expect(burstsOf(coded.units, 32)).to.equal(8);
    expect(coded.entries).to.equal(128);
  });

  it('save nothing where no value is zero', () => {
    const shape = { channels: 2, height: 8, width: 32 };
    const elements = new Int8Array(512).fill(1);
    const bitmask = findActivationFormat('bitmask') as ActivationFormat;
    const map = stored(elements, shape, 1, int8.ifmap, bitmask, [1, 2, 8, 32]);
    expect(compressedBytes(map)).to.equal(8 * 72 + 9 * 2);
  });
});
