import { expect } from 'chai';
import { fusionFault, poolBehind } from '../../src/network/fusion.js';
import { isConv } from '../../src/network/layer.js';
import type { Layer } from '../../src/network/layer.js';
import type { Network } from '../../src/network/network.js';
import { conv, networkOf, pool } from '../model/networks.js';

const input = { channels: 3, height: 8, width: 8 };
const map = { channels: 8, height: 8, width: 8 };
const half = { channels: 8, height: 4, width: 4 };

function network(...layers: readonly Layer[]): Network {
  return networkOf('net', input, layers);
}

function faultOf(given: Network, name: string): string | undefined {
  return fusionFault(
    given,
    given.layers.find((layer) => layer.name === name)!,
  );
}

/** By convolution, the pooling that it can take along. */
function pairs(given: Network): Record<string, string | undefined> {
  return Object.fromEntries(
    given.layers.filter(isConv).map((layer) => [layer.name, poolBehind(given, layer)?.name]),
  );
}

describe('a pooling layer', () => {
  const conv1 = conv('conv1', input, { filters: 8 });
  const max = pool('max', 'max-pool', 'conv1', map, 2);

  it('can be fused into the convolution whose output it alone reads', () => {
    const whole = network(conv1, max, conv('conv2', half, { input: 'max', filters: 8 }));
    expect(faultOf(whole, 'max')).to.equal(undefined);
    expect(pairs(whole)).to.deep.equal({ conv1: 'max', conv2: undefined });
    const average = network(
      conv1,
      max,
      conv('conv2', half, { input: 'max', filters: 8, residual: 'max' }),
      pool('average', 'average-pool', 'conv2', half, 4),
    );
    expect(pairs(average), 'with a residual, and at the end').to.deep.equal({
      conv1: 'max',
      conv2: 'average',
    });
  });

  it('cannot be where another layer needs that output', () => {
    const both = network(conv1, max, pool('other', 'average-pool', 'conv1', map, 2), {
      ...{
        kind: 'add',
        name: 'add',
        inputs: ['max', 'other'],
        output: 'add',
        outputShape: half,
        relu: false,
      },
    });
    expect(faultOf(both, 'max')).to.equal(
      'expected a pooling layer that alone reads the output of a convolution, got max; other reads that of conv1, too',
    );
    expect(pairs(both)).to.deep.equal({ conv1: undefined });
    const residual = network(
      conv1,
      max,
      conv('conv2', map, { input: 'conv1', filters: 8 }),
      conv('conv3', map, { input: 'conv2', filters: 8, residual: 'conv1' }),
    );
    expect(faultOf(residual, 'max')).to.match(/conv2 reads that of conv1, too$/);
    expect(faultOf({ ...network(conv1, max), output: 'conv1' }, 'max')).to.match(
      /that of conv1 is the network's output, too$/,
    );
  });

  it('cannot be behind anything else', () => {
    expect(faultOf(network(pool('first', 'max-pool', 'input', input, 2)), 'first')).to.match(
      /got first, which reads the network's input$/,
    );
    const twice = network(conv1, max, pool('again', 'max-pool', 'max', half, 2));
    expect(faultOf(twice, 'again')).to.match(/got again, which reads that of max, of kind max-pool$/);
    expect(faultOf(twice, 'conv1')).to.equal('expected a pooling layer, got conv1, which is of kind conv2d');
  });
});
