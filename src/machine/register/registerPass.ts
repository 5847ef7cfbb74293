import type { Dataflow } from '../../dataflow/dataflow.js';
import type { ArrayContext, PassCost, PassShape } from '../../dataflow/pass.js';
import type { ElementArray } from '../../tensor/precision.js';
import type { PsumArray } from '../kernels/scalar.js';
import { createRegisterArray } from './registerArray.js';
import type { ArrayState } from './arrayState.js';

/** A pass as it lies in the buffers and at the array's edge. */
export interface RegisterPass {
  readonly shape: PassShape;
  readonly dataflow: Dataflow;
  /** (images, channels, height, width) with its padding. */
  readonly ifmap: ElementArray;
  /** (filters, channels, taps) */
  readonly weights: ElementArray;
  /** (images, filters, rows, columns): the pass adds to them. */
  readonly sums: PsumArray;
  /** Called with every sum that a PE makes: may refuse it. */
  readonly watch?: ((sum: number, filter: number) => void) | undefined;
}

/** Takes the array through a pass, cycle by cycle, and measures what it costs. */
export function runRegisterPass(
  { shape, dataflow, ifmap, weights, sums, watch }: RegisterPass,
  context: ArrayContext,
  observe?: (state: ArrayState) => void,
): PassCost {
  const { images, rows, columns } = shape.window;
  const positions = rows * columns;
  // The array numbers outputs by filter first, whatever image they belong to.
  const byFilter = sums.slice(0, shape.filterCount * shape.positions);
  const forEachOutput = (visit: (inArray: number, inTile: number) => void): void => {
    for (let image = 0; image < images; image++) {
      for (let filter = 0; filter < shape.filterCount; filter++) {
        for (let position = 0; position < positions; position++) {
          visit(
            (filter * images + image) * positions + position,
            (image * shape.filterCount + filter) * positions + position,
          );
        }
      }
    }
  };
  forEachOutput((inArray, inTile) => (byFilter[inArray] = sums[inTile]));
  const array = createRegisterArray(
    shape,
    context,
    dataflow.registerEntries(shape, context),
    {
      ifmap,
      weights,
      sums: byFilter,
      watch:
        watch &&
        ((sum, output) => {
          watch(sum, Math.floor(output / shape.positions));
        }),
    },
    observe,
  );
  dataflow.drive(shape, context, array);
  const cost = array.finishPass();
  forEachOutput((inArray, inTile) => (sums[inTile] = byFilter[inArray]));
  return cost;
}
