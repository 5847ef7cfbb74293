import type { DataflowName } from '../../accelerator/accelerator.js';
import type { Dataflow } from './dataflow.js';
import { outputStationary } from './outputStationary.js';
import { weightStationary } from './weightStationary.js';

/** Every dataflow; a new one is a new file and a line here. */
export const dataflows: Readonly<Record<DataflowName, Dataflow>> = {
  'output-stationary': outputStationary,
  'weight-stationary': weightStationary,
};
