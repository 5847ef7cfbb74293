import { expect } from 'chai';
import fc from 'fast-check';
import { leastStreamOf } from '../../src/mapping/leastStream.js';
import { allDataflows } from '../../src/dataflow/dataflows.js';
import { estimateLayer } from '../../src/machine/estimateLayer.js';
import { bufferOf, footprint, shortage, tripCounts } from '../../src/mapping/footprint.js';
import { bufferings, mappedTensors } from '../../src/mapping/mapping.js';
import type { Mapping } from '../../src/mapping/mapping.js';
import { phaseGroupings } from '../../src/mapping/phaseGroupings.js';
import { loopNames, wholeTile } from '../../src/mapping/problem.js';
import type { KeptMaps, LoopName } from '../../src/mapping/problem.js';
import { forEachBounded } from '../../src/search/floor.js';
import type { BoundedMapping, SearchProblem } from '../../src/search/floor.js';
import { sumsOf } from '../../src/search/mapLayer.js';
import { valueOf } from '../../src/scenario/objective.js';
import { createRefinement } from '../../src/search/refine.js';
import { mappingSpaces } from '../../src/search/space.js';
import type { MappingSpace } from '../../src/search/space.js';
import { passCases } from '../machine/register/passCases.js';
import { denseSupports } from '../../src/sparsity/supports.js';
import { storeLayer } from '../../src/storage/formats.js';
import { convProblem, vectorProblem, withPool } from '../../src/mapping/layerProblem.js';
import { int8, machine } from '../machine/arbitraries.js';
import { vectorLayers } from '../machine/vectorLayers.js';
import { conv, pool } from '../model/networks.js';
import { notConv, searches, unusualSearches } from './searchCases.js';

function visited(search: SearchProblem, space: MappingSpace): BoundedMapping[] {
  const all: BoundedMapping[] = [];
  forEachBounded(search, space, {
    limit: () => Infinity,
    passOver: () => undefined,
    visit: (mapping) => all.push(mapping),
  });
  return all;
}

/** Some of many, always the same ones. */
function sample<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0);
}

const choices = fc.record({
  tile: fc.record(
    Object.fromEntries(loopNames.map((loop) => [loop, fc.nat()])) as Record<LoopName, fc.Arbitrary<number>>,
  ),
  order: fc.shuffledSubarray([...loopNames], { minLength: loopNames.length }),
  grouping: fc.nat(),
  buffering: fc.record({
    ifmap: fc.constantFrom(...bufferings),
    weight: fc.constantFrom(...bufferings),
    psum: fc.constantFrom(...bufferings),
    ofmap: fc.constantFrom('single' as const, 'double' as const),
  }),
});

/** Holds bounds, and the closer ones of the passes that the mappings have, against what the mappings cost. */
function comparedWithCosts(
  given: fc.Arbitrary<SearchProblem>,
  numRuns: number,
): { closer: number; all: number } {
  let closer = 0;
  let all = 0;
  fc.assert(
    fc.property(given, (search) => {
      const { problem, accelerator, objective, priced } = search;
      const refine = createRefinement(search, new Map(), mappingSpaces.aligned);
      for (const bounded of sample(visited(search, mappingSpaces.halved), 12)) {
        for (const refined of sample(refine(bounded), 3)) {
          expect(refined.bound).to.be.at.least(bounded.bound);
          const estimate = estimateLayer(problem, refined.mapping, accelerator);
          const sums = sumsOf(estimate, accelerator, priced);
          const cost = valueOf(objective, sums);
          const text = JSON.stringify(refined.mapping);
          expect(refined.bound, text).to.be.at.most(cost * (1 + 1e-12));
          expect(refined.latencyPs, text).to.be.at.most(sums.latencyPs * (1 + 1e-12));
          all++;
          if (refined.bound > bounded.bound) closer++;
        }
      }
    }),
    { numRuns },
  );
  return { closer, all };
}

describe('bounds of mappings', () => {
  it('never ask for more cycles than a pass takes, in any dataflow', () => {
    fc.assert(
      fc.property(passCases, ({ shape, context }) => {
        const { assignment } = shape.streamed;
        const stream = leastStreamOf(shape.streamed);
        const pass = {
          positions: shape.positions,
          filters: shape.filterCount,
          period: assignment.kind === 'periodic' ? assignment.period : 1,
          phasesPerGroup: shape.phasesPerGroup,
          leastStream: (phases: number) => stream(phases, shape.channelCount),
        };
        for (const dataflow of allDataflows()) {
          const least = dataflow.leastCycles?.(pass, context) ?? 0;
          expect(least, dataflow.name).to.be.at.most(dataflow.passCost(shape, context).cycles);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are at most what the mappings cost, and those of the passes that they really have lie between', () => {
    const { closer, all } = comparedWithCosts(searches, 150);
    expect(closer).to.be.above(all / 4);
  });

  it('are so for vector layers, fused pooling and maps that stay on chip, too', () => {
    expect(comparedWithCosts(unusualSearches, 100).all).to.be.above(150);
  });

  it('let operands come in through a single slot while a tile is pooled, and count only what takes longer', () => {
    const given = conv('layer', { channels: 8, height: 8, width: 8 }, { filters: 16, kernel: [1, 1] });
    const stored = storeLayer(
      'auto',
      { supports: denseSupports(16, 8, 1), precision: int8.weight },
      given.name,
    );
    const alone = convProblem(given, int8, stored);
    const problem = withPool(alone, pool('pool', 'max-pool', 'layer', given.outputShape, 2));
    const plain = machine({ postProcessor: { lanes: 2 } });
    const buffers = plain.buffers.map((each) => ({ ...each, doubleBuffered: false }));
    // Nothing but bytes, so that the bounds can be close.
    const dram = {
      ...plain.dram,
      kind: 'flat' as const,
      latencyPs: 0,
      burstBytes: 1,
      bandwidthBytesPerSecond: 4e8,
    };
    const search: SearchProblem = { problem, accelerator: { ...plain, buffers, dram }, objective: 'latency' };
    const inTurn = visited(search, mappingSpaces.halved).filter(({ moved }) => moved.between > 0);
    const shares = inTurn
      .flatMap(createRefinement(search, new Map(), mappingSpaces.halved))
      .map(({ mapping, latencyPs }) => {
        const { endPs } = estimateLayer(problem, mapping, search.accelerator).timeline;
        return latencyPs / endPs;
      });
    expect(Math.max(...shares)).to.be.within(0.995, 1);
    // Nothing is pooled between the steps of a sum.
    const summed = inTurn.filter(
      ({ mapping: { tile, order } }) => tile.channels === 1 && order.at(-1) === 'channels',
    );
    expect(summed).to.have.length.above(5);
    for (const { mapping, moved } of summed)
      expect(moved.besidePooling, JSON.stringify(mapping)).to.be.below(moved.between / 2);
  });

  it('do not wait for a DRAM that a layer does not need', () => {
    const { layer } = vectorLayers().layers[4];
    const problem = vectorProblem(notConv(layer), int8);
    const plain = machine();
    const latencyPs = 1_000_000;
    const accelerator = { ...plain, dram: { ...plain.dram, kind: 'flat' as const, latencyPs } };
    const [{ name }] = plain.buffers;
    const leastOf = (kept: KeptMaps): number => {
      const search: SearchProblem = { problem: { ...problem, kept }, accelerator, objective: 'latency' };
      const bounds = visited(search, mappingSpaces.halved).map((bounded) => {
        const { endPs } = estimateLayer(search.problem, bounded.mapping, accelerator).timeline;
        expect(bounded.latencyPs, JSON.stringify(bounded.mapping)).to.be.at.most(endPs);
        return bounded.latencyPs;
      });
      return Math.min(...bounds);
    };
    expect(leastOf({ input: name, output: name, bytes: {} })).to.be.within(1, latencyPs);
    expect(leastOf({ input: name, bytes: {} })).to.be.above(latencyPs);
    expect(leastOf({ output: name, bytes: {} })).to.be.above(latencyPs);
  });

  it('are worked out for legal mappings only', () => {
    fc.assert(
      fc.property(fc.oneof(searches, unusualSearches), ({ problem, accelerator, ...rest }) => {
        for (const { mapping } of sample(
          visited({ problem, accelerator, ...rest }, mappingSpaces.halved),
          30,
        ))
          expect(shortage(footprint(problem, mapping, accelerator)), JSON.stringify(mapping)).to.equal(
            undefined,
          );
      }),
      { numRuns: 80 },
    );
  });

  it('are worked out for all legal mappings of a space', () => {
    fc.assert(
      fc.property(searches, fc.array(choices, { minLength: 50, maxLength: 50 }), (search, chosen) => {
        const { problem, accelerator } = search;
        const whole = wholeTile(problem);
        const tiles = loopNames.reduce((product, loop) => product * whole[loop], 1);
        fc.pre(tiles <= 80);
        const known = visited(search, { ...mappingSpaces.full, mostSteps: Infinity });
        const seen = new Set(known.map(({ mapping }) => keyOf(search, mapping)));
        expect(seen.size).to.equal(known.length);
        for (const choice of chosen) {
          const mapping = mappingOf(search, choice);
          if (shortage(footprint(problem, mapping, accelerator)) !== undefined) continue;
          expect(seen.has(keyOf(search, mapping)), JSON.stringify(mapping)).to.equal(true);
        }
      }),
      { numRuns: 25 },
    );
  });
});

/** Any mapping, legal or not, but for slots that no buffer has. */
function mappingOf(
  { problem, accelerator }: SearchProblem,
  { tile, order, grouping, buffering }: typeof choices extends fc.Arbitrary<infer T> ? T : never,
): Mapping {
  const whole = wholeTile(problem);
  const groupings = phaseGroupings(problem, accelerator);
  return {
    tile: Object.fromEntries(
      loopNames.map((loop) => [loop, 1 + (tile[loop] % whole[loop])]),
    ) as Mapping['tile'],
    order,
    phasesPerGroup: groupings[grouping % groupings.length],
    buffering: Object.fromEntries(
      mappedTensors
        .filter((tensor) => bufferOf(accelerator, tensor).doubleBuffered)
        .map((tensor) => [tensor, buffering[tensor]]),
    ),
  };
}

/** The same for mappings that mean the same. */
function keyOf({ problem, accelerator }: SearchProblem, mapping: Mapping): string {
  const { ifmap, weight, psum, ofmap } = footprint(problem, mapping, accelerator);
  const trips = tripCounts(problem, mapping.tile);
  const order = mapping.order.filter((loop) => trips[loop] > 1);
  const slots = [ifmap.count, weight?.count, psum?.count, ofmap.count];
  return JSON.stringify([mapping.tile, order, mapping.phasesPerGroup, slots]);
}
