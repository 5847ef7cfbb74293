import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { totalDramBytes } from '../../src/counts/layerCounts.js';
import { countLayer } from '../../src/counts/countLayer.js';
import type { EnergyTable } from '../../src/energy/energyTable.js';
import { createEnergyModel, evaluateEnergy } from '../../src/energy/evaluate.js';
import type { EnergyModel } from '../../src/energy/evaluate.js';
import { loadEnergyTable } from '../../src/energy/table.js';
import type { LayerEstimate } from '../../src/machine/estimateLayer.js';
import { mapLayer, quickEffort } from '../../src/search/mapLayer.js';
import type { SearchEffort } from '../../src/search/mapLayer.js';
import {
  asPublished,
  dramWords,
  layerOf,
  precision,
  processingPassesOf,
  problemOf,
  published,
  timeloopEyeriss,
} from '../mapping/timeloopEyeriss.js';
import type { PublishedLayer } from '../mapping/timeloopEyeriss.js';
import { requireReferenceData } from './referenceData.js';

type Row = Readonly<Record<string, string>>;

/** Rows of a CSV file by column; a quoted field may hold commas. */
function rowsOf(file: string): Row[] {
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const fields = (line: string): string[] =>
    [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain);
  const columns = fields(header);
  return lines.map((line) => {
    const values = fields(line);
    return Object.fromEntries(columns.map((column, index) => [column, values[index]]));
  });
}

describe("AlexNet's layers on Eyeriss, as Timeloop's artifact has them", function () {
  this.timeout(300_000);
  let accelerator: Accelerator;
  before(async () => {
    accelerator = await timeloopEyeriss();
  });

  it('come to its MACs, cycles and utilization', function () {
    const file = requireReferenceData(this, 'validation/timeloop_eyeriss_alexnet_dense_summary.csv');
    const rows = rowsOf(file);
    expect(rows.map((row) => row.layer)).to.deep.equal(published.map(({ name }) => name));
    for (const [index, layer] of published.entries()) {
      const { counts } = asPublished(layer, accelerator);
      expect(counts.macs.performed).to.equal(Number(rows[index].computes));
      expect(counts.computeCycles - processingPassesOf(layer)).to.equal(Number(rows[index].cycles));
      // Printed with two digits, the rest cut off or rounded.
      expect(counts.activePes / 168).to.be.closeTo(Number(rows[index].utilization), 0.01);
    }
  });

  it('come to its DRAM words and the fills of its scratch pads', function () {
    const file = requireReferenceData(this, 'validation/timeloop_eyeriss_alexnet_dense_accesses.csv');
    const rows = rowsOf(file);
    for (const layer of published) {
      const at = (level: string, dataspace: string): Row => {
        const row = rows.find(
          (each) => each.layer === layer.name && each.level === level && each.dataspace === dataspace,
        );
        if (row === undefined) throw new Error(`no ${dataspace} at ${level} in ${layer.name}`);
        return row;
      };
      const { counts } = asPublished(layer, accelerator);
      const words = dramWords(counts);
      expect(words.weight).to.equal(Number(at('DRAM', 'Weights').scalar_reads_per_instance));
      expect(words.ifmap).to.equal(Number(at('DRAM', 'Inputs').scalar_reads_per_instance));
      expect(words.ofmap).to.equal(Number(at('DRAM', 'Outputs').scalar_updates_per_instance));
      const pad = at('weights_spad', 'Weights');
      const fills = Number(pad.scalar_fills_per_instance) * Number(pad.utilized_instances);
      expect(counts.registers.weight.writes).to.equal(fills);
      const sums = at('shared_glb', 'Outputs');
      expect(counts.delivered.psum.readBytes / 2).to.equal(Number(sums.scalar_reads_per_instance));
    }
  });
});

describe("the search, held against Timeloop's mappings", function () {
  this.timeout(300_000);
  let accelerator: Accelerator;
  let table: EnergyTable;
  before(async () => {
    accelerator = await timeloopEyeriss();
    table = await loadEnergyTable('edge-45nm');
  });

  const objectives = ['dram-traffic', 'latency', 'energy'] as const;
  type Objective = (typeof objectives)[number];

  const modelOf = (): EnergyModel => createEnergyModel(accelerator, precision, table);
  const energyPj = (layer: PublishedLayer, { schedule, timeline }: LayerEstimate): number =>
    evaluateEnergy(countLayer(layerOf(layer), schedule, timeline, accelerator), modelOf()).totalPj;

  const worthOf = (objective: Objective, layer: PublishedLayer, estimate: LayerEstimate): number => {
    const { schedule, timeline } = estimate;
    switch (objective) {
      case 'dram-traffic':
        return totalDramBytes(countLayer(layerOf(layer), schedule, timeline, accelerator)) / 2;
      case 'latency':
        return timeline.cycles;
      case 'energy':
        return energyPj(layer, estimate);
    }
  };

  /** The one place where the search is called. */
  const searched = (objective: Objective, layer: PublishedLayer, effort = quickEffort): LayerEstimate =>
    mapLayer(problemOf(layer), accelerator, {
      objective,
      priced: { layer: layerOf(layer), model: modelOf() },
      effort,
    });

  /** What the quick search misses, and by how much at most. A search that misses less has to shorten this list. */
  const missed: Readonly<Record<Objective, Readonly<Record<string, number>>>> = {
    'dram-traffic': { conv3: 0.17, conv4: 0.17 },
    latency: {},
    energy: {},
  };

  for (const objective of objectives) {
    it(`finds nothing worse for the objective ${objective}, but for what is listed`, () => {
      for (const layer of published) {
        const theirs = worthOf(objective, layer, asPublished(layer, accelerator).estimate);
        const ours = worthOf(objective, layer, searched(objective, layer));
        const slack = missed[objective][layer.name] ?? 0;
        expect(ours / theirs, `${layer.name}: ${ours} to ${theirs}`).to.be.at.most(1 + slack);
        if (slack > 0) expect(ours / theirs, `${layer.name} is listed as missed`).to.be.above(1);
      }
    });
  }

  it('finds nothing that moves more words among tiles that need not be halves of each other', () => {
    for (const layer of published) {
      if (missed['dram-traffic'][layer.name] === undefined) continue;
      const theirs = worthOf('dram-traffic', layer, asPublished(layer, accelerator).estimate);
      const effort: SearchEffort = { space: 'aligned', judgements: 20, refinements: 400 };
      expect(worthOf('dram-traffic', layer, searched('dram-traffic', layer, effort)), layer.name).to.equal(
        theirs,
      );
    }
  });
});
