import { expect } from 'chai';
import fc from 'fast-check';
import { allDataflows } from '../../src/dataflow/dataflows.js';
import type { ArrayContext, PassShape } from '../../src/dataflow/pass.js';
import { cutInto, largestOf, partsOf, tripsOf, wholeOf } from '../../src/dataflow/passLoops.js';
import type { PassLoop } from '../../src/dataflow/passLoops.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { existingTaps } from '../../src/storage/existingTaps.js';
import { arrayContext } from '../../src/accelerator/arrayContext.js';
import { passShape } from '../../src/mapping/passShape.js';
import { convProblem } from '../../src/mapping/layerProblem.js';
import { storeLayer } from '../../src/storage/formats.js';
import { tilesInOrder } from '../../src/mapping/tiles.js';
import { wholeTile } from '../../src/mapping/problem.js';
import { cases, machines } from '../machine/arbitraries.js';

/** The first pass of a random layer that is one tile, or cut into halves, on a random array. */
const passes: fc.Arbitrary<{ shape: PassShape; context: ArrayContext }> = fc
  .record({ given: cases(), accelerator: machines, halves: fc.boolean(), pick: fc.nat(9) })
  .map(({ given: { modelLayer, precision, images }, accelerator, halves, pick }) => {
    const { layer, supports } = modelLayer;
    const stored = storeLayer('auto', { supports, precision: precision.weight }, layer.name);
    const problem = convProblem(layer, precision, stored, images);
    const whole = wholeTile(problem);
    const half = (size: number): number => (halves ? Math.ceil(size / 2) : size);
    const tile = { ...whole, filters: half(whole.filters), channels: half(whole.channels) };
    const divisors = [1, 2, 3, 4, 5, 6].filter((size) => periodOf(stored.streamed.assignment) % size === 0);
    const mapping = {
      tile,
      order: ['images', 'filters', 'rows', 'columns', 'channels'],
      phasesPerGroup: divisors[pick % divisors.length],
    } as const;
    const [first] = tilesInOrder(problem, mapping);
    return { shape: passShape(problem, mapping, first), context: arrayContext(accelerator) };
  });

const periodOf = (assignment: Supports['assignment']): number =>
  assignment.kind === 'periodic' ? assignment.period : 1;

const wholes = ({ window, filterCount, channelCount, positions }: PassShape): Record<string, number> => ({
  filters: filterCount,
  channels: channelCount,
  positions,
  images: window.images,
  rows: window.rows,
  columns: window.columns,
  'kernel rows': window.kernelHeight,
  'kernel columns': window.kernelWidth,
});

const pesOf = (loops: readonly PassLoop[]): number =>
  loops
    .filter(({ place }) => place === 'rows' || place === 'columns' || place === 'array')
    .reduce((product, { parts }) => product * Math.max(1, tripsOf(parts)), 1);

describe('the loops of a pass', () => {
  for (const dataflow of allDataflows()) {
    it(`of ${dataflow.name} cover it: each loop cuts what the one around it leaves, down to single ones`, () => {
      fc.assert(
        fc.property(passes, ({ shape, context }) => {
          const loops = dataflow.loopsOf?.(shape, context) ?? [];
          const left = new Map(Object.entries(wholes(shape)));
          const pieces = new Map<string, readonly number[]>();
          const named = new Set(loops.map(({ over }) => over));
          for (const { over, parts } of loops.filter((loop) => loop.over !== 'taps')) {
            const sizes = pieces.get(over) ?? [left.get(over)!];
            expect(sizes, over).to.include(wholeOf(parts));
            pieces.set(
              over,
              parts.map(({ size }) => size),
            );
          }
          for (const over of named) if (over !== 'taps') expect(pieces.get(over), over).to.deep.equal([1]);
          const positions = ['images', 'rows', 'columns'].every((over) => named.has(over));
          expect(positions || named.has('positions')).to.equal(true);
        }),
        { numRuns: 150 },
      );
    });

    it(`of ${dataflow.name} use the PEs that the pass counts`, () => {
      fc.assert(
        fc.property(passes, ({ shape, context }) => {
          const loops = dataflow.loopsOf?.(shape, context) ?? [];
          expect(pesOf(loops)).to.equal(dataflow.passCost(shape, context).activePes);
        }),
        { numRuns: 150 },
      );
    });
  }

  it('stream each tap that some filter of the fold has, once', () => {
    fc.assert(
      fc.property(passes, ({ shape, context }) => {
        const { ofPattern } = existingTaps(shape.streamed);
        fc.pre(shape.streamed.assignment.kind === 'dense');
        const taps = ofPattern[0].length * shape.channelCount;
        for (const dataflow of allDataflows()) {
          const loops = dataflow.loopsOf?.(shape, context) ?? [];
          let whole: number | undefined;
          for (const { over, parts } of loops) {
            if (over !== 'taps' || tripsOf(parts) === 0) continue;
            if (whole === undefined && dataflow.name !== 'lock-step')
              expect(wholeOf(parts), dataflow.name).to.equal(taps);
            whole = largestOf(parts);
          }
          if (whole !== undefined) expect(whole).to.equal(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('say what an imperfect cut leaves last', () => {
    expect(cutInto(32, 7)).to.deep.equal([
      { times: 4, size: 7 },
      { times: 1, size: 4 },
    ]);
    expect(cutInto(4, 7)).to.deep.equal([{ times: 1, size: 4 }]);
    expect(cutInto(14, 7)).to.deep.equal([{ times: 2, size: 7 }]);
    expect(partsOf([3, 3, 2, 3])).to.deep.equal([
      { times: 2, size: 3 },
      { times: 1, size: 2 },
      { times: 1, size: 3 },
    ]);
  });
});
