import { expect } from 'chai';
import { openReference } from '../../src/reference/backend.js';
import type { ReferenceBackend } from '../../src/reference/backend.js';
import { checkEndToEnd, checkLayer } from '../../src/reference/check.js';
import type { Maps } from '../../src/reference/layerReference.js';
import { createReference } from '../../src/reference/networkReference.js';
import type { NetworkReference } from '../../src/reference/networkReference.js';
import { conv } from '../model/networks.js';
import { float32, modelOf, smallModel } from './models.js';

const shape = { channels: 1, height: 4, width: 4 };

describe('float32 checks', () => {
  let wasm: ReferenceBackend;
  before(async () => {
    wasm = await openReference('wasm');
  });
  afterEach(() => {
    wasm.dispose();
  });

  /** A 3x3 convolution whose weights are all the same, with a residual. */
  function reference(weight: number, bias: number): NetworkReference {
    const layer = conv('layer', shape, { filters: 1, residual: 'residual' });
    const operands = { weights: new Float32Array(9).fill(weight), bias: Float64Array.of(bias) };
    return createReference(wasm, modelOf({ layer, operands }, float32));
  }

  function mapsOf(input: number, residual: number): Maps {
    return new Map([
      ['input', new Float32Array(16).fill(input)],
      ['residual', new Float32Array(16).fill(residual)],
    ]);
  }

  it('count bias and residual in the bound of (K + 8) * 2^-23', () => {
    for (const [bias, residual] of [
      [1000, 0],
      [0, 1000],
      [-1000, 0],
      [0, -1000],
    ]) {
      const given = reference(0, bias);
      const maps = mapsOf(1, residual);
      const bound = (9 + 8) * 2 ** -23 * 1000;
      const output = Float32Array.from(given.layer(0).output(maps));
      const found = output.slice();
      found[3] += bound * 0.9;
      expect(checkLayer(given, 0, maps, found).mismatches).to.equal(0);
      found[3] = output[3] + bound * 1.1;
      expect(checkLayer(given, 0, maps, found)).to.deep.include({ mismatches: 1 });
    }
  });

  it('do not let anything pass where the bound overflows', () => {
    const given = reference(5e18, 0);
    const maps = mapsOf(1e19, -3e38);
    expect(given.layer(0).tolerance(maps)[5]).to.equal(Infinity);
    const found = Float32Array.from(given.layer(0).output(maps));
    expect(checkLayer(given, 0, maps, found).mismatches, 'equal').to.equal(0);
    found[5] = 12345;
    expect(checkLayer(given, 0, maps, found).mismatches, 'not equal').to.equal(1);
  });

  it('find a result that is off by a thousandth of the largest, and a NaN, end to end', async () => {
    const { model, input } = await smallModel(float32);
    const given = createReference(wasm, model);
    const maps = new Map(given.forward(input));
    const result = Float32Array.from(maps.get(model.network.output)!);
    const largest = Math.max(...result.map(Math.abs));
    for (const [wrong, mismatches] of [
      [result[1], 0],
      [result[1] + largest * 1e-3, 1],
      [NaN, 1],
      [Infinity, 1],
    ]) {
      const found = result.slice();
      found[1] = wrong;
      maps.set(model.network.output, found);
      expect(checkEndToEnd(given, input, maps).mismatches, `${wrong}`).to.equal(mismatches);
    }
  });
});
