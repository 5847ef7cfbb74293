import { totalDramBursts, totalDramBytes } from '../counts/layerCounts.js';
import { wholeTile } from '../mapping/problem.js';
import type { LayerProblem } from '../mapping/problem.js';
import { valueOf } from '../scenario/objective.js';
import { layerLimits } from '../report/layerLimits.js';
import { levelAccesses } from '../report/levelAccesses.js';
import { loopNestOf } from '../report/loopNest.js';
import type { MappedLayer, MappedScenario, MappingSummary } from '../report/mappedScenario.js';
import { evaluateLayer } from './layerCost.js';
import { idlePhaseNotes, mappingFileNotes } from './mappingNotes.js';
import { planCells } from './plan.js';
import type { CellPlan, PlannedLayer, PlanOptions } from './plan.js';
import { createVariantMaker, loadImages } from './prepare.js';
import { prescribedFor } from './prescribed.js';
import type { Scenario } from './scenario.js';

/**
 * The mappings of the layers that a scenario reports, in each of its cells, with what they cost. Nothing is run.
 *
 * @throws UserError as `planScenario`
 */
export async function mapScenario(
  scenario: Scenario,
  options: Omit<PlanOptions, 'only'> = {},
): Promise<MappedScenario> {
  const maker = createVariantMaker(scenario, await loadImages(scenario));
  const plans = await planCells(scenario, maker, { ...options, only: scenario.layers });
  const { settings, network, accelerator } = scenario;
  return {
    scenario: settings.name,
    network: network.name,
    accelerator: accelerator.name,
    objective: settings.objective,
    batch: settings.batch,
    notes: [
      ...mappingFileNotes(scenario),
      ...valueNotes(scenario),
      ...plans.flatMap((plan) =>
        idlePhaseNotes(scenario, plan).map((note) => `${plan.variant.name}: ${note}`),
      ),
    ],
    cells: plans.map((plan) => ({
      variant: plan.variant.name,
      storage: plan.storage,
      dataflow: plan.accelerator.array.dataflow,
      layers: plan.layers.map((planned) => mappedLayer(scenario, plan, planned)),
    })),
  };
}

/** What figures take for granted that follows from no mapping. */
function valueNotes({ settings: { activations }, accelerator: { array } }: Scenario): string[] {
  return [
    ...(activations === 'dense'
      ? []
      : [`figures are those of maps that lie dense, and not as ${activations}`]),
    ...(array.gate === 'activation' || array.skip === 'activation'
      ? ['figures are those of activations of which none is zero']
      : []),
  ];
}

function mappedLayer(scenario: Scenario, plan: CellPlan, planned: PlannedLayer): MappedLayer {
  const { accelerator } = plan;
  const { layer, format, estimate, search } = planned;
  const { schedule } = estimate;
  const { counts, energy } = evaluateLayer(scenario, accelerator, layer, estimate);
  const { rows, columns, macLanes } = accelerator.array;
  const { totalPj } = energy;
  const dramBytes = totalDramBytes(counts);
  const summary: MappingSummary = {
    steps: schedule.steps.length,
    cycles: counts.cycles,
    latencyPs: counts.latencyPs,
    energyPj: totalPj,
    dramBytes,
    cost: valueOf(scenario.settings.objective, {
      latencyPs: counts.latencyPs,
      energyPj: totalPj,
      dramBytes: totalDramBursts(counts) * accelerator.dram.burstBytes,
    }),
    ...(counts.macs.performed > 0 && {
      utilization: counts.macs.performed / (counts.cycles * rows * columns * macLanes),
    }),
    limits: layerLimits(counts),
  };
  return {
    layer: layer.name,
    shape: shapeText(layer.kind, schedule.problem),
    ...(format !== undefined && { format }),
    isPrescribed: prescribedFor(scenario, plan, layer.name) !== undefined,
    mapping: schedule.mapping,
    hasPeriod:
      schedule.problem.kind === 'conv' && schedule.problem.storage.streamed.assignment.kind === 'periodic',
    nest: loopNestOf(schedule, accelerator),
    accesses: levelAccesses(schedule, counts, accelerator),
    summary,
    ...(search && { search }),
  };
}

/** `conv2d: 64 filters x 64 channels x 3 x 3, 32 x 32 outputs of 4 images` */
function shapeText(kind: string, problem: LayerProblem): string {
  const { rows, columns, filters, channels, images } = wholeTile(problem);
  const { kernelHeight, kernelWidth } = problem.window;
  const outputs = `${rows} x ${columns} outputs${images === 1 ? '' : ` of ${images} images`}`;
  if (problem.kind === 'vector') return `${kind}: ${filters} channels, ${outputs}`;
  const groups = problem.groups === 1 ? '' : `${problem.groups} groups of `;
  return `${kind}: ${groups}${filters} filters x ${channels} channels x ${kernelHeight} x ${kernelWidth}, ${outputs}`;
}
