import type { ArraySettings } from '../dataflow/arraySettings.js';
import type { ControllerSettings } from '../dram/controllerSettings.js';
import type { FlatDram } from '../dram/flatDram.js';
import type { DramPart } from '../dram/part.js';
import type { Location } from '../document/userError.js';
import type { Tensor } from '../tensor/dataSpace.js';

export interface ArraySpec extends ArraySettings {
  /** Name of a registered dataflow; of an array that can be set to several, the first. */
  readonly dataflow: string;
  /** All that the array can be set to from layer to layer, if several. */
  readonly dataflows?: readonly string[] | undefined;
  /** Side of a PE; that of a square as large as its parts unless given. */
  readonly pePitchMm?: number | undefined;
}

/** How figures of other nodes and voltages are brought to the accelerator's. */
export interface Scaling {
  readonly method: 'stillmaker-baas';
  readonly voltage: number;
  /** High performance, or low power: which of the method's curves below 65 nm. */
  readonly flavour: 'hp' | 'lp';
}

/** One SRAM. `index` lies with `weight`. */
export interface BufferSpec {
  readonly name: string;
  readonly holds: readonly Tensor[];
  readonly capacityBytes: number;
  /** Width of one port word; a transaction moves one. */
  readonly wordBits: number;
  /** The capacity is split evenly over the banks; energy and leakage are those of a bank of that size. */
  readonly banks: number;
  /** Port words that the array side can read, and can write, per cycle. */
  readonly ports: number;
  /** Reads and writes share the ports instead of having so many each. */
  readonly sharedPorts: boolean;
  /** Two halves: one is filled while the other is read. */
  readonly doubleBuffered: boolean;
  /** Cell type of the SRAM table, such as `itrs-lop`. */
  readonly cell: string;
  /** Banks and words beyond the measured ones are priced all the same. */
  readonly extrapolate?: boolean;
}

/** A DRAM with a bandwidth and a latency and nothing else. */
export interface FlatDramSpec extends FlatDram {
  readonly kind: 'flat';
  /** Absent where it stands in the accelerator's own file. */
  readonly file?: string;
}

/** A real part behind a memory controller, simulated command by command. */
export interface CommandDramSpec {
  readonly kind: 'commands';
  readonly part: DramPart;
  readonly controller: ControllerSettings;
  /** Of all channels together, at its peak. */
  readonly bandwidthBytesPerSecond: number;
  readonly burstBytes: number;
  /** In place of the part's currents. */
  readonly energyPjPerBit?: number;
  /** Where the energy comes from. */
  readonly source: string;
}

export type DramSpec = FlatDramSpec | CommandDramSpec;

/** Where a file says what only later stages can refuse. */
interface AcceleratorPlaces {
  readonly technology: Location;
  readonly energyTable: Location;
  readonly skip: Location;
  readonly dram?: Location;
  /** Absent where nothing is to be scaled. */
  readonly scaling?: Location;
  /** By the buffer's name. */
  readonly buffers: Readonly<Record<string, Location>>;
}

export interface Accelerator {
  readonly name: string;
  readonly description: string;
  readonly file: string;
  readonly technologyNm: number;
  /** Absent where figures are to stand as they are. */
  readonly scaling?: Scaling;
  readonly clockHz: number;
  /** Core clock period, rounded to whole picoseconds. */
  readonly periodPs: number;
  readonly array: ArraySpec;
  readonly buffers: readonly BufferSpec[];
  readonly postProcessor: { readonly lanes: number };
  readonly dram: DramSpec;
  /** Of formats whose positions follow from one another: how many it gets through per cycle. */
  readonly decoder: { readonly entriesPerCycle: number };
  /** Name of, or path to, the energy table. */
  readonly energyTable: string;
  /** For messages; absent when it was not read from a file. */
  readonly places?: AcceleratorPlaces;
}
