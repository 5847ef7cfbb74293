/** A thread of `runInThreads`: carries out one part of a scenario after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../document/userError.js';
import { openReference } from '../reference/backend.js';
import type { ReferenceBackend } from '../reference/backend.js';
import { planCells } from './plan.js';
import type { CellPlan } from './plan.js';
import { createVariantMaker, loadImages } from './prepare.js';
import { cacheOf } from './rememberedSearches.js';
import type { RunPart } from './runParts.js';
import type { RunAnswer, RunWorkerData } from './runThreads.js';
import { simulateCell } from './simulateCell.js';

const { scenario, searches } = workerData as RunWorkerData;
const images = loadImages(scenario);
const plans = new Map<number, Promise<CellPlan>>();
let backend: ReferenceBackend | undefined;

parentPort?.on('message', (part: RunPart) => {
  void run(part).then((answer) => {
    parentPort?.postMessage(answer);
  });
});

async function run({ cell, batches }: RunPart): Promise<RunAnswer> {
  try {
    const own = { ...scenario, cells: [scenario.cells[cell]] };
    const maker = createVariantMaker(own, await images);
    const plan =
      plans.get(cell) ?? planCells(own, maker, { cache: cacheOf(searches) }).then(([only]) => only);
    plans.set(cell, plan);
    const { check, execution } = scenario.settings;
    if (check.enabled && execution !== 'estimate') backend ??= await openReference(check.backend);
    const variant = await simulateCell(own, await plan, maker, await images, {
      backend,
      batches,
      kernelThreads: 1,
      signal: undefined,
      onLayer: (layer) => {
        const told: RunAnswer = { kind: 'layer', layer };
        parentPort?.postMessage(told);
      },
    });
    return { kind: 'done', variant, reference: backend?.name };
  } catch (error) {
    if (error instanceof UserError) return { kind: 'fault', message: error.message };
    return { kind: 'failure', reason: error };
  }
}
