import type { DramSpec } from '../../accelerator/accelerator.js';
import type { Dram } from './dram.js';
import { createFlatDram } from './flat.js';

/** The DRAM that an accelerator describes, idle at time 0. */
export function createDram(spec: DramSpec): Dram {
  return createFlatDram(spec);
}
