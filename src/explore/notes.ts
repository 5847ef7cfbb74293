import type { Accelerator, BufferSpec } from '../accelerator/accelerator.js';
import { bankOf, isPricedBySram } from '../energy/bufferPrices.js';
import type { EnergyTable, FigureSource } from '../energy/energyTable.js';
import { describeTarget, factorsFor } from '../energy/scale.js';
import { findActivationFormat } from '../storage/activations/activationFormats.js';
import { mappingFileNotes } from './mappingNotes.js';
import type { Scenario } from './scenario.js';

/**
 * What a reader must know of a scenario's hardware and energy figures before trusting a number.
 *
 * @param sources of all energies that are reported
 */
export function scenarioNotes(scenario: Scenario, sources: readonly FigureSource[]): string[] {
  const { accelerator, energyTable, settings } = scenario;
  const { sram } = energyTable;
  const measured =
    sram === undefined ? [] : accelerator.buffers.filter((buffer) => isPricedBySram(buffer, energyTable));
  const notes = [
    `energy: table ${energyTable.name} (${energyTable.family}), ` +
      `${sram === undefined || measured.length === 0 ? '' : `SRAM ${sram.family}, `}DRAM ${dramEnergySource(accelerator)}`,
    ...(energyTable.note === undefined ? [] : [`energy table ${energyTable.name}: ${energyTable.note}`]),
    ...strayBufferNotes(accelerator, energyTable),
    ...dramNotes(accelerator),
    ...foreignNotes(sources),
    ...scalingNotes(accelerator, sources),
    ...measured.flatMap((buffer) => bufferNotes(buffer, accelerator, energyTable)),
  ];
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
  notes.push(...mappingFileNotes(scenario));
  if (!settings.check.enabled) notes.push('outputs were not checked against TensorFlow.js');
  return notes;
}

/** A table may serve several machines, so that a buffer which this one lacks is no fault, but may be a slip. */
function strayBufferNotes({ name, buffers }: Accelerator, table: EnergyTable): string[] {
  const named = new Set(table.entries.flatMap(({ when }) => when.buffer ?? []));
  const stray = [...named].filter((each) => !buffers.some((buffer) => buffer.name === each));
  if (stray.length === 0) return [];
  return [
    `energy table ${table.name} has figures for buffers that ${name} does not have: ${stray.join(', ')}`,
  ];
}

/** Families beside the table's own; the DRAM's is said already. */
function foreignNotes(sources: readonly FigureSource[]): string[] {
  const foreign = sources
    .filter((source) => source.foreign && source.component !== 'dram')
    .map(({ component, family }) => `${component} (${family})`);
  if (foreign.length === 0) return [];
  return [
    `energy figures of other families than the table's, not measured alike: ${[...new Set(foreign)].join(', ')}`,
  ];
}

function scalingNotes(accelerator: Accelerator, sources: readonly FigureSource[]): string[] {
  const { scaling, technologyNm: target } = accelerator;
  if (scaling === undefined) return [];
  const remarks = sources.flatMap(({ technologyNm, voltage, scaledBy }) =>
    technologyNm === undefined || scaledBy === undefined
      ? []
      : (factorsFor(accelerator, { technologyNm, voltage })?.notes ?? []),
  );
  const scaled = sources.flatMap(({ component, technologyNm: from, voltage, scaledBy }) =>
    scaledBy === undefined
      ? []
      : [
          `${component} x${Number(scaledBy.toPrecision(4))} from ${from} nm` +
            (voltage === undefined ? '' : ` at ${voltage} V`),
        ],
  );
  return [
    `energy figures scaled to ${describeTarget(target, scaling)} after Stillmaker and Baas 2017, leakage as power is: ` +
      (scaled.length === 0 ? 'none had to be' : [...new Set(scaled)].join(', ')),
    ...new Set(remarks),
  ];
}

function bufferNotes(buffer: BufferSpec, accelerator: Accelerator, table: EnergyTable): string[] {
  const { accessNs, extrapolated } = bankOf(buffer, accelerator, table);
  const beyond =
    extrapolated.length === 0
      ? []
      : [
          `buffer ${buffer.name}: energy and area extrapolated in ${extrapolated.join(' and ')}, beyond what was measured`,
        ];
  if (accessNs * 1000 <= accelerator.periodPs) return beyond;
  return [
    ...beyond,
    `buffer ${buffer.name} takes ${accessNs} ns for an access, longer than the clock period of ` +
      `${accelerator.periodPs / 1000} ns: such a clock needs a pipelined buffer, which its energy does not include`,
  ];
}

function dramEnergySource({ dram }: Accelerator): string {
  if (dram.energyPjPerBit !== undefined) return `${dram.energyPjPerBit} pJ/bit (${dram.source})`;
  if (dram.kind === 'flat') return 'by the table';
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
