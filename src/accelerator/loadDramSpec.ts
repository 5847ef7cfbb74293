import { faultAt } from '../document/document.js';
import type { YamlDocument, YamlPath } from '../document/document.js';
import { resolveReferenceAt } from '../document/library.js';
import type { UserError } from '../document/userError.js';
import { controllerFault } from '../dram/controllerFault.js';
import { controllerWith } from '../dram/controllerSettings.js';
import type { ControllerSettings } from '../dram/controllerSettings.js';
import { flatDram, readDram } from '../dram/loadPart.js';
import type { DramPart } from '../dram/part.js';
import type { CommandDramSpec, DramSpec } from './accelerator.js';
import { settingPath } from './dramSchema.js';
import type { DramKey, PartKeys } from './dramSchema.js';
import { clocksOf, commandDramSpec, flatDramSpec, missingEnergy } from './dramSpec.js';

/**
 * The DRAM that an accelerator's key `dram` asks for.
 *
 * @throws UserError with file, line and column: a DRAM that there is not or that is faulty, settings that contradict each other or the
 *   part, an energy without its source, none at all
 */
export async function loadDramSpec(document: YamlDocument, given: DramKey): Promise<DramSpec> {
  if (typeof given !== 'string' && 'kind' in given)
    return { kind: 'flat', ...flatDram(given, document, ['dram']) };
  const isName = typeof given === 'string';
  const path: YamlPath = isName ? ['dram'] : ['dram', 'part'];
  const name = isName ? given : given.part;
  const loaded = await readDram(await resolveReferenceAt(document, path, name, 'dram'));
  if (loaded.model === 'commands') return specOf(document, loaded.part, isName ? { part: name } : given);
  if (isName) return flatDramSpec(loaded);
  throw faultAt(
    document,
    path,
    `expected a DRAM part with "model: commands", got ${loaded.name}, which is flat and has no controller; write dram: ${name}`,
  );
}

function specOf(document: YamlDocument, part: DramPart, given: PartKeys): CommandDramSpec {
  const fail = (key: readonly string[], message: string): UserError =>
    faultAt(document, ['dram', ...key], message);
  const controller = controllerOf(part, given);
  const fault = controllerFault(controller, part);
  if (fault !== undefined) throw fail(settingPath(fault.setting), fault.message);

  const { energy, source } = given;
  if (energy === undefined) {
    if (source !== undefined) {
      throw fail(
        ['source'],
        'expected "source" beside "energy" only, got it alone; the part names its own sources',
      );
    }
    const wrong = missingEnergy(part);
    if (wrong !== undefined) throw fail([], wrong);
    return commandDramSpec(part, controller);
  }
  if (source === undefined) throw fail([], 'missing key "source"; expected source of the energy figure');
  return commandDramSpec(part, controller, { energyPjPerBit: energy, source });
}

/** Times of the file in whole clocks of the part, rounded up. */
function controllerOf({ timing }: DramPart, given: PartKeys): ControllerSettings {
  const { writeDrain, pageTimeout, powerDown } = given;
  return controllerWith({
    channels: given.channels,
    ranks: given.ranks,
    addressMap: given.addressMap,
    scheduler: given.scheduler,
    window: given.window,
    bankQueue: given.bankQueue,
    writeHigh: writeDrain?.high,
    writeLow: writeDrain?.low,
    page: given.page,
    pageTimeoutClocks: pageTimeout && clocksOf(pageTimeout, timing.tCKPs),
    maxRowHits: given.maxRowHits,
    refresh: given.refresh,
    powerDownClocks: powerDown && clocksOf(powerDown, timing.tCKPs),
  });
}
