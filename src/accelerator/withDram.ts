import { UserError } from '../document/userError.js';
import { controllerFault } from '../dram/controllerFault.js';
import { defaultController } from '../dram/controllerSettings.js';
import type { ControllerSettings } from '../dram/controllerSettings.js';
import { loadDram } from '../dram/loadPart.js';
import type { DramPart } from '../dram/part.js';
import type { Accelerator } from './accelerator.js';
import { clocksOf, commandDramSpec, flatDramSpec, missingEnergy } from './dramSpec.js';
import { settingPath } from './dramSchema.js';

/**
 * The accelerator with another DRAM, all else being equal. The settings of its controller stay, their times as times; an accelerator
 * with a flat DRAM gets those of `defaultController`.
 *
 * @param reference name of a file of kind `dram`, or a path relative to the working directory
 * @throws UserError when there is no such DRAM or the controller does not suit it
 */
export async function withDram(accelerator: Accelerator, reference: string): Promise<Accelerator> {
  const loaded = await loadDram(reference);
  if (loaded.model === 'flat') return { ...accelerator, dram: flatDramSpec(loaded) };
  const { part } = loaded;
  const controller = controllerFor(part, accelerator);
  const fault = controllerFault(controller, part);
  const wrong =
    fault === undefined
      ? missingEnergy(part)
      : `dram.${settingPath(fault.setting).join('.')}: ${fault.message}`;
  if (wrong !== undefined) throw new UserError(`${accelerator.name} with the DRAM ${part.name}: ${wrong}`);
  return { ...accelerator, dram: commandDramSpec(part, controller) };
}

function controllerFor({ timing }: DramPart, { dram }: Accelerator): ControllerSettings {
  if (dram.kind === 'flat') return defaultController;
  const { controller, part } = dram;
  const { pageTimeoutClocks, powerDownClocks } = controller;
  const clocks = (before: number): number => clocksOf(before * part.timing.tCKPs, timing.tCKPs);
  return {
    ...controller,
    pageTimeoutClocks: clocks(pageTimeoutClocks),
    ...(powerDownClocks !== undefined && { powerDownClocks: clocks(powerDownClocks) }),
  };
}
