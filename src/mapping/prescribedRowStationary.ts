import type { Accelerator } from '../accelerator/accelerator.js';
import { rowStationary } from '../dataflow/rowStationary.js';
import { placementFault } from '../dataflow/rowStationary/mapping.js';
import { UserError } from '../document/userError.js';
import type { RowStationarySpec } from '../scenario/scenario.js';
import type { Mapping } from './mapping.js';
import { wholeTile } from './problem.js';
import type { LayerProblem } from './problem.js';
import type { Size } from './smallestChange.js';

/**
 * Eyeriss's mapping of a layer (Chen et al., JSSC 52(1), 2017) as tiles and PE sets: a tile is m filters, n images, e rows of
 * all columns, and the q x r channels of a processing pass; partial sums of the m filters stay until they are complete.
 *
 * @throws UserError (without a location) when the accelerator has another dataflow, a parameter exceeds the layer, or the PE sets
 *   do not fit the array
 */
export function prescribedRowStationary(
  problem: LayerProblem,
  spec: RowStationarySpec,
  accelerator: Accelerator,
): Mapping {
  const { name, array } = accelerator;
  if (!(array.dataflows ?? [array.dataflow]).includes(rowStationary.name)) {
    throw new UserError(
      `expected tile and order for the dataflow ${array.dataflow} of ${name}, got rowStationary; ` +
        `give these, or take an accelerator whose array.dataflow is ${rowStationary.name}`,
    );
  }
  if (problem.kind === 'vector')
    throw new UserError(`expected a layer that runs on the array, got ${problem.name}, which has no weights`);

  const { m, n, e, p, q, r, t } = spec;
  const whole = wholeTile(problem);
  const limits: ReadonlyArray<readonly [string, number, number, string]> = [
    ['m', m, whole.filters, 'filters of a group'],
    ['n', n, whole.images, 'images of the batch'],
    ['e', e, whole.rows, 'output rows'],
    ['q x r', q * r, whole.channels, 'channels of a group'],
    ['p x t', p * t, m, 'filters of m'],
  ];
  for (const [what, size, most, unit] of limits) {
    if (size > most)
      throw new UserError(
        `expected ${what} of at most ${most}, the ${unit}, in ${problem.name}, got ${size}`,
      );
  }
  const fault = placementFault(spec, problem.window.kernelHeight, array);
  if (fault !== undefined) throw new UserError(`${fault}; lower e, r or t`);
  return mappingOf(problem, spec, accelerator);
}

function mappingOf(problem: LayerProblem, spec: RowStationarySpec, { array }: Accelerator): Mapping {
  const { m, n, e, p, q, r, t } = spec;
  return {
    ...(array.dataflow !== rowStationary.name && { dataflow: rowStationary.name }),
    tile: { images: n, filters: m, channels: q * r, rows: e, columns: wholeTile(problem).columns },
    order: ['images', 'rows', 'columns', 'filters', 'channels'],
    phasesPerGroup: 1,
    rowStationary: { e, p, q, r, t },
  };
}

/** The parameters of Eyeriss's mapping as sizes that may be made smaller. */
export function sizesOfRowStationary(
  problem: LayerProblem,
  spec: RowStationarySpec,
  accelerator: Accelerator,
): Size[] {
  return (['m', 'n', 'e', 'p', 'q', 'r', 't'] as const).map((name) => ({
    name,
    size: spec[name],
    at: (size) => {
      const changed = { ...spec, [name]: size };
      return changed.p * changed.t > changed.m ? undefined : mappingOf(problem, changed, accelerator);
    },
  }));
}
