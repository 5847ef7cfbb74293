import { expect } from 'chai';
import type { Traffic } from '../../src/counts/compulsoryTraffic.js';
import type { Charge, ChargedComponent } from '../../src/energy/charge.js';
import { compulsoryEnergy } from '../../src/energy/compulsoryEnergy.js';
import type { Tensor } from '../../src/tensor/dataSpace.js';
import { perTensor } from './fixtures.js';

const source = { component: 'test', family: 'test', source: 'test', foreign: false, derived: false };

function charge(part: ChargedComponent['part'], action: string, pj: number, tensor?: Tensor): Charge {
  const component: ChargedComponent = { part, level: 'dram', name: part };
  return { component, action, count: 10, pj, figure: part, source, tensor };
}

describe('compulsory energy', () => {
  const none = { burstBytes: 0, movedBytes: 0, compulsoryBytes: 0 };
  const traffic: Traffic = {
    ...perTensor(() => none),
    ifmap: { burstBytes: 200, movedBytes: 160, compulsoryBytes: 50 },
    ofmap: { burstBytes: 100, movedBytes: 100, compulsoryBytes: null },
    psum: { burstBytes: 40, movedBytes: 40, compulsoryBytes: 0 },
    index: { burstBytes: 10, movedBytes: 20, compulsoryBytes: 20 },
  };

  it('is that of multiplications that exist, and of reading and writing each byte once', () => {
    const charges = [
      charge('mac', 'mac', 2),
      charge('mac', 'gated', 1),
      charge('registerFiles', 'read', 100, 'ifmap'),
      charge('dram', 'read', 4, 'ifmap'),
      charge('dram', 'activate', 1000, 'ifmap'),
      charge('dram', 'write', 3, 'ofmap'),
      charge('dram', 'write', 50, 'psum'),
      charge('dram', 'read', 0.5, 'index'),
      charge('dram', 'read', 7, 'weight'),
      charge('dram', 'background', 900),
      charge('dram', 'read', 60),
    ];
    const { macPj, dramPj } = compulsoryEnergy(charges, traffic, 0.25);
    expect(macPj).to.equal(0.25 * (20 + 10));
    // A quarter of the ifmap's, all of what is compressed, none of partial sums; no more than was charged.
    expect(dramPj).to.equal(10 + 30 + 0 + 5);
  });
});
