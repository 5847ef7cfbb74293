import type { ControllerSettings } from '../dram/controllerSettings.js';
import type { LoadedDram } from '../dram/loadPart.js';
import { burstBytesOf, peakBytesPerSecond } from '../dram/part.js';
import type { DramPart } from '../dram/part.js';
import type { CommandDramSpec, FlatDramSpec } from './accelerator.js';

export function flatDramSpec({ file, flat }: LoadedDram & { readonly model: 'flat' }): FlatDramSpec {
  return { kind: 'flat', ...flat, file };
}

/** A part behind a controller that is known to suit it. */
export function commandDramSpec(
  part: DramPart,
  controller: ControllerSettings,
  energy?: { readonly energyPjPerBit: number; readonly source: string },
): CommandDramSpec {
  return {
    kind: 'commands',
    part,
    controller,
    bandwidthBytesPerSecond: peakBytesPerSecond(part) * controller.channels,
    burstBytes: burstBytesOf(part.organisation),
    source: part.railsSource,
    ...energy,
  };
}

/** What a part without currents is refused for where no energy is given. */
export function missingEnergy({ name, rails }: DramPart): string | undefined {
  return rails.length > 0
    ? undefined
    : `expected an energy per bit and its source, got none: ${name} gives no currents; ` +
        'write dram: { part, energy, source }';
}

/** Clocks that a time of a controller takes. */
export function clocksOf(ps: number, tCKPs: number): number {
  // What decimal fractions lose is no clock more.
  return Math.ceil(ps / tCKPs - 1e-9);
}
