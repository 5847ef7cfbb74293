import type {
  BufferAccess,
  DecodeCounts,
  DramAccess,
  RegisterAccess,
  RegisterTensor,
  StallCause,
} from '../dataflow/counters.js';
import type { RegisterEntries } from '../dataflow/dataflow.js';
import type { DramActivity } from '../dram/activity.js';
import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';

/** MACs of one layer for one batch of images. */
export interface MacCounts {
  /** All k*k taps of every kernel times output positions: what a dense layer costs. */
  readonly dense: number;
  /** Taps that exist times output positions, padding counted (as the papers do). */
  readonly effectual: number;
  /** As `effectual`, without the taps that fall on padding. */
  readonly effectualUnpadded: number;
  /** Multiplications left out because the activation is zero, their cycle going by. */
  readonly gated: number;
  /** Multiplications that the array carries out; above `effectual` where zeros are stored and streamed. */
  readonly performed: number;
}

/** Bytes of stored weights: values, and all that says which taps they belong to. */
export interface StoredBytes {
  readonly value: number;
  readonly position: number;
  /** Where rows, columns or kernels begin. */
  readonly pointer: number;
  /** Once per layer: patterns, codebooks. */
  readonly table: number;
}

/** Everything that is stored. */
export function totalStoredBytes(stored: StoredBytes): number {
  return stored.value + indexBytesOf(stored);
}

/** Bytes that are no values. */
export function indexBytesOf({ position, pointer, table }: StoredBytes): number {
  return position + pointer + table;
}

/** Bytes between DRAM and buffers, both ways, of all tensors. */
export function totalDramBytes({ dram }: Pick<LayerCounts, 'dram'>): number {
  return tensors.reduce((sum, tensor) => sum + dram[tensor].readBytes + dram[tensor].writeBytes, 0);
}

/** Bursts between DRAM and buffers, both ways, of all tensors. */
export function totalDramBursts({ dram }: Pick<LayerCounts, 'dram'>): number {
  return tensors.reduce((sum, tensor) => sum + dram[tensor].readBursts + dram[tensor].writeBursts, 0);
}

/** Bytes between the buffers and what works on them. */
export interface DeliveredBytes {
  readonly readBytes: number;
  readonly writeBytes: number;
}

/** Everything that one layer did for one batch of images; all figures are exact integers. */
export interface LayerCounts {
  readonly layer: string;
  readonly kind: 'conv2d' | 'fully-connected' | 'max-pool' | 'average-pool' | 'add' | 'relu';
  readonly macs: MacCounts;
  /** From the layer's first DMA transfer to its last, in core cycles (rounded up) and in picoseconds. */
  readonly cycles: number;
  readonly latencyPs: number;
  /** Cycles in which the array works on a pass, port stalls included; the post-processor's own for layers without MACs. */
  readonly computeCycles: number;
  readonly stallCycles: Readonly<Record<StallCause, number>>;
  /** PEs that work on a sum, in the fold that has most of them; 0 for layers without MACs. */
  readonly activePes: number;
  /** Slots of used PEs in which no multiplication happens because their filter lacks the streamed tap. */
  readonly idleMacSlots: number;
  readonly dram: Readonly<Record<Tensor, DramAccess>>;
  /** Bytes that the DMA copies between slots and maps that stay on chip, by tensor. */
  readonly copiedBytes: Readonly<Record<Tensor, number>>;
  /** Of a DRAM that is simulated command by command; tags are indices into `tensors`. */
  readonly dramActivity?: DramActivity;
  /** By the buffer's name in the accelerator. */
  readonly buffers: Readonly<Record<string, Readonly<Record<Tensor, BufferAccess>>>>;
  /** Bytes that array and post-processor read from the buffers and write to them, all buffers together: `buffers` without the DMA. */
  readonly delivered: Readonly<Record<Tensor, DeliveredBytes>>;
  readonly registers: Readonly<Record<RegisterTensor, RegisterAccess>>;
  /** Entries of each register file of a PE: those that its bytes hold where the accelerator gives them, else those that the largest tile needs. */
  readonly registerEntries: RegisterEntries;
  /** Values that pass from a PE to the next, over one PE pitch; `PassCost` says what counts. */
  readonly hops: Readonly<Record<RegisterTensor, number>>;
  /** Bits read from the on-chip pattern table while streaming. */
  readonly patternTableReadBits: number;
  /** Of weights, whenever the array streams them, and of compressed feature maps, whenever they are read or written. */
  readonly decoding: Readonly<DecodeCounts>;
  /** Elements that the post-processor handled (one per output, window elements for pooling). */
  readonly postProcessorOperations: number;
  /** A pooling layer that ran fused into this one, and how many of these operations were its. */
  readonly pooling?: {
    readonly layer: string;
    readonly kind: 'max-pool' | 'average-pool';
    readonly operations: number;
  };
  /** Stored weights: bytes in DRAM by what they mean, and what dense storage would take. */
  readonly weightBytes: StoredBytes;
  readonly weightDenseBytes: number;
  /** Parameters kept: weights in the supports, bias, batch norm. */
  readonly parameters: number;
}
