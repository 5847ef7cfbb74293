import { UserError } from '../document/userError.js';
import type { FigureSource } from './energyTable.js';
import type { Energy } from './layerEnergy.js';
import { breakEvenOf, rangeOfRatio } from './ratioRange.js';
import type { Range, Spent } from './ratioRange.js';
import type { SensitivityMetric } from './sensitivityMetric.js';

/** How the comparison of two variants moves with one figure of the tables. */
export interface FigureSensitivity extends Spent {
  readonly figure: string;
  readonly source: FigureSource;
  /** Of the variant's energy, 0 to 1. */
  readonly denseShare: number;
  readonly sparseShare: number;
  /** The ratio with the figure, in both variants, at 1 - by times itself, and at 1 + by; all others as they are. */
  readonly ratioAtLow: number;
  readonly ratioAtHigh: number;
  /** How far the two lie apart. */
  readonly swing: number;
}

/** How far dense / sparse depends on what the figures of the tables are. Plain data. */
export interface Sensitivity {
  readonly metric: SensitivityMetric;
  /** By what share of itself a figure is changed. */
  readonly by: number;
  /** dense / sparse of the metric: above 1, the sparse variant takes less. */
  readonly ratio: number;
  /** dense / sparse; no figure changes it. */
  readonly latencyRatio: number;
  /** Of all figures that either variant spent energy on; largest swing first, equal ones by name. */
  readonly figures: readonly FigureSensitivity[];
  /** The ratio with any one figure changed, or none. */
  readonly anyOne: Range;
  /** The ratio with all figures changed at once, each by as much as `by` up or down, as is worst and as is best. */
  readonly together: Range;
  /** Whether the ratio stays above 1 throughout. */
  readonly survives: { readonly anyOne: boolean; readonly together: boolean };
  /**
   * By how much all figures may be off, each by so much or less, with the ratio still above 1: below this share of themselves.
   * 0 when it is not above 1 as it is, null when no share below 1 brings it there.
   */
  readonly breakEvenX: number | null;
}

/**
 * What a change of the energy tables does to the comparison of two variants whose latencies and counts stay as they are. Energy is
 * proportional to each figure, and both variants are priced by the same table, so that nothing is simulated again.
 *
 * @param by share of itself, 0 to below 1, by which a figure is changed
 * @throws UserError when `by` is out of range, or when a variant takes no energy or no time
 */
export function sensitivityOf(
  dense: Compared,
  sparse: Compared,
  { by, metric = 'energy' }: { readonly by: number; readonly metric?: SensitivityMetric },
): Sensitivity {
  if (!(by >= 0 && by < 1))
    throw new UserError(`expected a share from 0 to below 1 to change figures by, got ${by}`);
  for (const { totalPj, latencyPs } of [dense, sparse]) {
    if (totalPj > 0 && latencyPs > 0) continue;
    throw new UserError(`expected variants that take energy and time, got ${totalPj} pJ in ${latencyPs} ps`);
  }
  const spent = spentByFigure(dense, sparse);
  const densePj = spent.reduce((sum, each) => sum + each.densePj, 0);
  const sparsePj = spent.reduce((sum, each) => sum + each.sparsePj, 0);
  const latencyRatio = dense.latencyPs / sparse.latencyPs;
  const weight = metric === 'edp' ? latencyRatio : 1;
  const ratio = (weight * densePj) / sparsePj;

  const figures = spent
    .map((each): FigureSensitivity => {
      const ratioAt = (change: number): number =>
        (weight * (densePj + change * each.densePj)) / (sparsePj + change * each.sparsePj);
      const [ratioAtLow, ratioAtHigh] = [ratioAt(-by), ratioAt(by)];
      return {
        ...each,
        denseShare: each.densePj / densePj,
        sparseShare: each.sparsePj / sparsePj,
        ratioAtLow,
        ratioAtHigh,
        swing: Math.abs(ratioAtHigh - ratioAtLow),
      };
    })
    .sort((a, b) => b.swing - a.swing || compareNames(a.figure, b.figure));
  const single = [ratio, ...figures.flatMap(({ ratioAtLow, ratioAtHigh }) => [ratioAtLow, ratioAtHigh])];
  const anyOne = { lowest: Math.min(...single), highest: Math.max(...single) };
  const { lowest, highest } = rangeOfRatio(spent, by);
  const together = { lowest: weight * lowest, highest: weight * highest };
  return {
    ...{ metric, by, ratio, latencyRatio, figures, anyOne, together },
    survives: { anyOne: anyOne.lowest > 1, together: together.lowest > 1 },
    breakEvenX: breakEvenOf(spent, weight),
  };
}

type Compared = Pick<Energy, 'figures' | 'totalPj' | 'latencyPs'>;

function spentByFigure(
  dense: Compared,
  sparse: Compared,
): Array<Spent & Pick<FigureSensitivity, 'figure' | 'source'>> {
  refuseGaps(dense);
  refuseGaps(sparse);
  return Object.entries({ ...sparse.figures, ...dense.figures }).map(([figure, { source }]) => ({
    figure,
    source,
    densePj: dense.figures[figure]?.energyPj ?? 0,
    sparsePj: sparse.figures[figure]?.energyPj ?? 0,
  }));
}

/** Energy that no figure accounts for would be taken for certain. */
function refuseGaps({ figures, totalPj }: Compared): void {
  const sum = Object.values(figures).reduce((total, { energyPj }) => total + energyPj, 0);
  if (Math.abs(sum - totalPj) > 1e-9 * totalPj) {
    throw new Error(`figures account for ${sum} pJ of ${totalPj} pJ`);
  }
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
