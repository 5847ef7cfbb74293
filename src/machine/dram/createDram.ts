import type { DramSpec } from '../../accelerator/accelerator.js';
import { createCommandDram } from './commands.js';
import type { DramObservers } from './commands.js';
import type { Dram } from './dram.js';
import { createFlatDram } from './flat.js';

/** The DRAM that an accelerator describes, idle at time 0. A flat one has neither addresses nor commands to observe. */
export function createDram(spec: DramSpec, observers: DramObservers = {}): Dram {
  return spec.kind === 'flat' ? createFlatDram(spec) : createCommandDram(spec, observers);
}
