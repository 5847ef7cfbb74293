import { expect } from 'chai';
import fc from 'fast-check';
import { nodeCoefficients } from '../../../src/energy/scaling/coefficients.js';
import type { OperatingPoint, TransistorFlavour } from '../../../src/energy/scaling/operatingPoint.js';
import { scalingFactors } from '../../../src/energy/scaling/scalingFactors.js';
import { refusal } from '../../document/fixtures.js';

const at = (technologyNm: number, voltage: number, flavour: TransistorFlavour = 'hp'): OperatingPoint => ({
  technologyNm,
  voltage,
  flavour,
});

/** Any node of the method at any voltage of its range. */
const anyPoint = fc.constantFrom(...nodeCoefficients).chain(({ technologyNm, flavour, voltageRange }) =>
  fc.record({
    technologyNm: fc.constant(technologyNm),
    voltage: fc.double({ min: voltageRange[0], max: voltageRange[1], noNaN: true }),
    flavour: flavour === undefined ? fc.constantFrom('hp', 'lp') : fc.constant(flavour),
  }),
);
const polynomials = ['energy', 'delay', 'power'] as const;

describe('scaling between nodes and voltages', () => {
  it('takes 65 nm at 1.3 V to 32 nm at 0.9 V with 0.1756 of the energy', () => {
    // the example in Section 4.2.1 of the paper, as its erratum corrects it: 0.4571 / 2.604
    const { energy, notes } = scalingFactors(at(65, 1.3), at(32, 0.9));
    expect(energy).to.be.closeTo(0.1756, 5e-5);
    expect(notes).to.deep.equal([]);
  });

  it('divides the polynomial at the one point by that at the other', () => {
    const { energy, delay, power, area } = scalingFactors(at(65, 1.3, 'lp'), at(14, 0.7, 'lp'));
    expect(energy).to.be.closeTo(
      (0.1556 * 0.49 - 0.06472 * 0.7 + 0.03066) / (3.755 * 1.69 - 4.398 * 1.3 + 1.975),
      1e-12,
    );
    expect(delay).to.be.closeTo(
      (-85.37 * 0.343 + 271.6 * 0.49 - 292.2 * 0.7 + 111.4) /
        (-53.3 * 2.197 + 230.4 * 1.69 - 333.9 * 1.3 + 178.6),
      1e-12,
    );
    expect(power).to.be.closeTo(
      (1259 * 0.49 - 554.1 * 0.7 + 152.3) / (12890 * 1.69 - 10510 * 1.3 + 4362),
      1e-12,
    );
    expect(area).to.equal(0.12);
  });

  it('takes area factors from the row of the old node and the column of the new one', () => {
    expect(scalingFactors(at(180, 1.8), at(7, 0.7)).area).to.equal(0.0032);
    expect(scalingFactors(at(7, 0.7), at(180, 1.8)).area).to.equal(320);
    expect(scalingFactors(at(45, 1, 'lp'), at(45, 0.9, 'hp')).area).to.equal(1);
  });

  it('tells high performance from low power below 65 nm', () => {
    const hp = scalingFactors(at(65, 1.1), at(45, 1, 'hp'));
    const lp = scalingFactors(at(65, 1.1), at(45, 1, 'lp'));
    expect(hp.delay).to.be.lessThan(lp.delay / 3);
    expect(scalingFactors(at(90, 1.1, 'lp'), at(65, 1, 'lp'))).to.include({
      energy: scalingFactors(at(90, 1.1, 'hp'), at(65, 1, 'hp')).energy,
    });
  });

  it('changes nothing from a point to itself', () => {
    fc.assert(
      fc.property(anyPoint, (point) => {
        expect(scalingFactors(point, point)).to.include({ energy: 1, delay: 1, power: 1, area: 1 });
      }),
    );
  });

  it('undoes itself on the way back, the area table to its two digits', () => {
    fc.assert(
      fc.property(anyPoint, anyPoint, (from, to) => {
        const there = scalingFactors(from, to);
        const back = scalingFactors(to, from);
        for (const figure of polynomials) {
          expect(there[figure] * back[figure]).to.be.closeTo(1, 1e-12);
          expect(there[figure]).to.be.within(1e-4, 1e4);
        }
        expect(there.area * back.area).to.be.closeTo(1, 0.05);
      }),
    );
  });

  it('comes to the same over a point in between, the area table to its two digits', () => {
    fc.assert(
      fc.property(anyPoint, anyPoint, anyPoint, (from, via, to) => {
        const first = scalingFactors(from, via);
        const second = scalingFactors(via, to);
        const direct = scalingFactors(from, to);
        for (const figure of polynomials) {
          expect((first[figure] * second[figure]) / direct[figure]).to.be.closeTo(1, 1e-12);
        }
        expect((first.area * second.area) / direct.area).to.be.closeTo(1, 0.1001);
      }),
    );
  });

  it('takes a node that the method lacks as its nearest one, and says so', () => {
    for (const [node, nearest] of [
      [40, 45],
      [28, 32],
      [22, 20],
      [12, 14],
      [8, 7],
      [200, 180],
    ]) {
      const { notes, ...factors } = scalingFactors(at(node, 1), at(65, 1.1));
      const { notes: none, ...same } = scalingFactors(at(nearest, 1), at(65, 1.1));
      expect(factors).to.deep.equal(same);
      expect(notes).to.deep.equal([`${node} nm is taken as ${nearest} nm, the nearest node of the method`]);
      expect(none).to.deep.equal([]);
    }
  });

  it('says each thing once, and when low power is not told apart', () => {
    expect(scalingFactors(at(40, 1), at(40, 0.9)).notes).to.have.length(1);
    expect(scalingFactors(at(65, 1, 'lp'), at(28, 0.9, 'lp')).notes).to.deep.equal([
      'lp at 65 nm: the method tells low power from high performance below 65 nm only',
      '28 nm is taken as 32 nm, the nearest node of the method',
    ]);
  });

  it('refuses a node that is far from all of the method and lists those', async () => {
    for (const node of [250, 150, 110, 55, 5, 0, NaN]) {
      for (const [from, to] of [
        [at(node, 1), at(65, 1)],
        [at(65, 1), at(node, 1)],
      ]) {
        expect(await refusal(() => scalingFactors(from, to, { file: 'machine.yaml', line: 3 }))).to.match(
          new RegExp(`^machine\\.yaml:3: ${node} nm: .*: 180, 130, 90, 65, 45, 32, 20, 16, 14, 10, 7 nm$`),
        );
      }
    }
  });

  it('refuses a voltage outside the range of its node, and takes both its ends', async () => {
    for (const { technologyNm, flavour = 'hp', voltageRange } of nodeCoefficients) {
      const [lowest, highest] = voltageRange;
      scalingFactors(at(technologyNm, lowest, flavour), at(technologyNm, highest, flavour));
      for (const voltage of [lowest - 0.001, highest + 0.001, 0, -1, Infinity, NaN]) {
        const message = await refusal(() => scalingFactors(at(65, 1), at(technologyNm, voltage, flavour)));
        expect(message).to.contain(
          `${voltage} V at ${technologyNm} nm: expected ${lowest} V to ${highest} V`,
        );
      }
    }
    expect(await refusal(() => scalingFactors(at(65, 1), at(28, 1.2)))).to.contain(
      '1.2 V at 28 nm, taken as 32 nm: expected 0.5 V to 1 V for hp transistors',
    );
  });
});
