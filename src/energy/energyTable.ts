import type { PrecisionSet } from '../model/model.js';
import type { LayerCounts } from '../counts/layerCounts.js';
import type { RegisterTensor } from '../dataflow/counters.js';
import type { AccumulatorPrecision, Precision } from '../tensor/precision.js';
import type { SramTable } from './sram.js';

export type LayerKind = LayerCounts['kind'];

/** Parts of a machine whose energy a table gives, beside the SRAM buffers and the DRAM. */
export type EnergyComponent = 'mac' | 'register-file' | 'pattern-table' | 'decoder' | 'post-processor' | 'pe';

/** What an entry is confined to; a filter that is absent admits everything. */
export interface EntryFilter {
  readonly weight?: readonly Precision[];
  readonly ifmap?: readonly Precision[];
  readonly accumulator?: readonly AccumulatorPrecision[];
  readonly layer?: readonly LayerKind[];
}

/** One line of an energy table: what one action of one component costs, and who says so. */
export interface EnergyEntry {
  readonly component: EnergyComponent;
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
}

/** The table's formulas, worked out for one set of precisions. */
export interface ActionCosts {
  /** Of one multiplication and accumulation. */
  readonly macPj: number;
  /** A multiplication that is left out, its cycle going by. */
  readonly gatedMacPj: number;
  readonly registerReadPjPerBit: number;
  readonly registerWritePjPerBit: number;
  readonly patternTableReadPjPerBit: number;
  /** Of one position read as a number. */
  readonly decodeEntryPj: number;
  readonly decodeMaskPjPerBit: number;
  /** Of one Huffman symbol. */
  readonly decodeSymbolPj: number;
  /** Of one operation, by the kind of layer that it serves. */
  readonly postProcessorPj: Readonly<Record<LayerKind, number>>;
  readonly peLeakageMw: number;
  /** Width of each register file's words. */
  readonly registerBits: Readonly<Record<RegisterTensor, number>>;
  /** One per component and entry that these figures come from. */
  readonly sources: readonly FigureSource[];
}

/** Where the figures of one component come from. */
export interface FigureSource {
  /** A key of `EnergyComponents`. */
  readonly component: string;
  readonly family: string;
  readonly source: string;
  /** The family is another one than the table's own: figures of two families were not measured alike. */
  readonly foreign: boolean;
  /** Derived from the source's figures, not printed there. */
  readonly derived: boolean;
}

/** What actions cost; plain data. Energies hold at the table's own technology node only. */
export interface EnergyTable {
  readonly name: string;
  readonly description: string;
  readonly file: string;
  readonly technologyNm: number;
  /** Family of the table's own figures; entries of another family name theirs. */
  readonly family: string;
  readonly entries: readonly EnergyEntry[];
  /** By `precisionKey`; sets of precisions that the entries do not cover are absent. */
  readonly costs: ReadonlyMap<string, ActionCosts>;
  readonly sram: SramTable;
}

export function precisionKey(precision: PrecisionSet): string {
  return `weight ${precision.weight}, ifmap ${precision.ifmap}, accumulator ${precision.accumulator}`;
}
