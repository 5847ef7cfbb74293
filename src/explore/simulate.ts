import { arrayContext } from '../accelerator/arrayContext.js';
import { mappedDataflow } from '../mapping/mappedDataflow.js';
import { passShape } from '../mapping/passShape.js';
import type { Schedule } from '../schedule/schedule.js';
import { setImmediate } from 'node:timers/promises';
import type { Accelerator } from '../accelerator/accelerator.js';
import { largestRegisterFiles } from '../counts/largestRegisterFiles.js';
import { passStretches } from '../counts/passActivity.js';
import { areaOf } from '../energy/area.js';
import { peakChipPower } from '../energy/peakPower.js';
import { addEnergy, energyMetrics } from '../energy/layerEnergy.js';
import { isConv } from '../network/layer.js';
import { dependsOnValues } from '../storage/formats.js';
import { openReference } from '../reference/backend.js';
import { dramBehaviour } from '../report/dramBehaviour.js';
import type { CheckResult, LayerResult, ScenarioResult, VariantResult } from '../report/result.js';
import { savingsOf, totalsOf } from '../report/totals.js';
import { energyModelOf, evaluateLayer } from './layerCost.js';
import { leavesNothingOut } from './dense.js';
import { densityNotes, scenarioNotes } from './notes.js';
import { idlePhaseNotes } from './mappingNotes.js';
import { isReported, layersToRun } from './layersToRun.js';
import { planCells } from './plan.js';
import type { CellPlan, PlannedLayer } from './plan.js';
import { createVariantMaker, loadImages } from './prepare.js';
import { estimateCell } from './estimateCell.js';
import { runCell } from './runCell.js';
import type { CellRun } from './runCell.js';
import type { Scenario } from './scenario.js';
import type { Cell } from './cells.js';
import type { MappingCache } from './mappingCache.js';
import type { Jobs } from './searchThreads.js';

/** How far a simulation has come. */
export interface Progress {
  readonly variant: string;
  readonly storage: string;
  readonly dataflow: string;
  /** What is being done, and to which layer. */
  readonly activity: string;
  /** Layers mapped and run so far, over all variants and batches. */
  readonly done: number;
  readonly total: number;
}

export interface SimulateOptions {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the simulation at the next layer; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** As of `PlanOptions`. */
  readonly cache?: MappingCache | undefined;
  /** As of `PlanOptions`. */
  readonly jobs?: Jobs | undefined;
}

/**
 * Runs a scenario: every variant's network on the accelerator, on real data, checked against TensorFlow.js, with its
 * counts and energy. Nothing is written.
 *
 * @throws UserError when a layer fits no buffer, weights or images cannot be read, the reference does not load, or an
 *   accumulator overflows
 */
export async function simulate(scenario: Scenario, options: SimulateOptions = {}): Promise<ScenarioResult> {
  const { settings, network, accelerator, energyTable, cells } = scenario;
  const images = await loadImages(scenario);
  const layers = layersToRun(scenario, network).length * cells.length;
  const total =
    layers * (1 + (settings.execution === 'estimate' ? 1 : images.images.length / settings.batch));
  let done = 0;
  const advance = (cell: Cell, activity: string, by: number): void => {
    done += by;
    const { variant, storage, accelerator: own } = cell;
    const { dataflow } = own.array;
    options.onProgress?.({ variant: variant.name, storage, dataflow, activity, done, total });
  };
  const maker = createVariantMaker(scenario, images);
  const { execution } = settings;
  const isChecked = settings.check.enabled && execution !== 'estimate';
  // Both while other threads search for mappings. What fails here is told when it is needed, after whatever fails before.
  const opening = isChecked ? openReference(settings.check.backend) : undefined;
  const ahead = new AbortController();
  const isAhead = execution !== 'estimate' && !cells.some(({ storage }) => dependsOnValues(storage));
  const preparing = isAhead ? maker.prepared(cells[0].variant, ahead.signal) : undefined;
  for (const begun of [opening, preparing]) begun?.catch(() => undefined);
  const plans = await planCells(scenario, maker, {
    onLayer: (cell, layer) => {
      advance(cell, `mapping ${layer}`, 1);
    },
    signal: options.signal,
    cache: options.cache,
    jobs: options.jobs,
  }).catch((error: unknown) => {
    ahead.abort();
    throw error;
  });
  const backend = await opening;
  const variants: VariantResult[] = [];
  try {
    for (const plan of plans) {
      advance(plan, 'weights', 0);
      await setImmediate();
      options.signal?.throwIfAborted();
      const reporting = {
        signal: options.signal,
        onLayer: (layer: string) => {
          advance(plan, layer, 1);
        },
      };
      if (execution === 'estimate') {
        const run = await estimateCell(scenario, plan, reporting);
        variants.push(variantResult(scenario, plan, [...plan.sparse.notes, ...densityNotes(scenario)], run));
        continue;
      }
      const prepared = await maker.prepared(plan.variant);
      const run = await runCell(scenario, plan, prepared, images, { backend, execution, ...reporting });
      variants.push(variantResult(scenario, plan, prepared.notes, run));
    }
  } finally {
    backend?.dispose();
  }
  const { array, clockHz, technologyNm } = accelerator;
  return {
    scenario: settings.name,
    description: settings.description,
    network: { name: network.name, source: network.source },
    accelerator: { name: accelerator.name, ...array, clockHz, technologyNm },
    energyTable: energyTable.name,
    precision: settings.precision,
    layout: settings.layout,
    images: execution === 'estimate' ? 0 : images.images.length,
    execution,
    batch: settings.batch,
    ...(backend && { reference: backend.name }),
    notes: scenarioNotes(
      scenario,
      variants.flatMap(({ energy }) => energy.sources),
    ),
    variants: withSavings(variants, plans),
  };
}

function variantResult(
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

/** Compares each variant with the first of its dataflow that leaves nothing out. */
function withSavings(variants: readonly VariantResult[], plans: readonly CellPlan[]): VariantResult[] {
  return variants.map((variant) => {
    const dense = variants.find(
      ({ dataflow }, index) => dataflow === variant.dataflow && leavesNothingOut(plans[index].sparse),
    );
    return dense === undefined ? variant : { ...variant, savings: savingsOf(variant, dense) };
  });
}
