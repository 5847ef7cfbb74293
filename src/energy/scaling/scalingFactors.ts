import { UserError, type Location } from '../../document/userError.js';
import { areaFactor } from './areaFactors.js';
import { nodeCoefficients, polynomialAt, type NodeCoefficients } from './coefficients.js';
import type { OperatingPoint } from './operatingPoint.js';
import { nodeTolerance, scalingNodeFor, scalingNodes } from './scalingNodes.js';

/** What to multiply a figure with to bring it from one operating point to another. */
export interface ScalingFactors {
  /** Of dynamic energy per operation. */
  readonly energy: number;
  readonly delay: number;
  /** The method's own polynomial of power: not `energy / delay`, and not leakage, which the method does not cover. */
  readonly power: number;
  /** Does not depend on voltage or flavour. */
  readonly area: number;
  /** What was taken for something else; empty if nothing was. */
  readonly notes: readonly string[];
}

/**
 * Scaling between nodes and supplies after Stillmaker and Baas, "Scaling equations for the accurate prediction of CMOS
 * device performance from 180 nm to 7 nm", Integration 58 (2017): each factor is the polynomial at `to` over that at `from`,
 *
 *     delay  = a3 V^3 + a2 V^2 + a1 V + a0
 *     energy = b2 V^2 + b1 V + b0
 *     power  = c2 V^2 + c1 V + c0
 *
 * but for the area, which is a table. A node that the method lacks is taken as its nearest one, within 15 %, with a note.
 *
 * @throws UserError at `location` when no node is near enough, or a voltage is outside the range of its node
 */
export function scalingFactors(
  from: OperatingPoint,
  to: OperatingPoint,
  location?: Location,
): ScalingFactors {
  const source = coefficientsFor(from, location);
  const target = coefficientsFor(to, location);
  const ratio = (figure: 'energy' | 'delay' | 'power'): number =>
    polynomialAt(target[figure], to.voltage) / polynomialAt(source[figure], from.voltage);
  return {
    energy: ratio('energy'),
    delay: ratio('delay'),
    power: ratio('power'),
    area: areaFactor(source.technologyNm, target.technologyNm),
    notes: [...new Set([...notesOn(from, source), ...notesOn(to, target)])],
  };
}

function coefficientsFor(
  { technologyNm, voltage, flavour }: OperatingPoint,
  location?: Location,
): NodeCoefficients {
  const node = scalingNodeFor(technologyNm);
  const found = nodeCoefficients.find(
    (each) => each.technologyNm === node && (each.flavour ?? flavour) === flavour,
  );
  if (found === undefined) {
    throw new UserError(
      `${technologyNm} nm: expected a node within ${nodeTolerance * 100} % of one that the scaling method ` +
        `(Stillmaker and Baas 2017) has: ${scalingNodes.join(', ')} nm`,
      location,
    );
  }
  const [lowest, highest] = found.voltageRange;
  if (!(voltage >= lowest && voltage <= highest)) {
    const taken = node === technologyNm ? '' : `, taken as ${node} nm`;
    throw new UserError(
      `${voltage} V at ${technologyNm} nm${taken}: expected ${lowest} V to ${highest} V` +
        `${found.flavour === undefined ? '' : ` for ${found.flavour} transistors`}; outside, the scaling method's ` +
        `polynomials (Stillmaker and Baas 2017) give no sensible energy or delay`,
      location,
    );
  }
  return found;
}

function notesOn({ technologyNm, flavour }: OperatingPoint, found: NodeCoefficients): string[] {
  const notes: string[] = [];
  if (found.technologyNm !== technologyNm) {
    notes.push(`${technologyNm} nm is taken as ${found.technologyNm} nm, the nearest node of the method`);
  }
  if (found.flavour === undefined && flavour === 'lp') {
    notes.push(
      `lp at ${found.technologyNm} nm: the method tells low power from high performance below 65 nm only`,
    );
  }
  return notes;
}
