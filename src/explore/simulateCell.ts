import type { NetworkImages } from '../model/images.js';
import type { ReferenceBackend } from '../reference/backend.js';
import type { VariantResult } from '../report/result.js';
import { estimateCell } from './estimateCell.js';
import { densityNotes } from './notes.js';
import type { CellPlan } from './plan.js';
import type { VariantMaker } from './prepare.js';
import { runCell } from './runCell.js';
import type { BatchRange } from './runParts.js';
import type { Scenario } from './scenario.js';
import { variantResult } from './variantResult.js';

interface SimulateCellOptions {
  /** No check without one. */
  readonly backend: ReferenceBackend | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called after each layer of each batch. */
  readonly onLayer: (layer: string) => void;
  /** All unless given. */
  readonly batches?: BatchRange | undefined;
  /** Threads that share the passes of a layer, this one included. */
  readonly kernelThreads: number;
}

/** Carries out a cell as its scenario says. */
export async function simulateCell(
  scenario: Scenario,
  plan: CellPlan,
  maker: VariantMaker,
  images: NetworkImages,
  options: SimulateCellOptions,
): Promise<VariantResult> {
  const { execution } = scenario.settings;
  if (execution === 'estimate') {
    const run = await estimateCell(scenario, plan, options);
    return variantResult(scenario, plan, [...plan.sparse.notes, ...densityNotes(scenario)], run);
  }
  const prepared = await maker.prepared(plan.variant);
  const run = await runCell(scenario, plan, prepared, images, { execution, ...options });
  return variantResult(scenario, plan, prepared.notes, run);
}
