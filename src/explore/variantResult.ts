import { arrayContext } from '../accelerator/arrayContext.js';
import type { Accelerator } from '../accelerator/accelerator.js';
import { largestRegisterFiles } from '../counts/largestRegisterFiles.js';
import { passStretches } from '../counts/passActivity.js';
import { areaOf } from '../energy/area.js';
import { addEnergy, energyMetrics } from '../energy/layerEnergy.js';
import { peakChipPower } from '../energy/peakPower.js';
import { mappedDataflow } from '../mapping/mappedDataflow.js';
import { passShape } from '../mapping/passShape.js';
import { isConv } from '../network/layer.js';
import { dramBehaviour } from '../report/dramBehaviour.js';
import type { CheckResult, LayerResult, VariantResult } from '../report/result.js';
import { totalsOf } from '../report/totals.js';
import type { Schedule } from '../schedule/schedule.js';
import { dataflowsOf } from '../search/space.js';
import { energyModelOf, evaluateLayer } from './layerCost.js';
import { isReported } from './layersToRun.js';
import { idlePhaseNotes } from './mappingNotes.js';
import type { CellPlan, PlannedLayer } from './plan.js';
import type { CellRun } from './runCell.js';
import type { Scenario } from './scenario.js';

/** Everything that is told of a cell that has run, but for what it saves beside others. */
export function variantResult(
  scenario: Scenario,
  plan: CellPlan,
  notes: readonly string[],
  run: CellRun,
): VariantResult {
  const { accelerator } = plan;
  const layers = plan.layers
    .filter((planned) => isReported(scenario, planned))
    .map((planned) => layerResult(scenario, accelerator, planned, run));
  const energy = addEnergy(layers.map((layer) => layer.energy));
  const counts = layers.map((layer) => layer.counts);
  const checks = [...run.checks.values()];
  return {
    variant: plan.variant.name,
    storage: plan.storage,
    dataflow: accelerator.array.dataflow,
    usedDataflows: dataflowsOf(accelerator).filter((name) =>
      layers.some(({ dataflow }) => dataflow === name),
    ),
    description: plan.variant.description,
    notes: [...notes, ...storageNotes(plan), ...plan.notes, ...idlePhaseNotes(scenario, plan)],
    layers,
    totals: totalsOf(
      counts,
      accelerator.array.rows * accelerator.array.columns * accelerator.array.macLanes,
      dramBehaviour(counts, accelerator.dram),
    ),
    energy,
    metrics: energyMetrics(energy),
    peakChipPowerMw: layers.reduce((most, layer) => Math.max(most, layer.peakChipPowerMw), 0),
    area: areaOf(
      accelerator,
      energyModelOf(scenario, accelerator).pricesFor({ registerEntries: largestRegisterFiles(counts) }),
    ),
    ...(checks.length > 0 && {
      check: {
        layers: checks.length,
        outputs: checks.reduce((sum, { outputs }) => sum + outputs, 0),
        mismatches: checks.reduce((sum, { mismatches }) => sum + mismatches, 0),
        ...(run.endToEnd && { endToEnd: run.endToEnd }),
      },
    }),
    ...(run.accuracy && { accuracy: run.accuracy }),
  };
}

/** What `auto` came to. */
function storageNotes({ storage, layers }: CellPlan): string[] {
  if (storage !== 'auto') return [];
  const layersIn = new Map<string, number>();
  for (const { format } of layers) {
    if (format !== undefined) layersIn.set(format, (layersIn.get(format) ?? 0) + 1);
  }
  const said = [...layersIn].map(
    ([format, count]) => `${format} in ${count} ${count === 1 ? 'layer' : 'layers'}`,
  );
  return [`storage auto: ${said.join(', ')}`];
}

function layerResult(
  scenario: Scenario,
  accelerator: Accelerator,
  { layer, format, pool, estimate }: PlannedLayer,
  run: CellRun,
): LayerResult {
  const { schedule } = estimate;
  const check = addChecks(run.checks.get(layer.name), pool && run.checks.get(pool.name));
  // As planned no activation is zero; as run, zeros are left out where the array does so.
  const asRun = run.estimates.get(layer.name) ?? estimate;
  const evaluated = evaluateLayer(scenario, accelerator, layer, asRun);
  const behaviour = dramBehaviour([evaluated.counts], accelerator.dram);
  const model = energyModelOf(scenario, accelerator);
  return {
    input: schedule.problem.window.input,
    output: layer.outputShape,
    ...(isConv(layer) && { kernel: [layer.geometry.kernelHeight, layer.geometry.kernelWidth] as const }),
    ...(format !== undefined && { format }),
    ...(schedule.problem.kept && { kept: schedule.problem.kept }),
    mapping: schedule.mapping,
    ...dataflowFor(schedule, accelerator),
    chosen: chosenFor(schedule, accelerator),
    steps: schedule.steps.length,
    ...evaluated,
    peakChipPowerMw: peakChipPower(
      passStretches(layer.kind, asRun.schedule, accelerator),
      evaluated.energy,
      model,
      model.pricesFor(evaluated.counts),
    ),
    ...(behaviour && { dramBehaviour: behaviour }),
    ...(check && { check }),
  };
}

/** Without MACs there is none to be named, unless the array is never set to another. */
function dataflowFor(
  { problem, mapping }: Schedule,
  accelerator: Accelerator,
): Pick<LayerResult, 'dataflow'> {
  if (problem.kind === 'vector' && accelerator.array.dataflows !== undefined) return {};
  return { dataflow: mappedDataflow(accelerator, mapping).name };
}

function addChecks(own: CheckResult | undefined, pool: CheckResult | undefined): CheckResult | undefined {
  if (own === undefined || pool === undefined) return own;
  return { outputs: own.outputs + pool.outputs, mismatches: own.mismatches + pool.mismatches };
}

/** What the dataflow has chosen for the layer's first pass, its largest. */
function chosenFor(
  { problem, mapping, steps }: Schedule,
  accelerator: Accelerator,
): Readonly<Record<string, number>> {
  if (problem.kind === 'vector') return {};
  const shape = passShape(problem, mapping, steps[0].tile);
  return mappedDataflow(accelerator, mapping).chosenFor?.(shape, arrayContext(accelerator)) ?? {};
}
