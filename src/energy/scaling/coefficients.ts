import type { ScalingNode } from './scalingNodes.js';
import type { TransistorFlavour } from './operatingPoint.js';

/** Polynomials in the supply voltage V (in V), highest power first; their units cancel in ratios. */
export interface NodeCoefficients {
  readonly technologyNm: ScalingNode;
  /** Absent where one set stands for both. */
  readonly flavour?: TransistorFlavour;
  /** a3, a2, a1, a0. */
  readonly delay: readonly [number, number, number, number];
  /** b2, b1, b0. */
  readonly energy: readonly [number, number, number];
  /** c2, c1, c0. */
  readonly power: readonly [number, number, number];
  /** Lowest and highest V at which the polynomials are used, both included. */
  readonly voltageRange: readonly [number, number];
}

/**
 * The coefficients are those of Stillmaker and Baas, "Scaling equations for the accurate prediction of CMOS device
 * performance from 180 nm to 7 nm", Integration 58 (2017), fitted to HSpice runs with the PTM and ITRS transistor models.
 *
 * The voltage ranges are not the paper's. They follow from the polynomials, in steps of 0.05 V from 0.5 V up:
 * - energy and power are positive and rise with V, and energy / V^2 and power / V^2 stay within a factor of 2;
 * - delay is positive. A real delay falls ever more gently as V rises; the polynomials do so up to their turning point
 *   (a cubic's inflection, a quadratic's minimum) and from there on are used while within 20 % of the delay there.
 */
// prettier-ignore
export const nodeCoefficients: readonly NodeCoefficients[] = [
  { technologyNm: 180, voltageRange: [0.95, 2.2],
    delay: [0, 97.09, -356.7, 406.5], energy: [0, 24.64, -17.98], power: [0, 101000, -79720] },
  { technologyNm: 130, voltageRange: [0.5, 1.8],
    delay: [-76.65, 334.9, -493.4, 275.8], energy: [7.171, -6.709, 2.904], power: [27020, -15450, 5630] },
  { technologyNm: 90, voltageRange: [0.55, 1.8],
    delay: [-60.34, 262.5, -384.2, 210.9], energy: [4.762, -4.781, 2.092], power: [17320, -11230, 4328] },
  { technologyNm: 65, voltageRange: [0.6, 1.8],
    delay: [-53.3, 230.4, -333.9, 178.6], energy: [3.755, -4.398, 1.975], power: [12890, -10510, 4362] },
  { technologyNm: 45, flavour: 'hp', voltageRange: [0.5, 1.25],
    delay: [-501.6, 1567, -1619, 566.1], energy: [1.018, -0.3107, 0.1539], power: [5462, -1760, 522.4] },
  { technologyNm: 32, flavour: 'hp', voltageRange: [0.5, 1],
    delay: [-1047, 2982, -2797, 873.5], energy: [0.8367, -0.4341, 0.1701], power: [4001, -1733, 533.6] },
  { technologyNm: 20, flavour: 'hp', voltageRange: [0.5, 1.15],
    delay: [0, 34.63, -66.37, 41.15], energy: [0.373, -0.1582, 0.04104], power: [2922, -1286, 299.9] },
  { technologyNm: 16, flavour: 'hp', voltageRange: [0.5, 1.15],
    delay: [0, 24.8, -47.52, 28.87], energy: [0.2958, -0.1241, 0.03024], power: [2133, -882.6, 197.7] },
  { technologyNm: 14, flavour: 'hp', voltageRange: [0.5, 1.05],
    delay: [-40.66, 109.2, -100.6, 35.92], energy: [0.2363, -0.09675, 0.02239], power: [1675, -711, 159] },
  { technologyNm: 10, flavour: 'hp', voltageRange: [0.5, 1.05],
    delay: [-34.95, 93.65, -85.99, 30.4], energy: [0.2068, -0.09311, 0.02375], power: [1456, -621.6, 143.8] },
  { technologyNm: 7, flavour: 'hp', voltageRange: [0.5, 1.05],
    delay: [-28.58, 76.6, -70.26, 24.69], energy: [0.1776, -0.09097, 0.02447], power: [1179, -515.7, 123.4] },
  { technologyNm: 45, flavour: 'lp', voltageRange: [0.5, 1.7],
    delay: [-285.7, 1239, -1795, 898.8], energy: [1.103, -0.362, 0.2767], power: [6297, -3009, 1124] },
  { technologyNm: 32, flavour: 'lp', voltageRange: [0.55, 1.65],
    delay: [-325.9, 1374, -1922, 913.2], energy: [0.9559, -0.7823, 0.471], power: [4557, -3037, 1323] },
  { technologyNm: 20, flavour: 'lp', voltageRange: [0.5, 1.2],
    delay: [-160.5, 514.1, -558.6, 217.5], energy: [0.2632, -0.14, 0.06841], power: [2096, -962.4, 287.1] },
  { technologyNm: 16, flavour: 'lp', voltageRange: [0.5, 1.2],
    delay: [-114.6, 366.7, -397.4, 153.6], energy: [0.2139, -0.1187, 0.05639], power: [1609, -715.5, 205.7] },
  { technologyNm: 14, flavour: 'lp', voltageRange: [0.5, 1.2],
    delay: [-85.37, 271.6, -292.2, 111.4], energy: [0.1556, -0.06472, 0.03066], power: [1259, -554.1, 152.3] },
  { technologyNm: 10, flavour: 'lp', voltageRange: [0.5, 1.2],
    delay: [-71.76, 228.6, -246.3, 93.91], energy: [0.1261, -0.0518, 0.02769], power: [1046, -422.7, 118.9] },
  { technologyNm: 7, flavour: 'lp', voltageRange: [0.5, 1.2],
    delay: [-61.79, 196.1, -210.3, 79.55], energy: [0.09365, -0.03409, 0.02043], power: [815.2, -307.3, 87.54] },
];

/** The value of a polynomial of `NodeCoefficients` at a voltage. */
export function polynomialAt(coefficients: readonly number[], voltage: number): number {
  return coefficients.reduce((sum, coefficient) => sum * voltage + coefficient, 0);
}
