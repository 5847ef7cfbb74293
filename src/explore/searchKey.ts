import type { Accelerator, DramSpec } from '../accelerator/accelerator.js';
import { isBuiltIn } from '../dataflow/dataflows.js';
import type { DramPart } from '../dram/part.js';
import type { EnergyTable } from '../energy/energyTable.js';
import type { LayerProblem } from '../mapping/problem.js';
import type { PrecisionSet } from '../model/model.js';
import type { Layer } from '../network/layer.js';
import { needsEnergy } from '../scenario/objective.js';
import type { MappingObjective } from '../scenario/scenario.js';
import type { Supports } from '../sparsity/supports.js';
import type { LayerStorage } from '../storage/format.js';
import type { ElementArray } from '../tensor/precision.js';
import { canonicalJson, sha256 } from './canonicalJson.js';
import { codeVersion } from './codeVersion.js';

/** A search for a mapping: all that its outcome follows from, names and places of files aside. */
export interface MappingSearch {
  /** What runs on the way out of the array has prices of its own. */
  readonly kind: Layer['kind'];
  readonly problem: LayerProblem;
  readonly accelerator: Accelerator;
  readonly energyTable: EnergyTable;
  readonly precision: PrecisionSet;
  readonly objective: MappingObjective;
  /** Such as a budget; plain data. */
  readonly options?: object | undefined;
  /** Where sizes follow from the weights' values. */
  readonly weights?: ElementArray | undefined;
}

/**
 * A text that is the same for searches that find the same. What is large stands in it as its SHA-256. Names of layers, accelerators, tables
 * and files are not in it; those of buffers are, since entries of energy tables and maps that stay on chip refer to them.
 *
 * @returns undefined where code from outside has a say, or sizes follow from weights that are not given
 */
export function searchKey(search: MappingSearch): string | undefined {
  const { kind, problem, accelerator, energyTable, precision, objective, options, weights } = search;
  const { array } = accelerator;
  if (!(array.dataflows ?? [array.dataflow]).every(isBuiltIn)) return undefined;
  if (problem.kind === 'conv' && problem.storage.format.needsWeights && weights === undefined)
    return undefined;
  const isPriced = needsEnergy(objective);
  return canonicalJson({
    version: codeVersion(),
    kind,
    problem: problemContent(problem),
    accelerator: acceleratorContent(accelerator),
    objective,
    options,
    ...(isPriced && { precision, energyTable: digestOfTable(energyTable) }),
    ...(problem.kind === 'conv' && problem.storage.format.needsWeights && { weights }),
  });
}

/** All but the name, so that what a problem may come to have besides is in the key by itself. */
function problemContent(problem: LayerProblem): object {
  if (problem.kind === 'vector') return { ...problem, name: undefined };
  return { ...problem, name: undefined, storage: storageContent(problem.storage) };
}

function storageContent({
  format,
  descriptor,
  supports,
  repeats,
  streamed,
  readsPatternTable,
  table,
}: LayerStorage): object {
  return {
    ...{ format: format.name, descriptor, repeats, readsPatternTable, table },
    supports: digestOfSupports(supports),
    streamed: streamed === supports ? 'supports' : digestOfSupports(streamed),
  };
}

const knownSupports = new WeakMap<Supports, string>();

function digestOfSupports(supports: Supports): string {
  const known = knownSupports.get(supports);
  if (known !== undefined) return known;
  const { patterns, taps, ...others } = supports;
  const bits = new Uint8Array(patterns.length * taps);
  patterns.forEach((pattern, index) => {
    bits.set(pattern, index * taps);
  });
  const digest = sha256(canonicalJson({ ...others, taps, patterns: patterns.length, bits }));
  knownSupports.set(supports, digest);
  return digest;
}

function acceleratorContent(accelerator: Accelerator): object {
  return {
    ...accelerator,
    ...{
      name: undefined,
      description: undefined,
      file: undefined,
      places: undefined,
      energyTable: undefined,
    },
    dram: dramContent(accelerator.dram),
  };
}

function dramContent(dram: DramSpec): object {
  if (dram.kind === 'flat') return { ...dram, source: undefined, file: undefined };
  return { ...dram, source: undefined, part: partContent(dram.part) };
}

function partContent(part: DramPart): object {
  return {
    ...part,
    ...{ name: undefined, description: undefined, file: undefined, location: undefined },
    ...{ source: undefined, railsSource: undefined },
  };
}

const knownTables = new WeakMap<EnergyTable, string>();

/** Of the figures, whoever says them. */
function digestOfTable(table: EnergyTable): string {
  const known = knownTables.get(table);
  if (known !== undefined) return known;
  const digest = sha256(
    canonicalJson({
      ...table,
      ...{ name: undefined, description: undefined, file: undefined, files: undefined, note: undefined },
      entries: table.entries.map((entry) => ({
        ...entry,
        ...{ place: undefined, source: undefined, derived: undefined },
      })),
      sram: table.sram && { ...table.sram, name: undefined, source: undefined, file: undefined },
    }),
  );
  knownTables.set(table, digest);
  return digest;
}
