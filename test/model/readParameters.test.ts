import { expect } from 'chai';
import { zipSync } from 'fflate';
import { UserError } from '../../src/document/userError.js';
import { readParameters } from '../../src/model/readParameters.js';
import { float32Npy, npyBytes, npyHeader, npyOf } from '../tensor/npyBytes.js';
import { rejection, withFile } from '../tensor/temporaryFile.js';
import { conv, networkOf, psd4p8 } from './networks.js';

const input = { channels: 8, height: 4, width: 4 };
const network = networkOf('tiny', input, [
  conv('conv1', input, { filters: 2, batchNorm: 'bn1' }),
  conv(
    'fc',
    { channels: 32, height: 1, width: 1 },
    {
      kind: 'fully-connected',
      input: 'conv1',
      filters: 3,
      kernel: [1, 1],
      bias: true,
    },
  ),
]);
const noSupports = new Map();

function validArrays(): Record<string, Uint8Array> {
  return {
    'conv1.weight.npy': float32Npy(
      [2, 8, 3, 3],
      Array.from({ length: 144 }, (_, i) => i + 1),
    ),
    'bn1.weight.npy': float32Npy([2], [1, 2]),
    'bn1.bias.npy': float32Npy([2], [3, 4]),
    'bn1.running_mean.npy': float32Npy([2], [5, 6]),
    'bn1.running_var.npy': float32Npy([2], [7, 8]),
    'fc.weight.npy': float32Npy(
      [3, 32],
      Array.from({ length: 96 }, (_, i) => -i),
    ),
    'fc.bias.npy': float32Npy([3], [9, 10, 11]),
  };
}

async function faultOf(change: (arrays: Record<string, Uint8Array>) => void): Promise<string> {
  const arrays = validArrays();
  change(arrays);
  let message = '';
  await withFile('w.npz', zipSync(arrays), async (file) => {
    const error = await rejection(readParameters(file, network, noSupports));
    expect(error).to.be.instanceOf(UserError);
    message = error.message;
  });
  expect(message).to.include('w.npz: ').and.not.include('\n');
  return message;
}

describe('parameters from a file', () => {
  it('finds every parameter by its name', async () => {
    await withFile('w.npz', zipSync(validArrays()), async (file) => {
      const { layers, droppedWeights, unusedArrays, origin } = await readParameters(
        file,
        network,
        noSupports,
      );
      expect([origin, droppedWeights, unusedArrays]).to.deep.equal(['file', 0, []]);
      expect(layers.get('conv1')!.weights[143]).to.equal(144);
      expect(layers.get('conv1')!.bias).to.equal(undefined);
      expect(layers.get('conv1')!.batchNorm).to.deep.equal({
        gamma: Float32Array.of(1, 2),
        beta: Float32Array.of(3, 4),
        mean: Float32Array.of(5, 6),
        variance: Float32Array.of(7, 8),
      });
      expect(layers.get('fc')!.bias).to.deep.equal(Float32Array.of(9, 10, 11));
    });
  });

  it('sets weights outside the supports to zero and counts them', async () => {
    await withFile('w.npz', zipSync(validArrays()), async (file) => {
      const { layers, droppedWeights } = await readParameters(
        file,
        network,
        new Map([['conv1', psd4p8(2, 8)]]),
      );
      // Each filter keeps 7 kernels of 4 taps and one of 9.
      expect(droppedWeights).to.equal(144 - 2 * (7 * 4 + 9));
      const { weights } = layers.get('conv1')!;
      expect(weights.filter((weight) => weight !== 0)).to.have.length(2 * (7 * 4 + 9));
      expect([...weights.subarray(0, 9)]).to.deep.equal([1, 2, 0, 4, 5, 0, 0, 0, 0]);
    });
  });

  it('does not count zeros outside the supports', async () => {
    const arrays = validArrays();
    arrays['conv1.weight.npy'] = float32Npy([2, 8, 3, 3], new Float32Array(144));
    await withFile('w.npz', zipSync(arrays), async (file) => {
      const { droppedWeights } = await readParameters(file, network, new Map([['conv1', psd4p8(2, 8)]]));
      expect(droppedWeights).to.equal(0);
    });
  });

  it('lists arrays that no layer uses', async () => {
    const arrays = { ...validArrays(), 'extra.npy': float32Npy([1], [0]) };
    await withFile('w.npz', zipSync(arrays), async (file) => {
      expect((await readParameters(file, network, noSupports)).unusedArrays).to.deep.equal(['extra']);
    });
  });

  it('reads float64 and integer arrays as float32', async () => {
    const arrays = validArrays();
    arrays['fc.bias.npy'] = npyBytes(
      npyHeader('<f8', [3]),
      new Uint8Array(Float64Array.of(0.1, 2, 3).buffer),
    );
    arrays['bn1.bias.npy'] = npyBytes(npyHeader('|i1', [2]), Uint8Array.of(1, 255));
    await withFile('w.npz', zipSync(arrays), async (file) => {
      const { layers } = await readParameters(file, network, noSupports);
      expect(layers.get('fc')!.bias).to.deep.equal(Float32Array.of(0.1, 2, 3));
      expect(layers.get('conv1')!.batchNorm!.beta).to.deep.equal(Float32Array.of(1, -1));
    });
  });

  it('names a missing array and the one that was probably meant', async () => {
    const message = await faultOf((arrays) => {
      arrays['fc.biass.npy'] = arrays['fc.bias.npy'];
      delete arrays['fc.bias.npy'];
    });
    expect(message).to.include('expected an array "fc.bias" of shape (3), found none of this name among 7');
    expect(message).to.include('did you mean "fc.biass"?');
  });

  it('says which shape was expected and which found', async () => {
    const transposed = await faultOf((arrays) => {
      arrays['fc.weight.npy'] = float32Npy([32, 3], new Float32Array(96));
    });
    expect(transposed).to.include(
      'array "fc.weight": expected shape (3, 32) or (3, 32, 1, 1), found (32, 3)',
    );
    const flat = await faultOf((arrays) => {
      arrays['conv1.weight.npy'] = float32Npy([2, 72], new Float32Array(144));
    });
    expect(flat).to.include('expected shape (2, 8, 3, 3), found (2, 72)');
  });

  it('says where a number is not finite, not float32, or a variance is negative', async () => {
    const values = new Float32Array(144);
    values[72 + 9 + 4] = NaN;
    const nan = await faultOf((arrays) => (arrays['conv1.weight.npy'] = float32Npy([2, 8, 3, 3], values)));
    expect(nan).to.include('expected finite float32 numbers, found NaN at [1, 1, 1, 1]');
    const huge = new Uint8Array(Float64Array.of(0, 1e300, 0).buffer);
    const overflow = await faultOf(
      (arrays) => (arrays['fc.bias.npy'] = npyBytes(npyHeader('<f8', [3]), huge)),
    );
    expect(overflow).to.include('found 1e+300 at [1]');
    const variance = await faultOf((arrays) => (arrays['bn1.running_var.npy'] = float32Npy([2], [1, -0.5])));
    expect(variance).to.include('expected variances of at least 0, found -0.5 at 1');
    const int64 = npyOf([3], BigInt64Array.of(1n, 2n ** 60n, 3n));
    expect(await faultOf((arrays) => (arrays['fc.bias.npy'] = int64))).to.match(
      /array "fc.bias": expected integers that float32 holds exactly, found 1152921504606846976 at \[1\]$/,
    );
  });
});
