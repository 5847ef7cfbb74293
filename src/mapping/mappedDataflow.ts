import type { Accelerator } from '../accelerator/accelerator.js';
import type { Dataflow } from '../dataflow/dataflow.js';
import { dataflowOf } from '../dataflow/dataflows.js';
import type { Mapping } from './mapping.js';

/** The dataflow in which the array runs a mapping. */
export function mappedDataflow({ array }: Accelerator, { dataflow }: Pick<Mapping, 'dataflow'>): Dataflow {
  return dataflowOf(dataflow ?? array.dataflow);
}
