import type { Accelerator, Scaling } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import type { FigureKind } from './action.js';
import type { EnergyTable } from './energyTable.js';
import { scalingFactors } from './scaling/scalingFactors.js';
import type { ScalingFactors } from './scaling/scalingFactors.js';

/**
 * Figures stand as they are unless the accelerator asks for scaling.
 *
 * @throws UserError when the accelerator is of another node than the table and does not ask for it
 */
export function checkNode(accelerator: Accelerator, table: EnergyTable): void {
  if (accelerator.scaling !== undefined || accelerator.technologyNm === table.technologyNm) return;
  throw new UserError(
    `technology: accelerator "${accelerator.name}" is of ${accelerator.technologyNm} nm but its energy table ` +
      `"${table.name}" is of ${table.technologyNm} nm; name a table of ${accelerator.technologyNm} nm, or have its ` +
      `figures scaled: scaling: { method: stillmaker-baas, voltage: 0.9 V }`,
    accelerator.places?.technology ?? { file: accelerator.file },
  );
}

/** Node and voltage that a figure was measured at; the voltage is absent where its source does not state it. */
export interface Measured {
  readonly technologyNm: number;
  readonly voltage?: number | undefined;
}

/**
 * What figures measured elsewhere are to be multiplied by; undefined without scaling, and where they were measured at the
 * accelerator's own node and voltage. A figure whose voltage nobody states is taken as one at the accelerator's: its node alone
 * is scaled.
 *
 * @throws UserError, at the accelerator's `scaling`, for a node or a voltage that the method does not cover
 */
export function factorsFor(accelerator: Accelerator, measured: Measured): ScalingFactors | undefined {
  const { scaling, technologyNm, places, file } = accelerator;
  if (scaling === undefined) return undefined;
  const voltage = measured.voltage ?? scaling.voltage;
  if (measured.technologyNm === technologyNm && voltage === scaling.voltage) return undefined;
  const { flavour } = scaling;
  return scalingFactors(
    { technologyNm: measured.technologyNm, voltage, flavour },
    { technologyNm, voltage: scaling.voltage, flavour },
    places?.scaling ?? { file },
  );
}

/** The factor for one kind of figure. The method knows no leakage: that is scaled as power is. */
export function factorOf(factors: ScalingFactors, kind: FigureKind): number {
  if (kind === 'power') return factors.power;
  return kind === 'area' ? factors.area : factors.energy;
}

/** Such as "32 nm, 0.9 V (hp)". */
export function describeTarget(technologyNm: number, { voltage, flavour }: Scaling): string {
  return `${technologyNm} nm, ${voltage} V (${flavour})`;
}
