import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/document/package.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import type { LayerResult } from '../../src/report/result.js';

/** Chen et al., JSSC 52(1), 2017, Table V: mW of the chip in AlexNet's layers, 200 MHz, 1 V, 65 nm; its DRAM has no part in them. */
const measuredMw = new Map([
  ['conv1', 332],
  ['conv2', 288],
  ['conv3', 266],
  ['conv4', 235],
  ['conv5', 236],
]);

/**
 * mW while the array works, as on the chip when its DRAM traffic is hidden, by what it goes to. Leakage and clock are the same at any
 * time. DRAM is another chip, and the DMA its link.
 */
function powersMw({ counts, energy: { componentsPj, latencyPs } }: LayerResult, periodPs: number) {
  const { mac, registerFiles, buffers, network, decoder, patternTable, postProcessor, leakage, clock } =
    componentsPj;
  const working = (pj: number): number => (pj / (counts.computeCycles * periodPs)) * 1000;
  const always = (pj: number): number => (pj / latencyPs) * 1000;
  return {
    macs: working(mac),
    registers: working(registerFiles),
    buffers: working(Object.values(buffers).reduce((sum, pj) => sum + pj, 0)),
    wires: working(network),
    others: working(decoder + patternTable + postProcessor),
    standingBy: always(leakage),
    clock: always(clock),
  };
}

const sum = (powers: object): number =>
  Object.values(powers).reduce((all: number, each: number) => all + each, 0);

describe('power and area of the Eyeriss chip on AlexNet', () => {
  let layers: readonly LayerResult[];
  let periodPs: number;
  let areaMm2: number;

  before(async () => {
    const file = join(packageRoot(), 'configs/scenarios/eyeriss-alexnet.yaml');
    const scenario = await loadScenario(file);
    ({ periodPs } = scenario.accelerator);
    const result = await simulate(scenario);
    const [dense] = result.variants;
    ({ layers } = dense);
    areaMm2 = dense.area.totalMm2;
    expect(layers.map(({ counts }) => counts.layer)).to.deep.equal([...measuredMw.keys()]);
  });

  const powerMw = (layer: LayerResult): number => sum(powersMw(layer, periodPs));
  const withoutClockMw = (layer: LayerResult): number => powerMw(layer) - powersMw(layer, periodPs).clock;

  const measuredOver = (figure: (layer: LayerResult) => number): Map<string, number> =>
    new Map(
      layers.map((layer) => [
        layer.counts.layer,
        (measuredMw.get(layer.counts.layer) ?? NaN) / figure(layer),
      ]),
    );

  it('draws within 6 % of what its components come to', () => {
    for (const [layer, factor] of measuredOver(powerMw)) expect(factor, layer).to.be.within(0.94, 1.06);
  });

  it('draws 1.6 to 1.8 times what all but the clock network comes to', () => {
    for (const [layer, factor] of measuredOver(withoutClockMw))
      expect(factor, layer).to.be.within(1.55, 1.85);
  });

  // As others quote Fig. 16 of the paper, a layout simulation: 32.9 to 45.0 % of the power.
  it('spends a third to less than a half on the clock network', () => {
    for (const layer of layers) {
      const share = powersMw(layer, periodPs).clock / powerMw(layer);
      expect(share, layer.counts.layer).to.be.within(0.33, 0.45);
    }
  });

  it('draws less from layer to layer as zeros become more, no faster than measured', () => {
    const [first, , , , last] = layers.map(powerMw);
    const [measuredFirst, , , , measuredLast] = measuredMw.values();
    expect(first - last).to.be.within(60, measuredFirst - measuredLast);
  });

  // Passes of a layer are much alike, and the words that the DMA moves in buffers are in the mean alone.
  it('draws most in a pass that leaves out its zeros, as all do', () => {
    for (const layer of layers)
      expect(layer.peakChipPowerMw / powerMw(layer), layer.counts.layer).to.be.within(0.99, 1.03);
  });

  // Chen et al., JSSC 52(1), 2017: a core of 3.5 mm x 3.5 mm.
  it('takes less room than its core has, in which are wires, control and links, too', () => {
    expect(areaMm2).to.be.within(7, 3.5 * 3.5);
  });

  it('is on the page as it was run', () => {
    const page = readFileSync(join(packageRoot(), 'docs/eyeriss.md'), 'utf8').split('\n');
    const factors = measuredOver(powerMw);
    const withoutClock = measuredOver(withoutClockMw);
    const rows = layers.map((layer) => {
      const name = layer.counts.layer;
      const { macs, registers, buffers, wires, standingBy, clock } = powersMw(layer, periodPs);
      const measured = measuredMw.get(name) ?? NaN;
      const powers = [macs, registers, buffers, wires, standingBy, clock, powerMw(layer), measured];
      const ratios = [factors, withoutClock].map((of) => (of.get(name) ?? NaN).toFixed(2));
      return `| ${[name, ...powers.map((power) => power.toFixed(0)), ...ratios].join(' | ')} |`;
    });
    expect(rows.filter((row) => !page.includes(row)).join('\n')).to.equal('');
  });
});
