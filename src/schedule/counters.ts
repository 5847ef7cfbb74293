/** Register files of a PE. */
export const registerTensors = ['ifmap', 'weight', 'psum'] as const;
export type RegisterTensor = (typeof registerTensors)[number];

/** Why a cycle went by without the array streaming operands. */
export const stallCauses = ['weight-load', 'ifmap', 'psum', 'drain', 'dram'] as const;
export type StallCause = (typeof stallCauses)[number];

/** Accesses of one tensor at one SRAM buffer. A transaction is one port word; energy is charged on it. */
export interface BufferAccess {
  readElements: number;
  writeElements: number;
  readTransactions: number;
  writeTransactions: number;
  readBytes: number;
  writeBytes: number;
}

/** Accesses of one tensor at DRAM. */
export interface DramAccess {
  readBytes: number;
  writeBytes: number;
  readBursts: number;
  writeBursts: number;
}

export interface RegisterAccess {
  reads: number;
  writes: number;
}
