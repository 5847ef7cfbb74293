import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import { lookUpSram, type SramRequest } from '../../src/energy/sram.js';
import { smallSram } from './fixtures.js';

const request = (changes: Partial<SramRequest> = {}): SramRequest => ({
  buffer: 'glb',
  cell: 'toy',
  technologyNm: 45,
  capacityBytes: 1024,
  banks: 1,
  wordBits: 32,
  ...changes,
});

describe('SRAM lookup', () => {
  const sram = smallSram();

  it('returns a measured point as it was measured', () => {
    for (const { wordBits, points } of sram.cells[0].widths) {
      for (const each of points) {
        const found = lookUpSram(sram, request({ capacityBytes: each.capacityBytes, wordBits }));
        expect(found).to.deep.equal(each);
      }
    }
  });

  it('follows the power law between two capacities', () => {
    // read energy 2 at 1 KiB and 8 at 4 KiB grows with the capacity to the power 1
    expect(lookUpSram(sram, request({ capacityBytes: 2048 })).readPj).to.be.closeTo(4, 1e-12);
    expect(lookUpSram(sram, request({ capacityBytes: 3000 })).readPj).to.be.closeTo((2 * 3000) / 1024, 1e-12);
  });

  it('follows the power law between two widths', () => {
    // write energy 3 at 32 bits and 6 at 128 bits grows with the square root of the width
    expect(lookUpSram(sram, request({ wordBits: 64 })).writePj).to.be.closeTo(3 * Math.SQRT2, 1e-12);
  });

  it('interpolates along both at once', () => {
    // the geometric mean of the four corners 2, 8, 8, 32
    const found = lookUpSram(sram, request({ capacityBytes: 2048, wordBits: 64 }));
    expect(found.readPj).to.be.closeTo(8, 1e-12);
    expect(found).to.include({ capacityBytes: 2048, wordBits: 64 });
  });

  it('looks up the capacity of one bank', () => {
    expect(lookUpSram(sram, request({ capacityBytes: 16384, banks: 4 })).readPj).to.equal(8);
  });

  it('never decreases between neighbours that increase', () => {
    const size = fc.integer({ min: 1024, max: 4096 });
    const width = fc.integer({ min: 32, max: 128 });
    fc.assert(
      fc.property(size, size, width, width, (a, b, v, w) => {
        const low = lookUpSram(sram, request({ capacityBytes: Math.min(a, b), wordBits: Math.min(v, w) }));
        const high = lookUpSram(sram, request({ capacityBytes: Math.max(a, b), wordBits: Math.max(v, w) }));
        expect(high.readPj).to.be.at.least(low.readPj * (1 - 1e-12));
        expect(low.readPj).to.be.within(2 * (1 - 1e-12), 32 * (1 + 1e-12));
      }),
    );
  });

  const refused = (changes: Partial<SramRequest>, ...parts: string[]): void => {
    let message = '';
    try {
      lookUpSram(sram, request(changes), { file: 'machine.yaml' });
    } catch (error) {
      expect(error).to.be.instanceOf(UserError);
      message = (error as UserError).message;
    }
    expect(message).to.match(/^machine\.yaml: buffer "glb": /);
    for (const part of parts) expect(message).to.contain(part);
  };

  it('refuses a bank outside the measured capacities and names their range', () => {
    refused({ capacityBytes: 511 }, 'a bank of 511 B', '512 B to 4 KiB');
    refused({ capacityBytes: 4097 }, '512 B to 4 KiB');
    refused({ capacityBytes: 1024, banks: 4 }, 'a bank of 256 B');
  });

  it('refuses a small bank with a word that was measured at larger banks only', () => {
    refused({ capacityBytes: 512, wordBits: 128 }, '1 KiB to 4 KiB with words of 128 bits');
    refused({ capacityBytes: 512, wordBits: 64 }, '1 KiB to 4 KiB with words of 64 bits');
  });

  it('refuses a word outside the measured widths and names their range', () => {
    refused({ wordBits: 16 }, 'a word of 16 bits', '32 to 128 bits');
    refused({ wordBits: 129 }, 'a word of 129 bits', '32 to 128 bits');
  });

  it('refuses a cell or node that was not measured and names those that were', () => {
    refused({ cell: 'magic' }, 'no cell "magic" at 45 nm', 'toy at 45 nm');
    refused({ technologyNm: 28 }, 'no cell "toy" at 28 nm');
  });
});
