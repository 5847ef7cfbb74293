import { expect } from 'chai';
import {
  nodeCoefficients,
  polynomialAt,
  type NodeCoefficients,
} from '../../../src/energy/scaling/coefficients.js';
import { scalingNodes } from '../../../src/energy/scaling/scalingNodes.js';

const step = 0.05;

/** Energy and power rise from above zero, as V^2 within a factor of 2. */
function rises(node: NodeCoefficients, lowest: number, highest: number): boolean {
  return [node.energy, node.power].every((figure) => {
    const voltages = Array.from({ length: 401 }, (_, i) => lowest + ((highest - lowest) * i) / 400);
    const values = voltages.map((voltage) => polynomialAt(figure, voltage));
    const overSquare = values.map((value, i) => value / voltages[i] ** 2);
    return (
      values[0] > 0 &&
      values.slice(1).every((value, i) => value > values[i]) &&
      Math.max(...overSquare) <= 2 * Math.min(...overSquare)
    );
  });
}

/** Delay from its turning point to `highest` is within 20 % of the delay there. */
function keepsDelay({ delay }: NodeCoefficients, highest: number): boolean {
  const [a3, a2, a1] = delay;
  const turning = a3 === 0 ? -a1 / (2 * a2) : -a2 / (3 * a3);
  const there = polynomialAt(delay, turning);
  const steps = Array.from({ length: 401 }, (_, i) => turning + ((highest - turning) * i) / 400);
  return steps.every((voltage) => Math.abs(polynomialAt(delay, voltage) / there - 1) <= 0.2);
}

describe('the coefficients of the scaling method', () => {
  it('cover every node, below 65 nm for both kinds of transistor', () => {
    const expected = scalingNodes.flatMap((node) =>
      node >= 65 ? [`${node}`] : [`${node} hp`, `${node} lp`],
    );
    expect(
      nodeCoefficients.map(({ technologyNm, flavour }) => [technologyNm, flavour ?? []].flat().join(' ')),
    ).to.have.members(expected);
  });

  it('evaluate highest power first', () => {
    expect(polynomialAt([2, 3, 5, 7], 10)).to.equal(2357);
  });

  for (const node of nodeCoefficients) {
    const [lowest, highest] = node.voltageRange;
    describe(`at ${node.technologyNm} nm ${node.flavour ?? ''}`.trim(), () => {
      it(`give rising energy and power, and positive delay, from ${lowest} V to ${highest} V`, () => {
        expect(rises(node, lowest, highest)).to.equal(true);
        expect(keepsDelay(node, highest)).to.equal(true);
        for (let i = 0; i <= 400; i++) {
          expect(polynomialAt(node.delay, lowest + ((highest - lowest) * i) / 400)).to.be.greaterThan(0);
        }
      });

      it('do not one step further', () => {
        expect(keepsDelay(node, highest + step)).to.equal(false);
        if (lowest > 0.5) expect(rises(node, lowest - step, highest)).to.equal(false);
        expect(lowest).to.be.at.least(0.5);
      });
    });
  }
});
