import type { Accelerator, CommandDramSpec } from '../../src/accelerator/accelerator.js';
import type { LayerCounts } from '../../src/counts/layerCounts.js';
import { defaultController } from '../../src/dram/controllerSettings.js';
import type { Area } from '../../src/energy/area.js';
import { addEnergy, energyMetrics } from '../../src/energy/layerEnergy.js';
import { dramBehaviour } from '../../src/report/dramBehaviour.js';
import type { LayerResult, ScenarioResult, VariantResult } from '../../src/report/result.js';
import { totalsOf } from '../../src/report/totals.js';
import { roundPart } from '../dram/parts.js';
import { accelerator, energyOf, int8, noArea } from '../energy/fixtures.js';

/** Two channels of 4 GB/s, of the part with round figures. */
export const roundDram: CommandDramSpec = {
  kind: 'commands',
  part: roundPart(),
  controller: { ...defaultController, channels: 2 },
  bandwidthBytesPerSecond: 8e9,
  burstBytes: 16,
  source: 'invented currents',
};

/** What tells one variant of a made-up result from another. */
export interface GivenVariant {
  readonly variant?: string;
  readonly storage?: string;
  readonly dataflow?: string;
  readonly layers?: readonly LayerCounts[];
  readonly machine?: Accelerator;
  readonly area?: Area;
}

/** A result of these variants, energies by the toy table. */
export function resultOf(...given: readonly GivenVariant[]): ScenarioResult {
  return {
    scenario: 's',
    description: '',
    network: { name: 'n', source: '' },
    accelerator: { name: 'a', dataflow: 'x', rows: 2, columns: 3, clockHz: 1e9, technologyNm: 45 },
    energyTable: 'toy',
    precision: int8,
    execution: 'estimate',
    ...{ layout: 'NCHW', batch: 1, images: 0, notes: ['a note'] },
    variants: given.map(variantOf),
  };
}

function variantOf({
  variant = 'v',
  storage = 'auto',
  dataflow = 'x',
  layers: counts = [],
  machine = accelerator(),
  area = noArea,
}: GivenVariant): VariantResult {
  const layers = counts.map((each) => layerOf(each, machine));
  const energy = addEnergy(layers.map((layer) => layer.energy));
  return {
    ...{ variant, storage, dataflow, usedDataflows: [dataflow], description: '', notes: [] },
    ...{ layers, energy, area },
    totals: totalsOf(counts, 6, dramBehaviour(counts, machine.dram)),
    metrics: energyMetrics(energy),
    peakChipPowerMw: 0,
  };
}

function layerOf(counts: LayerCounts, machine: Accelerator): LayerResult {
  const shape = { channels: 1, height: 1, width: 1 };
  const behaviour = dramBehaviour([counts], machine.dram);
  const tile = { images: 1, filters: 1, channels: 1, rows: 1, columns: 1 };
  return {
    ...{ input: shape, output: shape, mapping: { tile, order: [], phasesPerGroup: 1 }, chosen: {}, steps: 1 },
    ...{ counts, energy: energyOf(counts, machine), peakChipPowerMw: 0 },
    ...(behaviour && { dramBehaviour: behaviour }),
  };
}
