import type { RegisterTensor } from '../dataflow/counters.js';
import type { Location } from '../document/userError.js';
import type { PrecisionSet } from '../model/model.js';
import type { AccumulatorPrecision, Precision } from '../tensor/precision.js';
import type { Component, LayerKind } from './action.js';
import type { SramTable } from './sram.js';

/** What an entry is confined to; a filter that is absent admits everything. */
export interface EntryFilter {
  readonly weight?: readonly Precision[];
  readonly ifmap?: readonly Precision[];
  readonly accumulator?: readonly AccumulatorPrecision[];
  /** Of the post-processor. */
  readonly layer?: readonly LayerKind[];
  /** Of register files. */
  readonly tensor?: readonly RegisterTensor[];
  /** Of buffers: their names in the accelerator. */
  readonly buffer?: readonly string[];
}

/** One line of an energy table: what one action of one component costs, or takes room, and who says so. */
export interface EnergyEntry {
  readonly component: Component;
  readonly action: string;
  readonly when: EntryFilter;
  /** As written, such as `0.2 pJ + 0.1 pJ`. */
  readonly formula: string;
  readonly technologyNm: number;
  /** Absent when the source does not state it. */
  readonly voltage?: number;
  readonly source: string;
  /** How the figure was derived; absent when the source prints it. */
  readonly derived?: string;
  readonly family: string;
  /** Of the formula. */
  readonly place: Location;
}

/** Where the figures of one component come from. */
export interface FigureSource {
  /** A key of `EnergyComponents`. */
  readonly component: string;
  readonly family: string;
  readonly source: string;
  /** Node and voltage that the figure was measured at, where it says so. */
  readonly technologyNm?: number;
  readonly voltage?: number;
  /** The family is another one than the table's own: figures of two families were not measured alike. */
  readonly foreign: boolean;
  /** Derived from the source's figures, not printed there. */
  readonly derived: boolean;
  /** What the figure was multiplied by to bring it to the accelerator's node and voltage; absent where it stands as it is. */
  readonly scaledBy?: number;
}

/** What actions cost; plain data. */
export interface EnergyTable {
  readonly name: string;
  readonly description: string;
  readonly file: string;
  readonly technologyNm: number;
  /** Family of the table's own figures; entries of another family name theirs. */
  readonly family: string;
  /** The table's own, then those of the tables that it extends for what it does not price itself. */
  readonly entries: readonly EnergyEntry[];
  /** What must be said below every result. */
  readonly note?: string;
  /** Files that the figures were read from: the table's own first. */
  readonly files: readonly string[];
  /** Absent when the entries price buffers in full. */
  readonly sram?: SramTable;
}

export function precisionKey(precision: PrecisionSet): string {
  return `weight ${precision.weight}, ifmap ${precision.ifmap}, accumulator ${precision.accumulator}`;
}
