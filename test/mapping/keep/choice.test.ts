import { expect } from 'chai';
import fc from 'fast-check';
import { keepGraph } from '../../../src/mapping/keep/keepGraph.js';
import type { KeepableMap, KeepProblem, KeptCost } from '../../../src/mapping/keep/keepGraph.js';
import { leastKept } from '../../../src/mapping/keep/leastKept.js';
import { reservedBytes, spansFor } from '../../../src/mapping/keep/spans.js';
import type { Span } from '../../../src/mapping/keep/spans.js';
import type { KeptMaps } from '../../../src/mapping/problem.js';
import type { ObjectiveName } from '../../../src/scenario/objective.js';
import { createRandom, deriveSeed } from '../../../src/tensor/random.js';

interface Given {
  /** Of each layer, which of the maps before it are read, counted backwards. */
  readonly reads: ReadonlyArray<readonly [number, number | undefined]>;
  readonly sizes: readonly number[];
  readonly capacities: readonly number[];
  readonly isTight: boolean;
  readonly seed: number;
}

const graphs: fc.Arbitrary<Given> = fc.record({
  reads: fc.array(fc.tuple(fc.nat(2), fc.option(fc.nat(2), { nil: undefined })), {
    minLength: 1,
    maxLength: 6,
  }),
  sizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 6, maxLength: 6 }),
  capacities: fc.array(fc.integer({ min: 30, max: 150 }), { minLength: 1, maxLength: 2 }),
  isTight: fc.boolean(),
  seed: fc.nat(1e9),
});

/** Layers that read `input` and the maps before them, with costs drawn for every way to keep their maps. */
function problemOf({ reads, sizes, capacities, isTight, seed }: Given): KeepProblem {
  const maps = new Map<string, KeepableMap>();
  const places = [undefined, ...capacities.map((_, index) => `b${index}`)];
  const layers = reads.map(([first, second], index) => {
    const named = (back: number): string => (back >= index ? 'input' : `m${index - 1 - back}`);
    const inputs = [named(first), ...(second === undefined ? [] : [named(second)])];
    for (const name of inputs) {
      if (name === 'input') continue;
      const writer = Number(name.slice(1));
      maps.set(name, { writer, lastReader: index, bytes: sizes[writer], places });
    }
    return { inputs, output: `m${index}` };
  });
  return {
    layers,
    maps,
    buffers: capacities.map((capacityBytes, index) => ({ name: `b${index}`, capacityBytes })),
    cost: (layer, kept) => Promise.resolve(drawnCost(layer, kept, seed, isTight)),
  };
}

function drawnCost(
  layer: number,
  kept: KeptMaps | undefined,
  seed: number,
  isTight: boolean,
): KeptCost | undefined {
  const random = createRandom(deriveSeed(seed, `${layer} ${JSON.stringify(kept)}`));
  const draw = (below: number): number => Math.floor(random.next() * below);
  if (isTight && kept !== undefined && draw(3) === 0) return undefined;
  return { energyPj: 1 + draw(20), latencyPs: 1 + draw(20), dramBytes: draw(6) };
}

interface Total {
  readonly energyPj: number;
  readonly latencyPs: number;
  readonly dramBytes: number;
  readonly keptMaps: number;
}

/** Every way there is, one by one, nothing put together. */
function everyWay({ reads, isTight, seed }: Given, problem: KeepProblem): Total[] {
  const { layers, maps, buffers, allPlaces } = problem;
  const found: Total[] = [];
  const go = (layer: number, spans: readonly Span[], sum: Total): void => {
    if (layer === reads.length) {
      found.push(sum);
      return;
    }
    const { inputs, output } = layers[layer];
    const map = maps.get(output);
    const options: Array<Span | undefined> = [undefined];
    for (const buffer of map === undefined ? [] : buffers) {
      const spansIn = spansFor({ map: output, ...map! }, buffer, spans);
      options.push(...(allPlaces === true ? spansIn : spansIn.slice(0, 1)));
    }
    for (const own of options) {
      const live = own === undefined ? spans : [...spans, own];
      const where = (name: string | undefined): string | undefined =>
        live.find((span) => span.map === name)?.buffer;
      const used = buffers
        .map(({ name }) => name)
        .filter((name) => live.some((span) => span.buffer === name));
      const kept =
        live.length === 0
          ? undefined
          : {
              ...{ input: where(inputs[0]), residual: where(inputs[1]), output: where(output) },
              bytes: Object.fromEntries(used.map((name) => [name, reservedBytes(live, name)])),
            };
      const cost = drawnCost(layer, kept, seed, isTight);
      if (cost === undefined) continue;
      go(
        layer + 1,
        live.filter((span) => span.lastReader > layer),
        {
          energyPj: sum.energyPj + cost.energyPj,
          latencyPs: sum.latencyPs + cost.latencyPs,
          dramBytes: sum.dramBytes + cost.dramBytes,
          keptMaps: sum.keptMaps + (own === undefined ? 0 : 1),
        },
      );
    }
  };
  go(0, [], { energyPj: 0, latencyPs: 0, dramBytes: 0, keptMaps: 0 });
  return found;
}

const values: Readonly<Record<ObjectiveName, (total: Total) => number>> = {
  energy: ({ energyPj }) => energyPj,
  latency: ({ latencyPs }) => latencyPs,
  'dram-traffic': ({ dramBytes }) => dramBytes,
  edp: ({ energyPj, latencyPs }) => energyPj * latencyPs,
};

describe('choosing the maps that stay on chip', () => {
  it('finds the least of all ways, in every objective, and of equal sums the fewest maps', () =>
    fc.assert(
      fc.asyncProperty(graphs, fc.boolean(), async (given, allPlaces) => {
        const problem = { ...problemOf(given), allPlaces };
        const graph = await keepGraph(problem);
        if ('attempts' in graph) throw new Error('all in DRAM always fits');
        const all = everyWay(given, problem);
        for (const [objective, value] of Object.entries(values)) {
          const found = leastKept(graph, objective as ObjectiveName);
          const least = Math.min(...all.map(value));
          expect(value(found), objective).to.equal(least);
          const best = all.filter((each) => value(each) === least);
          expect(best, 'the way that is found is one of them').to.deep.include({
            energyPj: found.energyPj,
            latencyPs: found.latencyPs,
            dramBytes: found.dramBytes,
            keptMaps: found.keptMaps,
          });
          if (objective !== 'edp')
            expect(found.keptMaps).to.equal(Math.min(...best.map(({ keptMaps }) => keptMaps)));
        }
      }),
      { numRuns: 400 },
    ));

  it('finds a product that neither the least energy nor the least latency comes near', async () => {
    // Each of three layers is either frugal and slow, or fast and hungry, or in between.
    const figures = [
      [1, 100],
      [100, 1],
      [8, 8],
    ] as const;
    const layers = [0, 1, 2, 3].map((index) => ({
      inputs: [index === 0 ? 'input' : `m${index - 1}`],
      output: `m${index}`,
    }));
    const maps = new Map(
      [0, 1, 2].map((writer) => [
        `m${writer}`,
        { writer, lastReader: writer + 1, bytes: 8, places: [undefined, 'a', 'b'] },
      ]),
    );
    const graph = await keepGraph({
      layers,
      maps,
      buffers: [
        { name: 'a', capacityBytes: 64 },
        { name: 'b', capacityBytes: 64 },
      ],
      cost: (layer, kept) => {
        if (layer === 3) return Promise.resolve({ energyPj: 1, latencyPs: 1, dramBytes: 0 });
        const [energyPj, latencyPs] = figures[kept?.output === undefined ? 0 : kept.output === 'a' ? 1 : 2];
        return Promise.resolve({ energyPj, latencyPs, dramBytes: 0 });
      },
    });
    if ('attempts' in graph) throw new Error('everything fits');
    const { energyPj, latencyPs } = leastKept(graph, 'edp');
    // Of the frugal ones 4 x 301, of the fast ones 301 x 4.
    expect([energyPj, latencyPs]).to.deep.equal([25, 25]);
  });

  it('gives each map one place for as long as it is read, away from the others and from the slots', () =>
    fc.assert(
      fc.asyncProperty(graphs, fc.boolean(), async (given, allPlaces) => {
        const keen = {
          ...problemOf(given),
          allPlaces,
          // The more is kept, the better.
          cost: (_layer: number, kept: KeptMaps | undefined) =>
            Promise.resolve({ energyPj: kept?.output === undefined ? 2 : 1, latencyPs: 1, dramBytes: 0 }),
        };
        const graph = await keepGraph(keen);
        if ('attempts' in graph) throw new Error('nothing is refused');
        const { layers } = leastKept(graph, 'energy');
        keen.layers.forEach(({ inputs }, index) => {
          const { places, maps } = layers[index];
          const live = [...keen.maps].filter(
            ([, { writer, lastReader }]) => writer <= index && index <= lastReader,
          );
          const there = live.flatMap(([, { writer, bytes }]) => {
            const place = layers[writer].places?.output;
            if (place !== undefined) expect(place.bytes).to.be.within(bytes, bytes + 7);
            return place ?? [];
          });
          expect(maps === undefined).to.equal(there.length === 0);
          const [input, residual] = inputs.map((name) =>
            name === 'input' ? undefined : layers[Number(name.slice(1))].places?.output,
          );
          expect([places?.input, places?.residual]).to.deep.equal([input, residual]);
          expect([places?.input?.buffer, places?.residual?.buffer, places?.output?.buffer]).to.deep.equal([
            maps?.input,
            maps?.residual,
            maps?.output,
          ]);
          for (const { name, capacityBytes } of keen.buffers) {
            const slotsFrom = places?.slotsFrom[name] ?? 0;
            const slots = { offset: slotsFrom, bytes: capacityBytes - (maps?.bytes[name] ?? 0) };
            const areas = [slots, ...there.filter(({ buffer }) => buffer === name)].filter(
              ({ bytes }) => bytes > 0,
            );
            areas.sort((a, b) => a.offset - b.offset);
            let end = 0;
            for (const { offset, bytes } of areas) {
              expect(offset).to.be.at.least(end);
              end = offset + bytes;
            }
            expect(end).to.be.at.most(capacityBytes);
          }
        });
      }),
      { numRuns: 300 },
    ));

  it('leaves no gaps in a chain, nor in blocks whose residual waits for their end', async () => {
    // x -> a -> y + x, and again with y: maps of equal size.
    const layers = [
      { inputs: ['input'], output: 'x' },
      { inputs: ['x'], output: 'a' },
      { inputs: ['a', 'x'], output: 'y' },
      { inputs: ['y'], output: 'b' },
      { inputs: ['b', 'y'], output: 'z' },
      { inputs: ['z'], output: 'result' },
    ];
    const maps = new Map(
      ['x', 'a', 'y', 'b', 'z'].map((name) => {
        const readers = layers.flatMap(({ inputs }, index) => (inputs.includes(name) ? [index] : []));
        const writer = layers.findIndex(({ output }) => output === name);
        return [name, { writer, lastReader: Math.max(...readers), bytes: 40, places: ['glb'] }];
      }),
    );
    const reserved: number[] = [];
    const graph = await keepGraph({
      layers,
      maps,
      buffers: [{ name: 'glb', capacityBytes: 120 }],
      cost: (layer, kept) => {
        reserved[layer] = kept?.bytes.glb ?? 0;
        return Promise.resolve({ energyPj: 1, latencyPs: 1, dramBytes: 1 });
      },
    });
    expect('attempts' in graph).to.equal(false);
    expect(reserved).to.deep.equal([40, 80, 120, 80, 120, 40]);
  });

  it('puts a map beside one that is needed as long, rather than beside one that goes before', () => {
    const span = (side: 'end' | 'start', lastReader: number): Span => ({
      ...{ map: side, buffer: 'glb', side, distance: 0, bytes: 16, lastReader },
    });
    const glb = { name: 'glb', capacityBytes: 100 };
    const sides = (lastReader: number, there: readonly Span[]): string[] =>
      spansFor({ map: 'm', bytes: 16, lastReader }, glb, there).map(({ side }) => side);
    expect(sides(8, [span('end', 3), span('start', 8)])).to.deep.equal(['start', 'end']);
    expect(sides(2, [span('end', 3), span('start', 8)])).to.deep.equal(['end', 'start']);
    // A free end is better than a gap to come, but not than none.
    expect(sides(8, [span('end', 3)])).to.deep.equal(['start', 'end']);
    expect(sides(3, [span('end', 3)])).to.deep.equal(['end', 'start']);
    // Least bytes come first: a gap that is there is filled.
    expect(sides(9, [{ ...span('end', 8), distance: 24 }])).to.deep.equal(['end', 'start']);
    expect(sides(9, [{ ...span('end', 8), distance: 24, bytes: 68 }])).to.deep.equal(['end']);
  });

  it('goes on with the states that keep least where there are too many, and counts the others', () =>
    fc.assert(
      fc.asyncProperty(graphs, async (given) => {
        const problem = problemOf({ ...given, isTight: false });
        const all = await keepGraph(problem);
        const few = await keepGraph(problem, 1);
        if ('attempts' in all || 'attempts' in few) throw new Error('nothing is refused');
        expect(all.leftOut).to.equal(0);
        const { energyPj, keptMaps } = leastKept(few, 'energy');
        expect(energyPj).to.be.at.least(leastKept(all, 'energy').energyPj);
        // The state that keeps nothing is the one that stays.
        expect(keptMaps).to.equal(0);
        expect(few.leftOut > 0).to.equal(all.stages.some(({ states }) => states > 1));
      }),
    ));

  it('says at which layer there is no way on, and what was kept there', async () => {
    const layers = [
      { inputs: ['input'], output: 'a' },
      { inputs: ['a'], output: 'b' },
      { inputs: ['b'], output: 'c' },
    ];
    const graph = await keepGraph({
      layers,
      maps: new Map([
        ['a', { writer: 0, lastReader: 1, bytes: 40, places: ['glb'] }],
        ['b', { writer: 1, lastReader: 2, bytes: 40, places: ['glb'] }],
      ]),
      buffers: [{ name: 'glb', capacityBytes: 100 }],
      cost: (layer) => Promise.resolve(layer === 1 ? undefined : { energyPj: 1, latencyPs: 1, dramBytes: 1 }),
      allPlaces: true,
    });
    expect(graph).to.deep.equal({
      layer: 1,
      attempts: [0, 1].map(() => ({
        input: 'glb',
        residual: undefined,
        output: 'glb',
        bytes: { glb: 80 },
      })),
    });
  });
});
