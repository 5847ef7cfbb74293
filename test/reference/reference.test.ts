import { expect } from 'chai';
import fc from 'fast-check';
import type { MapName } from '../../src/network/layer.js';
import type { ModelLayer } from '../../src/model/model.js';
import { UserError } from '../../src/document/userError.js';
import { openReference } from '../../src/reference/backend.js';
import type { ReferenceBackend } from '../../src/reference/backend.js';
import { digitLimit, digitsOf } from '../../src/reference/balancedBytes.js';
import { checkEndToEnd, checkLayer } from '../../src/reference/check.js';
import { createLayerReference } from '../../src/reference/layerReference.js';
import { createReference } from '../../src/reference/networkReference.js';
import type { ElementArray } from '../../src/tensor/precision.js';
import { cases, int8 } from '../machine/arbitraries.js';
import type { Case } from '../machine/arbitraries.js';
import { conv } from '../model/networks.js';
import { plainForward } from '../model/plainForward.js';
import { vectorLayers } from '../machine/vectorLayers.js';
import { float32, modelOf, smallModel } from './models.js';

function mapsOf({ input, residual }: Case): Map<MapName, ElementArray> {
  const maps = new Map<MapName, ElementArray>([['input', input]]);
  if (residual !== undefined) maps.set('residual', residual);
  return maps;
}

describe('reference', () => {
  let wasm: ReferenceBackend;
  let cpu: ReferenceBackend;
  before(async () => {
    wasm = await openReference('wasm');
    cpu = await openReference('cpu');
  });
  afterEach(() => {
    wasm.dispose();
    cpu.dispose();
  });

  it('computes integer layers bit for bit on any geometry, int8 and int16', () => {
    fc.assert(
      fc.property(cases(), (given) => {
        const { output } = createLayerReference(wasm, given.modelLayer, given.precision);
        expect(output(mapsOf(given))).to.deep.equal(plainForward(given.modelLayer, mapsOf(given)));
        wasm.dispose();
      }),
      { numRuns: 150 },
    );
  });

  it('stays exact where a reduction of extremes is far beyond what float32 holds', () => {
    const layer = conv('deep', { channels: 500, height: 3, width: 3 }, { filters: 2 });
    for (const precision of [int8, { ifmap: 'int16', weight: 'int16', accumulator: 'int48' }] as const) {
      const limit = precision.ifmap === 'int8' ? 127 : 32767;
      const weights = precision.weight === 'int8' ? new Int8Array(9000) : new Int16Array(9000);
      const input = precision.ifmap === 'int8' ? new Int8Array(4500) : new Int16Array(4500);
      weights.forEach((_, i) => (weights[i] = i % 5 === 0 ? -limit : limit));
      input.forEach((_, i) => (input[i] = i % 7 === 0 ? limit - 1 : -limit));
      const modelLayer: ModelLayer = {
        layer,
        operands: { weights, bias: Float64Array.of(3, -5) },
        requantization: {
          multiplier: Int32Array.of(40000, 50001),
          shift: Uint8Array.of(precision.ifmap === 'int8' ? 34 : 43, precision.ifmap === 'int8' ? 35 : 44),
          residualMultiplier: Float64Array.of(0, 0),
          min: -limit,
          max: limit,
        },
      };
      const maps = new Map([['input', input]]);
      const expected = plainForward(modelLayer, maps);
      expect(new Set(expected).size, 'not all clamped').to.be.above(3);
      for (const backend of [wasm, cpu]) {
        expect(createLayerReference(backend, modelLayer, precision).output(maps)).to.deep.equal(expected);
      }
    }
  });

  it('runs pools with padding, additions and ReLUs as defined, in integers and in float32', () => {
    const { layers, maps } = vectorLayers();
    const floats = new Map(
      [...maps].map(([name, map]) => [name, Float32Array.from(map, (value) => value / 64)]),
    );
    for (const modelLayer of layers) {
      const { layer } = modelLayer;
      const integer = createLayerReference(wasm, modelLayer, int8);
      expect(integer.output(maps), layer.kind).to.deep.equal(plainForward(modelLayer, maps));
      expect(() => integer.tolerance(maps)).to.throw('it has no tolerance');
      const reference = createReference(wasm, modelOf({ layer }, float32));
      const found = plainForward({ layer }, floats);
      expect(checkLayer(reference, 0, floats, found).mismatches, layer.kind).to.equal(0);
      found[5] += 0.001;
      expect(checkLayer(reference, 0, floats, found).mismatches, layer.kind).to.equal(1);
    }
  });

  it('accepts float32 sums in another order, and nothing beyond their rounding', () => {
    fc.assert(
      fc.property(cases({ precisions: [float32] }), (given) => {
        const reference = createReference(wasm, modelOf(given.modelLayer, float32));
        const maps = mapsOf(given);
        const found = plainForward(given.modelLayer, maps);
        expect(checkLayer(reference, 0, maps, found).mismatches).to.equal(0);
        const index = found.findIndex((value) => Math.abs(value) > 0.1);
        fc.pre(index >= 0);
        found[index] *= 1.001;
        expect(checkLayer(reference, 0, maps, found)).to.deep.include({ mismatches: 1 });
        found[index] = NaN;
        expect(checkLayer(reference, 0, maps, found).first?.index).to.equal(index);
        wasm.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('finds a single output that is off by one, in the layer and end to end', async () => {
    const { model, input } = await smallModel(int8);
    const reference = createReference(wasm, model);
    const maps = new Map(reference.forward(input));
    model.layers.forEach(({ layer }, index) => {
      const output = maps.get(layer.output)!;
      expect(checkLayer(reference, index, maps, output)).to.deep.include({
        outputs: output.length,
        mismatches: 0,
      });
      const wrong = output.slice();
      wrong[2]++;
      expect(checkLayer(reference, index, maps, wrong)).to.deep.include({
        mismatches: 1,
        first: { index: 2, expected: output[2], found: wrong[2] },
      });
    });
    expect(checkEndToEnd(reference, input, maps).mismatches).to.equal(0);
    const result = maps.get(model.network.output)!.slice();
    result[0]++;
    maps.set(model.network.output, result);
    expect(checkEndToEnd(reference, input, maps).mismatches).to.equal(1);
  });

  it('agrees with plain definitions from the image on, on both backends', async () => {
    for (const precision of [int8, float32]) {
      const { model, input } = await smallModel(precision);
      const maps = new Map<MapName, ElementArray>([['input', input]]);
      for (const each of model.layers) maps.set(each.layer.output, plainForward(each, maps));
      for (const backend of [wasm, cpu]) {
        expect(checkEndToEnd(createReference(backend, model), input, maps).mismatches).to.equal(0);
      }
    }
  });

  it('splits integers into balanced digits', () => {
    const values = Int16Array.from([-32767, -129, -128, -1, 0, 127, 128, 255, 256, 32767]);
    const [low, high] = digitsOf(values, 'int16');
    values.forEach((value, i) => {
      expect(low.values[i] * low.factor + high.values[i] * high.factor).to.equal(value);
      expect(Math.max(Math.abs(low.values[i]), Math.abs(high.values[i]))).to.be.at.most(digitLimit);
    });
  });

  it('says which backend computes', () => {
    expect(wasm.name).to.match(/^tensorflow\.js 4\.22\.0 wasm$/);
    expect(cpu.name).to.match(/^tensorflow\.js 4\.22\.0 cpu$/);
  });

  it('names what to do when the native library does not load', async function () {
    const found = await openReference('node').then(
      (backend) => {
        backend.dispose();
      },
      (error: unknown) => error,
    );
    if (found === undefined) this.skip();
    expect(found).to.be.instanceOf(UserError);
    expect((found as Error).message).to.match(/backend "node" to load.*npm install @tensorflow\/tfjs-node/);
    const fallback = await openReference('auto');
    expect(fallback.name).to.include('wasm');
  });
});
