import type { Accelerator } from '../accelerator/accelerator.js';
import { addTraffic, totalBurstBytes, trafficOf } from '../counts/compulsoryTraffic.js';
import type { Traffic } from '../counts/compulsoryTraffic.js';
import { addCycleParts, cyclePartsOf, workOf } from '../counts/cycleParts.js';
import type { CycleParts, Work } from '../counts/cycleParts.js';
import { addPortLoads, portLoads } from '../counts/portLoad.js';
import type { PortLoad } from '../counts/portLoad.js';
import { rooflineOf } from '../counts/roofline.js';
import { compulsoryEnergy } from '../energy/compulsoryEnergy.js';
import type { CompulsoryEnergy } from '../energy/compulsoryEnergy.js';
import { chargesOf } from '../energy/evaluate.js';
import { addEnergy } from '../energy/layerEnergy.js';
import type { Energy } from '../energy/layerEnergy.js';
import { componentParts, tensorParts } from '../report/energyParts.js';
import type { EnergyPart } from '../report/energyParts.js';
import type { BufferedTraffic, Diagnosis, NamedEnergy } from '../report/explainResult.js';
import { findActivationFormat } from '../storage/activations/activationFormats.js';
import type { Tensor } from '../tensor/dataSpace.js';
import type { EvaluatedLayer } from './evaluatePlan.js';
import { energyModelOf } from './layerCost.js';
import type { Scenario } from './scenario.js';

/** What the diagnosis of a layer starts from; that of several layers is one of their sums. */
interface Parts {
  readonly work: Work;
  readonly cycles: number;
  readonly cycleParts: CycleParts;
  readonly ports: readonly PortLoad[];
  readonly traffic: Traffic;
  readonly energy: Energy;
  readonly compulsory: CompulsoryEnergy;
}

/** Where the cycles, traffic and energy of layers go that run one after the other on a machine. */
export function diagnose(
  scenario: Scenario,
  accelerator: Accelerator,
  layers: readonly EvaluatedLayer[],
): Diagnosis {
  const { work, cycles, cycleParts, ports, traffic, energy, compulsory } = addParts(
    layers.map((layer) => partsOf(scenario, accelerator, layer)),
  );
  const { ideal, storedZeros, missingTaps, unusedPes, foldEdges } = cycleParts;
  const named = (parts: readonly EnergyPart[]): NamedEnergy[] =>
    parts.map(({ name, pj }) => ({ name, pj: pj(energy) }));
  return {
    roofline: rooflineOf(
      {
        ...{ work, cycles, ports },
        unstalledCycles: ideal + storedZeros + missingTaps + unusedPes + foldEdges,
        burstBytes: totalBurstBytes(traffic),
      },
      accelerator,
    ),
    ...{ cycles, cycleParts },
    traffic: withBuffers(traffic, accelerator),
    energyPj: energy.totalPj,
    byComponent: named(componentParts([energy])),
    byTensor: named(tensorParts),
    compulsoryEnergy: compulsory,
  };
}

function partsOf(
  scenario: Scenario,
  accelerator: Accelerator,
  { layer, estimate: { schedule, timeline }, counts, energy }: EvaluatedLayer,
): Parts {
  const work = workOf(schedule, counts, accelerator);
  const traffic = trafficOf(schedule.problem, counts, {
    isCompressed: findActivationFormat(scenario.settings.activations) !== undefined,
    burstBytes: accelerator.dram.burstBytes,
  });
  const executed = counts.macs.performed + counts.macs.gated;
  const charges = chargesOf(counts, energyModelOf(scenario, accelerator));
  return {
    ...{ work, traffic, energy },
    cycles: counts.cycles,
    cycleParts: cyclePartsOf(schedule, timeline, counts, accelerator),
    ports: portLoads(layer.kind, schedule, accelerator),
    compulsory: compulsoryEnergy(charges, traffic, executed === 0 ? 0 : work.done / executed),
  };
}

/** Where any layer has MACs, those of the others are none. */
function addParts(all: readonly Parts[]): Parts {
  const worked = all.some(({ work }) => work.unit === 'MAC')
    ? all.filter(({ work }) => work.unit === 'MAC')
    : all;
  const sum = (figure: (parts: Parts) => number, of = all): number =>
    of.reduce((total, parts) => total + figure(parts), 0);
  return {
    work: {
      ...worked[0].work,
      done: sum(({ work }) => work.done, worked),
      dense: sum(({ work }) => work.dense, worked),
    },
    cycles: sum(({ cycles }) => cycles),
    cycleParts: addCycleParts(all.map(({ cycleParts }) => cycleParts)),
    ports: addPortLoads(all.map(({ ports }) => ports)),
    traffic: addTraffic(all.map(({ traffic }) => traffic)),
    energy: addEnergy(all.map(({ energy }) => energy)),
    compulsory: {
      macPj: sum(({ compulsory }) => compulsory.macPj),
      dramPj: sum(({ compulsory }) => compulsory.dramPj),
    },
  };
}

function withBuffers(traffic: Traffic, { buffers }: Accelerator): Diagnosis['traffic'] {
  const held = (tensor: Tensor): BufferedTraffic => {
    const holder = buffers.find(({ holds }) => holds.includes(tensor));
    if (holder === undefined) throw new Error(`no buffer holds ${tensor}`);
    return { ...traffic[tensor], buffer: holder.name, capacityBytes: holder.capacityBytes };
  };
  return {
    ifmap: held('ifmap'),
    weight: held('weight'),
    index: held('index'),
    psum: held('psum'),
    ofmap: held('ofmap'),
  };
}
