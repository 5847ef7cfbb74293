import { expect } from 'chai';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { setHeight } from '../../src/dataflow/rowStationary/mapping.js';
import { asPublished, dramWords, processingPassesOf, published, timeloopEyeriss } from './timeloopEyeriss.js';
import type { PublishedLayer } from './timeloopEyeriss.js';

describe("Timeloop's mappings of AlexNet on Eyeriss", () => {
  let accelerator: Accelerator;
  before(async () => {
    accelerator = await timeloopEyeriss();
  });

  for (const layer of published) {
    describe(layer.name, () => {
      it('carries out as many MACs on as many PEs', () => {
        const { counts } = asPublished(layer, accelerator);
        expect(counts.macs.performed).to.equal(layer.computes);
        expect(counts.activePes).to.equal(layer.utilizedPes);
      });

      it('computes for as many cycles, and one more for each load of filters', () => {
        const { counts } = asPublished(layer, accelerator);
        expect(layer.cycles).to.equal(layer.computes / layer.utilizedPes);
        expect(counts.computeCycles - processingPassesOf(layer)).to.equal(layer.cycles);
        const { dram, ...others } = counts.stallCycles;
        expect(Object.values(others).reduce((sum, cycles) => sum + cycles, 0)).to.equal(0);
        expect(dram / layer.cycles, 'the first loads, the last store').to.be.within(0, 0.0012);
      });

      it('moves as many words of each tensor between DRAM and chip', () => {
        const { counts } = asPublished(layer, accelerator);
        expect(dramWords(counts)).to.deep.equal({ ...layer.dram, other: 0 });
        const bursts = Object.values(counts.dram).reduce(
          (sum, each) => sum + each.readBursts + each.writeBursts,
          0,
        );
        expect(bursts).to.equal(layer.dram.weight + layer.dram.ifmap + layer.dram.ofmap);
      });

      it('fills scratch pads with as many weights and, sliding along the rows, ifmap values', () => {
        const { registers } = asPublished(layer, accelerator).counts;
        expect(registers.weight.writes).to.equal(layer.weightFills);
        expect(registers.ifmap.writes * imagesInterleaved(layer)).to.be.closeTo(layer.ifmapFills, 1e-3);
      });

      it('reads and updates as many sums at the global buffer, and each ifmap row once for all PEs that need it', () => {
        const { delivered } = asPublished(layer, accelerator).counts;
        expect(delivered.psum.readBytes / 2).to.equal(layer.glb.sumReads);
        expect((delivered.psum.writeBytes + delivered.ofmap.writeBytes) / 2).to.equal(layer.glb.sumUpdates);
        const { kernel, stride, mapping } = layer;
        const height = setHeight(kernel, accelerator.array);
        const rowsApart = (mapping.e * height) / ((mapping.e - 1) * stride + height);
        const expected = (delivered.ifmap.readBytes / 2) * rowsApart * imagesInterleaved(layer);
        expect(expected).to.be.closeTo(layer.glb.ifmapReads, 1e-3);
      });
    });
  }
});

describe('docs/timeloop.md', () => {
  const rows = readFileSync(join(packageRoot(), 'docs/timeloop.md'), 'utf8')
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  const rowsOf = (layer: string): string[][] => rows.filter(([first]) => first === layer);
  const printed = (figure: number): string => figure.toLocaleString('en-US');

  it('shows the mappings that are run, and what they come to', async () => {
    const accelerator = await timeloopEyeriss();
    for (const layer of published) {
      const { counts } = asPublished(layer, accelerator);
      const { m, n, e, p, q, r, t } = layer.mapping;
      const words = dramWords(counts);
      const [mapping, figures] = rowsOf(layer.name);
      expect(mapping.slice(5)).to.deep.equal([m, n, e, p, q, r, t].map(String));
      expect(figures.slice(1)).to.deep.equal(
        [
          ...[counts.macs.performed, counts.activePes, layer.cycles],
          ...[counts.computeCycles, processingPassesOf(layer)],
          ...[words.weight, words.ifmap, words.ofmap],
        ].map(printed),
      );
    }
  });

  it('says how far the time of a layer goes beyond its cycles', async () => {
    const accelerator = await timeloopEyeriss();
    const beyond = published.map((layer) => {
      const { counts } = asPublished(layer, accelerator);
      return (100 * (counts.cycles - counts.computeCycles)) / counts.computeCycles;
    });
    expect(Math.min(...beyond).toFixed(2)).to.equal('0.06');
    expect(Math.max(...beyond).toFixed(2)).to.equal('0.11');
    const loads = published.map((layer) => (100 * processingPassesOf(layer)) / layer.cycles);
    expect(new Set(loads.map((share) => share.toFixed(3)))).to.deep.equal(new Set(['0.010', '0.011']));
  });
});

/**
 * In conv4 and conv5 Timeloop's mappings take the images of a batch in turn at each output column, so that scratch pads slide along no
 * row: they are filled with the whole kernel's width for each column.
 */
function imagesInterleaved({ name, outputs, kernel }: PublishedLayer): number {
  return name === 'conv4' || name === 'conv5' ? (outputs * kernel) / (outputs - 1 + kernel) : 1;
}
