import { allDataflows, dataflowOf } from '../dataflow/dataflows.js';
import { UserError } from '../document/userError.js';
import type { Accelerator } from './accelerator.js';

/**
 * The accelerator with another dataflow, all else being equal.
 *
 * @param dataflow name of a registered dataflow
 * @throws UserError as `checkDataflow`
 */
export function withDataflow(accelerator: Accelerator, dataflow: string): Accelerator {
  const { dataflows, ...array } = accelerator.array;
  if (dataflows === undefined && array.dataflow === dataflow) return accelerator;
  const changed = { ...accelerator, array: { ...array, dataflow } };
  checkDataflow(changed);
  return changed;
}

/** @throws UserError when the array is to skip zero activations and its dataflow cannot, at the accelerator's `skip` */
export function checkDataflow({ array, places, file }: Accelerator): void {
  if (array.skip === 'none') return;
  const unable = (array.dataflows ?? [array.dataflow]).map(dataflowOf).find((each) => each.cannotSkip);
  if (unable?.cannotSkip === undefined) return;
  const { name, cannotSkip } = unable;
  const able = allDataflows().filter((each) => each.cannotSkip === undefined);
  throw new UserError(
    `array.skip: expected "none" with the dataflow ${name}, got "${array.skip}": ${cannotSkip}; ` +
      `gate: activation saves the energy, and these can skip: ${able.map((each) => each.name).join(', ')}`,
    places?.skip ?? { file },
  );
}
