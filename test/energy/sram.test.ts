import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../src/document/userError.js';
import { lookUpSram, nearestSramNode, type SramRequest } from '../../src/energy/sram.js';
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
        expect(found).to.deep.equal({ ...each, extrapolated: [] });
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

  describe('asked to extrapolate', () => {
    const beyond = (changes: Partial<SramRequest>) =>
      lookUpSram(sram, request({ ...changes, extrapolate: true }));

    it('changes nothing inside the measured range', () => {
      const size = fc.integer({ min: 1024, max: 4096 });
      const width = fc.integer({ min: 32, max: 128 });
      fc.assert(
        fc.property(size, width, (capacityBytes, wordBits) => {
          const inside = lookUpSram(sram, request({ capacityBytes, wordBits }));
          expect(beyond({ capacityBytes, wordBits })).to.deep.equal(inside);
          expect(inside.extrapolated).to.deep.equal([]);
        }),
      );
    });

    it('continues the slope of the two largest and of the two smallest banks', () => {
      // 32 bits: write energy 3 at 1 KiB and 12 at 4 KiB goes with the capacity, 1 at 512 B with its power log2(3)
      const large = beyond({ capacityBytes: 65536 });
      expect(large.writePj).to.be.closeTo(12 * 16, 1e-9);
      expect(large).to.include({ capacityBytes: 65536, wordBits: 32 });
      expect(large.extrapolated).to.deep.equal(['capacity']);
      const small = beyond({ capacityBytes: 128 });
      expect(small.writePj).to.be.closeTo(1 / 9, 1e-12);
      expect(small.extrapolated).to.deep.equal(['capacity']);
    });

    it('continues the slope of the two widest and of the two narrowest words', () => {
      // 1 KiB: read energy 2 at 32 bits and 8 at 128 goes with the width, write energy 3 and 6 with its square root
      const wide = beyond({ wordBits: 512 });
      expect(wide.readPj).to.be.closeTo(32, 1e-9);
      expect(wide.writePj).to.be.closeTo(12, 1e-9);
      expect(wide.extrapolated).to.deep.equal(['width']);
      const narrow = beyond({ wordBits: 2 });
      expect(narrow.readPj).to.be.closeTo(2 / 16, 1e-12);
      expect(narrow.extrapolated).to.deep.equal(['width']);
    });

    it('says where it left both axes', () => {
      const found = beyond({ capacityBytes: 8192, wordBits: 16 });
      expect(found.extrapolated).to.deep.equal(['capacity', 'width']);
      expect(found.readPj).to.be.closeTo((2 * 8) / 2, 1e-9);
    });

    it('counts a small bank as outside where only narrower words were measured as small', () => {
      const found = beyond({ capacityBytes: 512, wordBits: 128 });
      expect(found.extrapolated).to.deep.equal(['capacity']);
      expect(found.readPj).to.be.closeTo(4, 1e-12);
    });

    it('follows one power law without a step at the end of the range', () => {
      fc.assert(
        fc.property(fc.double({ min: 1, max: 16, noNaN: true }), (ratio) => {
          expect(beyond({ capacityBytes: 4096 * ratio }).writePj / (12 * ratio)).to.be.closeTo(1, 1e-9);
        }),
      );
    });
  });

  describe('the nearest measured node', () => {
    const cell = (name: string, technologyNm: number) => ({ ...sram.cells[0], cell: name, technologyNm });
    const several = { ...sram, cells: [cell('a', 22), cell('a', 90), cell('a', 45), cell('b', 28)] };

    it('is the nearest by ratio of the same cell', () => {
      expect(nearestSramNode(several, 'a', 28)).to.equal(22);
      // 90 / 65 is less than 65 / 45
      expect(nearestSramNode(several, 'a', 65)).to.equal(90);
      expect(nearestSramNode(several, 'a', 60)).to.equal(45);
      expect(nearestSramNode(several, 'a', 7)).to.equal(22);
      expect(nearestSramNode(several, 'a', 45)).to.equal(45);
      expect(nearestSramNode(several, 'b', 180)).to.equal(28);
    });

    it('is undefined for a cell that was not measured', () => {
      expect(nearestSramNode(several, 'c', 45)).to.equal(undefined);
    });
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
    refused({ capacityBytes: 511 }, 'its number of banks, or set extrapolate: true on the buffer');
  });

  it('refuses more than 16 times beyond the measured range even when asked to extrapolate', () => {
    const far = 'more than 16 times outside the measured range';
    refused({ capacityBytes: 65537, extrapolate: true }, 'a bank of 64.001 KiB', far, '512 B to 4 KiB');
    refused({ capacityBytes: 31, extrapolate: true }, 'a bank of 31 B', far);
    refused({ wordBits: 2049, extrapolate: true }, 'a word of 2049 bits', far, '32 to 128 bits');
    refused({ wordBits: 1, extrapolate: true }, 'a word of 1 bits', far);
  });

  it('refuses to extrapolate from a single size', () => {
    const [narrow] = sram.cells[0].widths;
    const single = { ...sram, cells: [{ ...sram.cells[0], widths: [narrow] }] };
    expect(() => lookUpSram(single, request({ wordBits: 64, extrapolate: true }))).to.throw(
      UserError,
      'too few sizes to extrapolate from',
    );
    expect(lookUpSram(single, request({ capacityBytes: 8192, extrapolate: true })).readPj).to.be.closeTo(
      16,
      1e-9,
    );
  });

  it('refuses a small bank with a word that was measured at larger banks only', () => {
    refused({ capacityBytes: 512, wordBits: 128 }, '1 KiB to 4 KiB with words of 128 bits');
    refused({ capacityBytes: 512, wordBits: 64 }, '1 KiB to 4 KiB with words of 64 bits');
  });

  it('refuses a word outside the measured widths and names their range', () => {
    refused(
      { wordBits: 16 },
      'a word of 16 bits',
      '32 to 128 bits',
      'or set extrapolate: true on the buffer',
    );
    refused({ wordBits: 129 }, 'a word of 129 bits', '32 to 128 bits');
  });

  it('refuses a cell or node that was not measured and names those that were', () => {
    refused({ cell: 'magic' }, 'no cell "magic" at 45 nm', 'toy at 45 nm');
    refused({ technologyNm: 28 }, 'no cell "toy" at 28 nm');
    refused({ technologyNm: 28, extrapolate: true }, 'no cell "toy" at 28 nm');
  });
});
