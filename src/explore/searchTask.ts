import type { Accelerator } from '../accelerator/accelerator.js';
import { isBuiltIn } from '../dataflow/dataflows.js';
import type { EnergyTable } from '../energy/energyTable.js';
import { createEnergyModel } from '../energy/evaluate.js';
import type { ConvProblem, LayerProblem, VectorProblem } from '../mapping/problem.js';
import type { PrecisionSet } from '../model/model.js';
import type { Layer } from '../network/layer.js';
import type { MappingObjective } from '../scenario/objective.js';
import { mapLayer } from '../search/mapLayer.js';
import type { SearchEffort } from '../search/mapLayer.js';
import type { Supports } from '../sparsity/supports.js';
import { findFormat, storeLayer } from '../storage/formats.js';
import type { ElementArray } from '../tensor/precision.js';
import { storedSearch } from './mappingCache.js';
import type { StoredSearch } from './mappingCache.js';

/** A search for a mapping as plain data, which another thread can carry out. */
export interface SearchTask {
  readonly layer: Layer;
  /** Without the storage, which is made anew of `stored`. */
  readonly problem: VectorProblem | Omit<ConvProblem, 'storage'>;
  readonly stored?: {
    readonly format: string;
    readonly supports: PackedSupports;
    readonly weights: ElementArray | undefined;
  };
  readonly accelerator: Accelerator;
  readonly energyTable: EnergyTable;
  readonly precision: PrecisionSet;
  readonly objective: MappingObjective;
  readonly effort: SearchEffort;
}

/** The patterns as one array, since another thread is sent a few large arrays faster than very many small ones. */
type PackedSupports = Omit<Supports, 'patterns'> & { readonly patterns: Uint8Array };

interface SearchRequest extends Omit<SearchTask, 'problem' | 'stored'> {
  readonly problem: LayerProblem;
  /** Of layers that are stored by their values. */
  readonly weights?: ElementArray | undefined;
}

/** @returns undefined for what only this thread knows: dataflows and formats from outside, and weights that are not given */
export function searchTask({ problem, weights, ...rest }: SearchRequest): SearchTask | undefined {
  const { array } = rest.accelerator;
  if (!(array.dataflows ?? [array.dataflow]).every(isBuiltIn)) return undefined;
  if (problem.kind === 'vector') return { ...rest, problem };
  const { storage, ...others } = problem;
  const { format, supports } = storage;
  if (findFormat(format.name) === undefined || (format.needsWeights && weights === undefined))
    return undefined;
  const stored = {
    format: format.name,
    supports: packed(supports),
    weights: format.needsWeights ? weights : undefined,
  };
  return { ...rest, problem: others, stored };
}

/**
 * Carries a search out.
 *
 * @throws UserError when no tile fits
 */
export function solveTask(task: SearchTask): StoredSearch {
  const { layer, accelerator, energyTable, precision, objective, effort } = task;
  const priced = { layer, model: createEnergyModel(accelerator, precision, energyTable) };
  const { schedule, search } = mapLayer(problemOf(task), accelerator, { objective, priced, effort });
  if (search === undefined) throw new Error(`layer ${layer.name}: the mapping was not searched for`);
  return storedSearch(schedule.mapping, search);
}

function problemOf({ layer, problem, stored, precision }: SearchTask): LayerProblem {
  if (problem.kind === 'vector') return problem;
  if (stored === undefined) throw new Error(`layer ${layer.name} is not stored`);
  const { format, supports, weights } = stored;
  const toStore = { supports: unpacked(supports), precision: precision.weight, weights };
  return { ...problem, storage: storeLayer(format, toStore, layer.name) };
}

function packed({ patterns, ...others }: Supports): PackedSupports {
  const bits = new Uint8Array(patterns.length * others.taps);
  patterns.forEach((pattern, index) => {
    bits.set(pattern, index * others.taps);
  });
  return { ...others, patterns: bits };
}

function unpacked({ patterns, ...others }: PackedSupports): Supports {
  const { taps } = others;
  const count = patterns.length / taps;
  return {
    ...others,
    patterns: Array.from({ length: count }, (_, index) =>
      patterns.subarray(index * taps, (index + 1) * taps),
    ),
  };
}
