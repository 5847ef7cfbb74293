import { setImmediate } from 'node:timers/promises';
import type { Accelerator } from '../accelerator/accelerator.js';
import { formatLocation, UserError } from '../document/userError.js';
import { bankOf, isPricedBySram } from '../energy/bufferPrices.js';
import type { FigureSource } from '../energy/energyTable.js';
import type {
  ChangeOutcome,
  Explained,
  ExplainedLayer,
  ExplainedVariant,
  ExplainResult,
  Figures,
  RefusedChange,
} from '../report/explainResult.js';
import { valueOf } from '../scenario/objective.js';
import type { MappingObjective, ObjectiveSums } from '../scenario/objective.js';
import { findActivationFormat } from '../storage/activations/activationFormats.js';
import type { Cell } from './cells.js';
import { changesOf } from './changes.js';
import type { MachineChange } from './changes.js';
import { diagnose } from './diagnose.js';
import { addCosts, evaluatePlan } from './evaluatePlan.js';
import type { EvaluatedLayer, EvaluatedPlan } from './evaluatePlan.js';
import { energyModelOf } from './layerCost.js';
import { densityNotes, scenarioNotes } from './notes.js';
import { shareOfObjective } from './shareOfObjective.js';
import { layersToRun } from './layersToRun.js';
import { planCells } from './plan.js';
import type { CellPlan, PlannedLayer } from './plan.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { VariantMaker } from './prepare.js';
import { createRemapper } from './remapLayer.js';
import { unknownLayer } from './loadMappings.js';
import type { Scenario } from './scenario.js';
import { createSearchThreads } from './searchThreads.js';
import type { SearchThreads } from './searchThreads.js';
import type { SimulateOptions } from './simulate.js';

export interface ExplainOptions extends SimulateOptions {
  /** Explain these layers, and not the network; not empty. */
  readonly layers?: readonly string[] | undefined;
  /** In place of the scenario's. */
  readonly objective?: MappingObjective | undefined;
}

/** How many layers are explained when none is named. */
const costliestLayers = 3;

/**
 * Says of a network and its costliest layers, or of named layers, what bounds them, and which one change of the machine would help
 * most: each change is judged by searching the mappings again on the changed machine. The scenario is estimated, whatever its execution.
 *
 * Named layers are looked at each by itself, as if alone in the DRAM; where feature maps lie compressed, after the layers before them.
 *
 * @throws UserError for an unknown layer, and as `planScenario` does
 */
export async function explainScenario(
  given: Scenario,
  { layers: named, objective = given.settings.objective, onProgress, signal, jobs = 1 }: ExplainOptions = {},
): Promise<ExplainResult> {
  const scenario = withLayers(
    { ...given, settings: { ...given.settings, objective, execution: 'estimate' } },
    named,
  );
  const { settings, network, accelerator, energyTable, cells } = scenario;
  const maker = createVariantMaker(scenario, await loadImages(scenario));
  const isAlone = named !== undefined && findActivationFormat(settings.activations) === undefined;
  const layers = isAlone ? scenario.layers.length : layersToRun(scenario, network).length;
  const steps = cells.map((cell) => layers * (1 + changesOf(cell.accelerator).length));
  const total = steps.reduce((sum, each) => sum + each, 0);
  let done = 0;
  const variants: ExplainedVariant[] = [];
  const sources: FigureSource[] = [];
  const threads = jobs === 1 ? undefined : createSearchThreads(jobs, signal);
  try {
    for (const cell of cells) {
      const advance = (activity: string): void => {
        const { variant, storage, accelerator: own } = cell;
        const { dataflow } = own.array;
        onProgress?.({ variant: variant.name, storage, dataflow, activity, done: ++done, total });
      };
      const context = { scenario, maker, isAlone, isNamed: named !== undefined, advance, signal, threads };
      const { explained, evaluated } = await explainCell(context, cell);
      variants.push(explained);
      sources.push(...evaluated.flatMap(({ energy }) => energy.sources));
    }
  } finally {
    await threads?.close();
  }
  return {
    scenario: settings.name,
    network: network.name,
    accelerator: accelerator.name,
    energyTable: energyTable.name,
    objective,
    batch: settings.batch,
    periodPs: accelerator.periodPs,
    notes: [...densityNotes(scenario), ...scenarioNotes(scenario, sources)],
    variants,
  };
}

function withLayers(scenario: Scenario, named: readonly string[] | undefined): Scenario {
  if (named === undefined) return scenario;
  const names = scenario.network.layers.map(({ name }) => name);
  for (const name of named)
    if (!names.includes(name)) throw new UserError(unknownLayer(scenario.network, name));
  return { ...scenario, layers: names.filter((name) => named.includes(name)) };
}

interface Context {
  readonly scenario: Scenario;
  readonly maker: VariantMaker;
  /** Each layer is estimated by itself. */
  readonly isAlone: boolean;
  readonly isNamed: boolean;
  readonly advance: (activity: string) => void;
  readonly signal: AbortSignal | undefined;
  readonly threads: SearchThreads | undefined;
}

async function explainCell(
  context: Context,
  cell: Cell,
): Promise<{ readonly explained: ExplainedVariant; readonly evaluated: readonly EvaluatedLayer[] }> {
  const { scenario, maker, isAlone, isNamed, advance, signal, threads } = context;
  const { accelerator, variant, storage } = cell;
  const { objective } = scenario.settings;
  const [plan] = await planCells({ ...scenario, cells: [cell] }, maker, {
    only: isAlone ? scenario.layers : undefined,
    onLayer: (_, layer) => {
      advance(`mapping ${layer}`);
    },
    ...{ signal, threads },
  });
  const before = await evaluate(context, plan);
  const judged: JudgedChange[] = [];
  const refused: RefusedChange[] = [];
  for (const change of changesOf(accelerator)) {
    const outcome = await judge(context, plan, change);
    if ('reason' in outcome) refused.push(outcome);
    else judged.push(outcome);
  }

  const whole = addCosts(before.layers.map(({ costs }) => costs));
  const shareOf = ({ costs }: EvaluatedLayer): number => shareOfObjective(objective, costs, whole);
  const explain = (chosen: readonly EvaluatedLayer[]): Explained => {
    const names = new Set(chosen.map(({ layer }) => layer.name));
    const costs = addCosts(chosen.map((each) => each.costs));
    const figures = figuresOf(objective, costs, before.areaMm2);
    return {
      ...diagnose(scenario, accelerator, chosen),
      figures,
      changes: judged
        .map((each) => outcomeOf(objective, figures, each, names))
        .sort((a, b) => b.gain - a.gain),
    };
  };
  const byShare = [...before.layers].sort((a, b) => shareOf(b) - shareOf(a));
  const chosen = isNamed ? before.layers : byShare.slice(0, costliestLayers);
  const layers = chosen.map((each): ExplainedLayer => ({
    layer: each.layer.name,
    kind: each.layer.kind,
    mapping: each.estimate.schedule.mapping,
    shareOfObjective: isNamed ? null : shareOf(each),
    ...explain([each]),
  }));
  const explained: ExplainedVariant = {
    ...{ variant: variant.name, storage, dataflow: accelerator.array.dataflow },
    ...(!isNamed && { network: explain(before.layers) }),
    layers,
    points: before.layers.flatMap((each) => {
      const { roofline } = diagnose(scenario, accelerator, [each]);
      const { intensity, attainedPerCycle } = roofline;
      return roofline.unit === 'MAC' ? [{ layer: each.layer.name, intensity, attainedPerCycle }] : [];
    }),
    refused,
  };
  return { explained, evaluated: before.layers };
}

/** All layers of a plan one after the other, or each by itself. */
async function evaluate({ scenario, isAlone, signal }: Context, plan: CellPlan): Promise<EvaluatedPlan> {
  if (!isAlone) return evaluatePlan(scenario, plan, signal);
  const layers: EvaluatedLayer[] = [];
  let areaMm2 = 0;
  for (const each of plan.layers) {
    const alone = await evaluatePlan(scenario, { ...plan, layers: [each] }, signal);
    layers.push(...alone.layers);
    areaMm2 = Math.max(areaMm2, alone.areaMm2);
  }
  return { layers, areaMm2 };
}

interface JudgedChange {
  readonly change: MachineChange;
  readonly caveats: readonly string[];
  readonly after: EvaluatedPlan;
  /** Names of layers that keep their mapping. */
  readonly kept: ReadonlySet<string>;
}

/** The plan on the changed machine, mapped anew. */
async function judge(
  context: Context,
  plan: CellPlan,
  change: MachineChange,
): Promise<JudgedChange | RefusedChange> {
  const { scenario, advance, signal } = context;
  let remaining = plan.layers.length;
  try {
    const accelerator = change.apply(plan.accelerator);
    // Refuses what it cannot price before anything is mapped.
    energyModelOf(scenario, accelerator);
    const remap = createRemapper(scenario, plan, accelerator, context.threads);
    const kept = new Set<string>();
    const layers: PlannedLayer[] = [];
    for (const planned of plan.layers) {
      const { planned: mapped, isKept } = await remap(planned);
      layers.push(mapped);
      if (isKept) kept.add(planned.layer.name);
      advance(change.title);
      remaining--;
      await setImmediate();
      signal?.throwIfAborted();
    }
    const after = await evaluate(context, { ...plan, accelerator, layers });
    return {
      ...{ change, after, kept },
      caveats: [...change.caveats, ...slowBuffers(scenario, plan.accelerator, accelerator)],
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (; remaining > 0; remaining--) advance(change.title);
    return { change: change.change, title: change.title, reason: withoutPlace(error) };
  }
}

/** What a file says of the machine is not what is wrong with the changed one. */
function withoutPlace({ message, location }: UserError): string {
  return location === undefined ? message : message.slice(`${formatLocation(location)}: `.length);
}

/** Buffers that the change makes too slow for the clock. */
function slowBuffers({ energyTable }: Scenario, before: Accelerator, after: Accelerator): string[] {
  return after.buffers.flatMap((buffer, index) => {
    if (buffer === before.buffers[index] || !isPricedBySram(buffer, energyTable)) return [];
    const { accessNs } = bankOf(buffer, after, energyTable);
    const wasSlow = bankOf(before.buffers[index], before, energyTable).accessNs * 1000 > before.periodPs;
    if (accessNs * 1000 <= after.periodPs || wasSlow) return [];
    return [
      `${buffer.name} takes ${Number(accessNs.toPrecision(3))} ns for an access, longer than the clock period of ${after.periodPs / 1000} ns`,
    ];
  });
}

function figuresOf(objective: MappingObjective, costs: ObjectiveSums, areaMm2: number): Figures {
  return { objective: valueOf(objective, costs), ...costs, areaMm2 };
}

function outcomeOf(
  objective: MappingObjective,
  before: Figures,
  { change, caveats, after, kept }: JudgedChange,
  names: ReadonlySet<string>,
): ChangeOutcome {
  const layers = after.layers.filter(({ layer }) => names.has(layer.name));
  const costs = addCosts(layers.map((each) => each.costs));
  const figures = figuresOf(objective, costs, after.areaMm2);
  return {
    ...{ change: change.change, title: change.title, caveats },
    after: figures,
    gain: before.objective === figures.objective ? 1 : before.objective / figures.objective,
    mappingsKept: layers.filter(({ layer }) => kept.has(layer.name)).length,
  };
}
