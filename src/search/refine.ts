import { arrayContext } from '../accelerator/arrayContext.js';
import { activityOf } from '../counts/passActivity.js';
import type { RegisterEntries } from '../dataflow/dataflow.js';
import type { PassCost } from '../dataflow/pass.js';
import { passEnergyPj } from '../energy/passEnergy.js';
import type { Mapping } from '../mapping/mapping.js';
import { forEachPassKind } from '../mapping/passKinds.js';
import { mappedDataflow } from '../mapping/mappedDataflow.js';
import { passShape } from '../mapping/passShape.js';
import { firstTile, registerEntries, registerShortage } from '../mapping/registerFiles.js';
import { mapTraffic } from '../mapping/traffic.js';
import { passCosts } from '../schedule/schedule.js';
import type { PassCache } from '../schedule/schedule.js';
import { leastSums, ratesOf } from './floor.js';
import type { BoundedMapping, SearchProblem } from './floor.js';
import type { EnergyRates } from './energyRates.js';
import { leastWork } from './leastWork.js';
import type { MovedBytes } from './movedBytes.js';
import { needsEnergy, valueOf } from '../scenario/objective.js';
import type { ObjectiveSums } from '../scenario/objective.js';
import type { MappingSpace } from './space.js';

/** A mapping with its closer bound. */
export interface RefinedMapping extends BoundedMapping {
  /** What the bound was made of. */
  readonly least: ObjectiveSums;
  /** What each picosecond costs by which the mapping takes longer than that. */
  readonly idlePjPerPs: number;
}

/**
 * A closer lower bound: the passes of a mapping are those that it really has, with their cycles and all that they are charged for; what
 * remains open is how far the DMA keeps the array waiting, and what a command-level DRAM does beside its reads and writes.
 *
 * @returns the mapping with each of the PE sets that are looked at; none that the register files of the PEs have no room for
 */
export function createRefinement(
  search: SearchProblem,
  passes: PassCache,
  { peSets }: Pick<MappingSpace, 'peSets'>,
): (bounded: BoundedMapping) => RefinedMapping[] {
  const { problem, accelerator, objective, priced } = search;
  const context = arrayContext(accelerator);
  const { burstBytes } = accelerator.dram;
  const isPooled = problem.kind === 'conv' && problem.pool !== undefined;
  const { poolingCycles } = leastWork(problem, accelerator);
  const isFlat = accelerator.dram.kind === 'flat';
  const maps = isFlat ? mapTraffic(problem, burstBytes) : undefined;
  const rates = new Map<string, EnergyRates | undefined>();
  const energies = new WeakMap<PassCost, { readonly entries: RegisterEntries; readonly pj: number }>();
  const sums = new Map<string, { readonly cycles: number; readonly pj: number }>();

  const energyOf = (
    pass: PassCost,
    entries: RegisterEntries,
    { layer, model }: NonNullable<SearchProblem['priced']>,
  ): number => {
    const known = energies.get(pass);
    if (known !== undefined && isSame(known.entries, entries)) return known.pj;
    const pj = passEnergyPj(activityOf(layer.kind, pass, accelerator), entries, model);
    energies.set(pass, { entries, pj });
    return pj;
  };
  /** Of all passes of a mapping; the order of its loops and its slots make no difference. */
  const passesOf = (mapping: Mapping): { readonly cycles: number; readonly pj: number } => {
    const key = keyOf(mapping);
    const known = sums.get(key);
    if (known !== undefined) return known;
    const costOf = passCosts(problem, mapping, accelerator, context, passes);
    const isPriced = priced !== undefined && needsEnergy(objective);
    const entries = isPriced ? registerEntries(problem, mapping, accelerator) : undefined;
    let cycles = 0;
    let pj = 0;
    forEachPassKind(problem, mapping, (tile, times) => {
      const pass = costOf(tile);
      cycles += pass.cycles * times;
      if (entries !== undefined && isPriced) pj += energyOf(pass, entries, priced) * times;
    });
    const sum = { cycles, pj };
    sums.set(key, sum);
    return sum;
  };

  /** Rows of maps do not begin and end where bursts do. */
  const wholeBursts = ({ tile }: Mapping, moved: MovedBytes): MovedBytes => {
    if (maps === undefined) return moved;
    const { ifmapOnce, ifmapLoads, ofmap } = moved;
    const ifmapRest = ifmapOnce === 0 ? 0 : maps.ifmap(tile) * burstBytes - ifmapOnce;
    const ofmapRest = ofmap === 0 || isPooled ? 0 : maps.ofmap(tile) * burstBytes - ofmap;
    const residualRest = problem.residual && problem.kept?.residual === undefined ? ofmapRest : 0;
    return {
      ...moved,
      read: moved.read + ifmapRest * ifmapLoads + residualRest,
      written: moved.written + ofmapRest,
    };
  };

  const refine = (bounded: BoundedMapping): RefinedMapping[] => {
    const { mapping, moved } = bounded;
    if (registerShortage(problem, mapping, accelerator) !== undefined) return [];
    const dataflow = mapping.dataflow ?? accelerator.array.dataflow;
    if (!rates.has(dataflow)) rates.set(dataflow, ratesOf(search, dataflow));
    const { cycles, pj } = passesOf(mapping);
    const least = leastSums(
      search,
      rates.get(dataflow),
      wholeBursts(mapping, moved),
      cycles,
      poolingCycles,
      pj,
    );
    return [
      {
        ...bounded,
        bound: Math.max(bounded.bound, valueOf(objective, least)),
        latencyPs: Math.max(bounded.latencyPs, least.latencyPs),
        least,
        idlePjPerPs: rates.get(dataflow)?.idlePerPs ?? 0,
      },
    ];
  };
  return (bounded) => withPeSets(bounded, search, peSets).flatMap(refine);
}

/** Of a row-stationary array the mapping with its own choice of PE sets, then with every other that fits the first pass. */
function withPeSets(
  bounded: BoundedMapping,
  { problem, accelerator }: SearchProblem,
  peSets: MappingSpace['peSets'],
): BoundedMapping[] {
  const { mapping, index } = bounded;
  if (peSets === 'own' || problem.kind === 'vector') return [bounded];
  const setsOf = mappedDataflow(accelerator, mapping).peSets;
  if (setsOf === undefined) return [bounded];
  const shape = passShape(problem, mapping, firstTile(problem, mapping));
  const all = setsOf(shape, arrayContext(accelerator));
  return [
    bounded,
    ...all.map((rowStationary, place) => ({
      ...bounded,
      mapping: { ...mapping, rowStationary },
      // Between this mapping and the next.
      index: index + (place + 1) / (all.length + 1),
    })),
  ];
}

function keyOf({ dataflow = '', tile, phasesPerGroup, rowStationary: sets }: Mapping): string {
  const { images, filters, channels, rows, columns } = tile;
  const own = sets === undefined ? '' : [sets.e, sets.p, sets.q, sets.r, sets.t].join(' ');
  return `${dataflow} ${phasesPerGroup} ${images} ${filters} ${channels} ${rows} ${columns} ${own}`;
}

function isSame(a: RegisterEntries, b: RegisterEntries): boolean {
  return a.ifmap === b.ifmap && a.weight === b.weight && a.psum === b.psum;
}
