import type { Accelerator } from '../accelerator/accelerator.js';
import { gatedMacs } from '../energy/actionCosts.js';
import { precisionKey } from '../energy/energyTable.js';
import { bankOf } from '../energy/evaluate.js';
import { findActivationFormat } from '../storage/activations/activationFormats.js';
import type { Scenario } from './scenario.js';

/** What a reader must know of a scenario's hardware and energy figures before trusting a number. */
export function scenarioNotes({ accelerator, energyTable, settings }: Scenario): string[] {
  const notes = [
    `energy: table ${energyTable.name} (${energyTable.family}), SRAM ${energyTable.sram.family}, ` +
      `DRAM ${dramEnergySource(accelerator)}`,
    ...dramNotes(accelerator),
  ];
  const isGated = accelerator.array.gate === 'activation';
  const foreign = energyTable.costs
    .get(precisionKey(settings.precision))
    ?.sources.filter(({ foreign, component }) => foreign && (isGated || component !== gatedMacs))
    .map(({ component, family }) => `${component} (${family})`);
  if (foreign !== undefined && foreign.length > 0) {
    notes.push(
      `energy figures of other families than the table's, not measured alike: ${[...new Set(foreign)].join(', ')}`,
    );
  }
  for (const { name } of accelerator.buffers) {
    const { accessNs } = bankOf(name, accelerator, energyTable);
    if (accessNs * 1000 > accelerator.periodPs) {
      notes.push(
        `buffer ${name} takes ${accessNs} ns for an access, longer than the clock period of ` +
          `${accelerator.periodPs / 1000} ns: such a clock needs a pipelined buffer, which its energy does not include`,
      );
    }
  }
  const codec = findActivationFormat(settings.activations);
  if (codec !== undefined) {
    notes.push(
      `feature maps lie in DRAM as ${codec.name}, sizes as they came out for the first ${settings.batch === 1 ? 'image' : 'batch'}; mappings were searched as if maps lay dense`,
    );
  }
  const { gate, skip } = accelerator.array;
  if (settings.execution !== 'estimate' && (gate === 'activation' || skip === 'activation')) {
    notes.push(
      `multiplications by zero activations are ${skip === 'activation' ? 'skipped' : 'gated'}: counts, cycles and energy are those of the first ${settings.batch === 1 ? 'image' : 'batch'}`,
    );
  }
  if (skip === 'activation') notes.push('mappings were searched as if no activation were zero');
  if (!settings.check.enabled) notes.push('outputs were not checked against TensorFlow.js');
  return notes;
}

function dramEnergySource({ dram }: Accelerator): string {
  if (dram.energyPjPerBit !== undefined) return `${dram.energyPjPerBit} pJ/bit (${dram.source})`;
  return `by the currents of its commands (${dram.source})`;
}

/** Part and controller of a DRAM that is simulated command by command. */
function dramNotes({ dram }: Accelerator): string[] {
  if (dram.kind === 'flat') return [];
  const { part, controller } = dram;
  const { channels, ranks, addressMap, scheduler, window, page, refresh } = controller;
  const units = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
  return [
    `DRAM: ${part.name}, ${units(channels, 'channel')} of ${units(ranks, 'rank')}, ${addressMap}, ${scheduler}, ` +
      `window ${window}, page ${page}, refresh ${refresh}`,
  ];
}

/** What an estimate takes for granted where it depends on values. */
export function densityNotes({ accelerator, settings }: Scenario): string[] {
  const { gate, skip } = accelerator.array;
  const dependent = [
    ...(gate === 'activation' ? ['gated MACs'] : []),
    ...(skip === 'activation' ? ['skipped MACs'] : []),
    ...(findActivationFormat(settings.activations) === undefined ? [] : ['compressed feature maps']),
  ];
  if (dependent.length === 0) return [];
  const { activationDensity } = settings;
  const drawn =
    activationDensity === undefined
      ? 'feature maps without zeros, since no activationDensity is given'
      : 'zeros drawn at random, independently, as activationDensity says';
  return [`estimate: ${dependent.join(', ')} are those of ${drawn}`];
}
