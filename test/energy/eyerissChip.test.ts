import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registerTensors } from '../../src/dataflow/counters.js';
import { packageRoot } from '../../src/document/package.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { simulate } from '../../src/explore/simulate.js';
import type { LayerResult } from '../../src/report/result.js';
import { tensors } from '../../src/tensor/dataSpace.js';

/** Chen et al., JSSC 52(1), 2017, Table V: mW of the chip in AlexNet's layers, 200 MHz, 1 V, 65 nm; its DRAM has no part in them. */
const measuredMw = new Map([
  ['conv1', 332],
  ['conv2', 288],
  ['conv3', 266],
  ['conv4', 235],
  ['conv5', 236],
]);

/**
 * pJ of one 16-bit access, and mW of standing by: nn_dataflow's calibration to this chip (test_eyeriss_isscc16). A gated MAC is the
 * share of a MAC that Sparseloop's artifact (MICRO 2022) has for int16.
 */
const cost = { mac: 2, gatedMac: (2 * 0.06595) / 2.20035, register: 1, hop: 4, buffer: 15, staticMw: 30 };

/** mW of the clock network at 200 MHz, 65 nm, 1 V: CNNergy's model of this chip (Clock_Tree_Power.m; NeuPart, arXiv 1905.05011). */
const clockMw = 106.3;

/**
 * 16-bit values that one PE hands to the next, which no count has: fills of registers beyond those that the buffers' reads bring, and
 * sums on their way through the PEs of a column.
 */
function hops({ counts: { registers, buffers } }: LayerResult): number {
  const { ifmap, psum, ofmap } = buffers.glb;
  const fills = registers.ifmap.writes + registers.weight.writes;
  const brought = ifmap.readElements + buffers['filter-buffer'].weight.readElements;
  const passedOn = registers.psum.reads - registers.psum.writes;
  return fills - brought + passedOn - (psum.writeElements + ofmap.writeElements);
}

/** mW while the array works, as on the chip when its DRAM traffic is hidden, by what it goes to. */
function powersMw(layer: LayerResult): { readonly [part: string]: number } {
  const { macs, registers, buffers, computeCycles } = layer.counts;
  const registerAccesses = registerTensors.reduce(
    (sum, tensor) => sum + registers[tensor].reads + registers[tensor].writes,
    0,
  );
  const bufferAccesses = Object.values(buffers)
    .flatMap((buffer) => tensors.map((tensor) => buffer[tensor]))
    .reduce((sum, { readElements, writeElements }) => sum + readElements + writeElements, 0);
  const nanoseconds = computeCycles * 5;
  return {
    macs: (macs.performed * cost.mac + macs.gated * cost.gatedMac) / nanoseconds,
    registers: (registerAccesses * cost.register) / nanoseconds,
    hops: (hops(layer) * cost.hop) / nanoseconds,
    buffers: (bufferAccesses * cost.buffer) / nanoseconds,
    standingBy: cost.staticMw,
  };
}

const powerMw = (layer: LayerResult): number =>
  Object.values(powersMw(layer)).reduce((sum, power) => sum + power, 0);

describe('the power of the Eyeriss chip on AlexNet', () => {
  let layers: readonly LayerResult[];

  before(async () => {
    const file = join(packageRoot(), 'configs/scenarios/eyeriss-alexnet.yaml');
    const result = await simulate(await loadScenario(file));
    ({ layers } = result.variants[0]);
    expect(layers.map(({ counts }) => counts.layer)).to.deep.equal([...measuredMw.keys()]);
  });

  const measuredOver = (figure: (layer: LayerResult) => number): Map<string, number> =>
    new Map(
      layers.map((layer) => [
        layer.counts.layer,
        (measuredMw.get(layer.counts.layer) ?? NaN) / figure(layer),
      ]),
    );

  it('is 1.6 to 2.0 times that of its MACs, registers, buffers and the wires between PEs', () => {
    for (const [layer, factor] of measuredOver(powerMw)) expect(factor, layer).to.be.within(1.55, 2.05);
  });

  it('is that of these and a clock network within 15 %', () => {
    for (const [layer, factor] of measuredOver((each) => powerMw(each) + clockMw))
      expect(factor, layer).to.be.within(1, 1.15);
  });

  it('falls from layer to layer as zeros become more, no faster than measured', () => {
    const [first, , , , last] = layers.map(powerMw);
    const [measuredFirst, , , , measuredLast] = measuredMw.values();
    expect(first - last).to.be.within(70, measuredFirst - measuredLast);
  });

  it('is on the page as it was run', () => {
    const page = readFileSync(join(packageRoot(), 'docs/eyeriss.md'), 'utf8').split('\n');
    const factors = measuredOver(powerMw);
    const withClock = measuredOver((layer) => powerMw(layer) + clockMw);
    const rows = layers.map((layer) => {
      const name = layer.counts.layer;
      const powers = [...Object.values(powersMw(layer)), powerMw(layer), measuredMw.get(name) ?? NaN];
      const ratios = [factors, withClock].map((of) => (of.get(name) ?? NaN).toFixed(2));
      return `| ${[name, ...powers.map((power) => power.toFixed(0)), ...ratios].join(' | ')} |`;
    });
    expect(rows.filter((row) => !page.includes(row)).join('\n')).to.equal('');
  });
});
