import type { Accelerator } from '../accelerator/accelerator.js';
import { dataflowNameFault } from '../dataflow/dataflows.js';
import { rowStationary } from '../dataflow/rowStationary.js';
import { placementFault } from '../dataflow/rowStationary/mapping.js';
import { bufferOf } from './footprint.js';
import { mappedDataflow } from './mappedDataflow.js';
import { mappedTensors } from './mapping.js';
import type { Mapping } from './mapping.js';
import type { LayerProblem } from './problem.js';

/** Why the array cannot run the dataflow of a mapping; undefined when it can. */
export function dataflowFault(
  { dataflow }: Pick<Mapping, 'dataflow'>,
  { name, array }: Accelerator,
): string | undefined {
  if (dataflow === undefined) return undefined;
  const own = array.dataflows ?? [array.dataflow];
  if (own.includes(dataflow)) return undefined;
  return (
    dataflowNameFault(dataflow) ??
    `expected a dataflow of ${name}, which has ${own.join(', ')}, got ${dataflow}; add it to array.dataflow there, or leave it out`
  );
}

/** Why a buffer cannot have the slots that a mapping asks for: a tile that comes in beside another needs a second half. */
export function bufferingFault(
  { name }: LayerProblem,
  { buffering }: Mapping,
  accelerator: Accelerator,
): string | undefined {
  for (const tensor of mappedTensors) {
    const asked = buffering?.[tensor];
    if (asked === undefined || asked === 'single') continue;
    const buffer = bufferOf(accelerator, tensor);
    if (buffer.doubleBuffered) continue;
    return (
      `expected single buffering of ${tensor} in ${name}, got ${asked}: buffer ${buffer.name} of ${accelerator.name} is not ` +
      `double buffered, so that no tile can come in beside another; leave ${tensor} out, or write doubleBuffered: true there`
    );
  }
  return undefined;
}

/** Why the PE sets of a mapping are impossible; undefined when there are none or all is well. */
export function peSetsFault(
  problem: LayerProblem,
  mapping: Mapping,
  accelerator: Accelerator,
): string | undefined {
  const { rowStationary: sets, tile } = mapping;
  if (sets === undefined) return undefined;
  if (problem.kind === 'vector')
    return `expected no peSets for ${problem.name}, which has no weights and does not run on the array`;
  const { name } = mappedDataflow(accelerator, mapping);
  if (name !== rowStationary.name)
    return `expected peSets for the dataflow ${rowStationary.name} only, got them for ${name}; leave them out`;
  const { e, p, q, r, t } = sets;
  const limits: ReadonlyArray<readonly [string, number, number, string]> = [
    ['e', e, tile.rows, 'rows'],
    ['p x t', p * t, tile.filters, 'filters'],
    ['q x r', q * r, tile.channels, 'channels'],
  ];
  for (const [what, size, most, loop] of limits) {
    if (size > most)
      return `expected peSets whose ${what} is at most ${most}, the ${loop} of a tile of ${problem.name}, got ${size}`;
  }
  const fault = placementFault(sets, problem.window.kernelHeight, accelerator.array);
  return fault && `${fault}; lower e, r or t`;
}
