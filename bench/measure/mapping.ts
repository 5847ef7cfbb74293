import { join } from 'node:path';
import type { Accelerator } from '../../src/accelerator/accelerator.js';
import { packageRoot } from '../../src/document/package.js';
import { energyModelOf } from '../../src/explore/layerCost.js';
import { planScenario } from '../../src/explore/plan.js';
import { loadScenario } from '../../src/explore/scenario.js';
import { mapLayer } from '../../src/search/mapLayer.js';
import { forEachBounded } from '../../src/search/floor.js';
import type { SearchProblem } from '../../src/search/floor.js';
import { mappingSpaces } from '../../src/search/space.js';
import type { SearchSpace } from '../../src/scenario/objective.js';
import { figure, spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import { flatDramOf } from '../subject/flatDram.js';
import { scaled, spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** The search for a layer's mapping, on one core. */
export interface MappingMeasurement {
  readonly layer: string;
  readonly variant: string;
  readonly space: SearchSpace;
  readonly dram: 'flat' | 'commands';
  /** Mappings bounded one by one, none passed over; of the smallest space alone, as others take half a minute. */
  readonly bounds: { readonly mappings: number; readonly perSecond: Spread } | undefined;
  /** Of the whole search, once. */
  readonly searchMs: number;
  readonly isProven: boolean;
  /** What the mapping costs above the bound, as a part of the bound. */
  readonly gap: number;
  readonly judged: number;
  readonly bounded: number;
}

const network = 'resnet18-cifar10';
const layerName = 'layer1.0.conv2';
/** Until the loops are compiled. */
const warmUpMs = 300;
/** No further pass through a space is begun after that long. */
const longestMs = 2_000;
/** A search that has not come to its end by then is cut short. */
const budgetMs = 3_000;

/** Bounds and searches the mappings of a ResNet-18 layer, on the DRAM of its accelerator and on a flat one that is as fast. */
export async function measureMapping(
  repeats: number,
  variants: readonly string[],
  spaces: readonly SearchSpace[],
): Promise<MappingMeasurement[]> {
  const file = join(packageRoot(), `configs/scenarios/${network}.yaml`);
  const scenario = await loadScenario(file, { variants: [...variants] });
  const { objective } = scenario.settings;
  const plans = await planScenario(scenario, { only: [layerName] });
  return plans.flatMap(({ variant, accelerator, layers: [{ layer, estimate }] }) => {
    const { problem } = estimate.schedule;
    const flat: Accelerator = { ...accelerator, dram: flatDramOf(accelerator) };
    return [flat, accelerator].flatMap((machine) => {
      const priced = { layer, model: energyModelOf(scenario, machine) };
      const search: SearchProblem = { problem, accelerator: machine, objective, priced };
      return spaces.map((space): MappingMeasurement => {
        const bounds = space === 'halved' ? measureBounds(search, repeats) : undefined;
        const start = performance.now();
        const found = mapLayer(problem, machine, { objective, priced, effort: { space, budgetMs } }).search;
        const searchMs = performance.now() - start;
        if (found === undefined) throw new Error(`${layerName} was not searched for`);
        const { isProven, judged, bounded, cost, bound } = found;
        return {
          ...{ layer: layerName, variant: variant.name, space, dram: machine.dram.kind },
          ...{ bounds, searchMs },
          ...{ isProven, gap: cost / bound - 1, judged, bounded },
        };
      });
    });
  });
}

function measureBounds(
  search: SearchProblem,
  repeats: number,
): { readonly mappings: number; readonly perSecond: Spread } {
  const boundAll = (): number =>
    forEachBounded(search, mappingSpaces.halved, {
      limit: () => Infinity,
      passOver: () => undefined,
      visit: () => undefined,
    });
  let mappings = 0;
  const rates: number[] = [];
  const begin = performance.now();
  while (rates.length < repeats && (rates.length === 0 || performance.now() - begin < longestMs)) {
    const start = performance.now();
    mappings = boundAll();
    // A pass that takes longer than the warm-up is compiled for most of it.
    const end = performance.now();
    if (end - begin > warmUpMs) rates.push((1000 * mappings) / (end - start));
  }
  return { mappings, perSecond: spreadOf(rates) };
}

export function mappingTable(measured: readonly MappingMeasurement[]): Table {
  return table({
    title: `Mapping search of ${network} ${layerName}, one thread (goal: 50 x 10^3 mappings bounded a second)`,
    head: [
      ...['variant', 'DRAM', 'space', 'mappings', 'bounded, 10^3 / s'],
      ...['whole search, ms', 'proof', 'estimated', 'looked at'],
    ],
    rows: measured.map(({ variant, dram, space, bounds, searchMs, ...found }) => [
      ...[variant, dram, space, bounds?.mappings.toLocaleString('en') ?? ''],
      ...[bounds ? spreadText(scaled(bounds.perSecond, 1e-3)) : '', figure(searchMs)],
      found.isProven ? 'the best' : `within ${(100 * found.gap).toFixed(1)} %`,
      ...[found.judged.toLocaleString('en'), found.bounded.toLocaleString('en')],
    ]),
    note: `Each search once, cut short ${budgetMs / 1000} s after the quick one.`,
  });
}
