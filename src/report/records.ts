import { totalStoredBytes } from '../counts/layerCounts.js';
import type { Area } from '../energy/area.js';
import { energyMetrics } from '../energy/layerEnergy.js';
import type { Energy, EnergyMetrics } from '../energy/layerEnergy.js';
import type { DramBehaviour } from './dramBehaviour.js';
import type { LayerResult, ScenarioResult, VariantResult } from './result.js';

/** Values of a row: numbers, words, or records of them. Column names are the paths to the values, joined by dots. */
export interface RowRecord {
  readonly [key: string]: string | number | boolean | null | RowRecord;
}

/** One layer of one variant, for one batch. Units stand in the names; docs/results.md explains each. */
export function layerRecord(
  { scenario, batch }: Pick<ScenarioResult, 'scenario' | 'batch'>,
  { variant, storage }: Pick<VariantResult, 'variant' | 'storage'>,
  result: LayerResult,
): RowRecord {
  const { counts, energy, mapping, input, output, kernel } = result;
  return {
    scenario,
    variant,
    storage,
    dataflow: result.dataflow ?? null,
    layer: counts.layer,
    kind: counts.kind,
    fused: counts.pooling?.layer ?? null,
    batch,
    ifmap: { ...input },
    ofmap: { ...output },
    kernelHeight: kernel?.[0] ?? null,
    kernelWidth: kernel?.[1] ?? null,
    format: result.format ?? null,
    parameters: counts.parameters,
    weightBytes: { ...counts.weightBytes, total: totalStoredBytes(counts.weightBytes) },
    weightDenseBytes: counts.weightDenseBytes,
    macs: { ...counts.macs },
    tile: { ...mapping.tile },
    order: mapping.order.join(' '),
    phasesPerGroup: mapping.phasesPerGroup,
    chosen: Object.entries(result.chosen)
      .map(([name, value]) => `${name} ${value}`)
      .join(' '),
    steps: result.steps,
    cycles: counts.cycles,
    latencyPs: counts.latencyPs,
    computeCycles: counts.computeCycles,
    stallCycles: { ...counts.stallCycles },
    activePes: counts.activePes,
    idleMacSlots: counts.idleMacSlots,
    dram: nested(counts.dram),
    keptInput: result.kept?.input ?? null,
    keptResidual: result.kept?.residual ?? null,
    keptOutput: result.kept?.output ?? null,
    copiedBytes: { ...counts.copiedBytes },
    ...behaviourRecord(result.dramBehaviour),
    buffers: Object.fromEntries(
      Object.entries(counts.buffers).map(([name, byTensor]) => [name, nested(byTensor)]),
    ),
    delivered: nested(counts.delivered),
    registers: nested(counts.registers),
    registerEntries: { ...counts.registerEntries },
    hops: { ...counts.hops },
    patternTableReadBits: counts.patternTableReadBits,
    decoding: { ...counts.decoding },
    postProcessorOperations: counts.postProcessorOperations,
    energyPj: energyRecord(energy),
    tensorEnergyPj: { ...energy.tensorsPj, none: energy.withoutTensorPj },
    levelEnergyPj: { ...energy.levelsPj },
    ...figuresOfMerit(energyMetrics(energy)),
    peakChipPowerMw: result.peakChipPowerMw,
    checkedOutputs: result.check?.outputs ?? null,
    mismatches: result.check?.mismatches ?? null,
  };
}

/** One variant, for one batch. */
export function variantRecord(
  { scenario, batch }: Pick<ScenarioResult, 'scenario' | 'batch'>,
  result: VariantResult,
): RowRecord {
  const { totals, energy, metrics, savings, check, accuracy } = result;
  return {
    scenario,
    variant: result.variant,
    storage: result.storage,
    dataflow: result.usedDataflows.join('+'),
    batch,
    parameters: totals.parameters,
    weightBytes: { ...totals.weightBytes, total: totalStoredBytes(totals.weightBytes) },
    weightDenseBytes: totals.weightDenseBytes,
    dramBytes: { ...totals.dramBytes },
    ...behaviourRecord(totals.dramBehaviour),
    macs: { ...totals.macs },
    cycles: totals.cycles,
    computeCycles: totals.computeCycles,
    latencyPs: totals.latencyPs,
    utilization: totals.utilization,
    stallCycles: { ...totals.stallCycles },
    energyPj: energyRecord(energy),
    tensorEnergyPj: { ...energy.tensorsPj, none: energy.withoutTensorPj },
    levelEnergyPj: { ...energy.levelsPj },
    ...figuresOfMerit(metrics),
    peakChipPowerMw: result.peakChipPowerMw,
    areaMm2: areaRecord(result.area),
    savings: savings === undefined ? {} : { ...savings },
    check:
      check === undefined
        ? {}
        : {
            layers: check.layers,
            outputs: check.outputs,
            mismatches: check.mismatches,
            ...(check.endToEnd === undefined ? {} : { endToEnd: { ...check.endToEnd } }),
          },
    accuracy:
      accuracy === undefined
        ? {}
        : {
            images: accuracy.images,
            machineTop1: accuracy.machineTop1,
            float32Top1: accuracy.float32Top1,
            ...(accuracy.reference === undefined
              ? {}
              : { referenceTop1: accuracy.reference.top1, agreeing: accuracy.reference.agreeing }),
          },
  };
}

/** The whole result as plain JSON: what `summary.json` and `--json` hold. */
export function summaryRecord(result: ScenarioResult): Record<string, unknown> {
  return {
    scenario: result.scenario,
    description: result.description,
    network: result.network,
    accelerator: result.accelerator,
    energyTable: result.energyTable,
    precision: result.precision,
    layout: result.layout,
    images: result.images,
    execution: result.execution,
    batch: result.batch,
    reference: result.reference ?? null,
    notes: result.notes,
    variants: result.variants.map((variant) => {
      const record = variantRecord(result, variant);
      return {
        ...record,
        notes: variant.notes,
        energySources: variant.energy.sources,
        areaSources: variant.area.sources,
      };
    }),
  };
}

/** Columns that are there where the DRAM was simulated command by command. */
function behaviourRecord(behaviour: DramBehaviour | undefined): RowRecord {
  return behaviour === undefined ? {} : { dramBehaviour: { ...behaviour } };
}

function figuresOfMerit({
  edpPjS,
  pjPerMac,
  tops,
  topsPerWatt,
  averagePowerMw,
  chipPowerMw,
}: EnergyMetrics): RowRecord {
  return { edpPjS, pjPerMac, tops, topsPerWatt, averagePowerMw, chipPowerMw };
}

function areaRecord({ componentsMm2, totalMm2 }: Area): RowRecord {
  return { ...componentsMm2, total: totalMm2 };
}

function energyRecord({ componentsPj, totalPj }: Energy): RowRecord {
  const { dramParts, ...others } = componentsPj;
  return {
    ...others,
    buffers: { ...others.buffers },
    ...(dramParts && { dramParts: { ...dramParts } }),
    total: totalPj,
  };
}

function nested(records: Readonly<Record<string, object>>): RowRecord {
  return Object.fromEntries(Object.entries(records).map(([name, record]) => [name, { ...record }]));
}

/** `{ dram: { ifmap: 1 } }` as `{ 'dram.ifmap': 1 }`. */
export function flatten(record: RowRecord, prefix = ''): Map<string, string | number | boolean | null> {
  const flat = new Map<string, string | number | boolean | null>();
  for (const [key, value] of Object.entries(record)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof value === 'object' && value !== null)
      flatten(value, name).forEach((inner, path) => flat.set(path, inner));
    else flat.set(name, value);
  }
  return flat;
}
