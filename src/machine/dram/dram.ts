import type { Transfer } from '../../schedule/transfer.js';

/** A DRAM and its controller, as the DMA engine sees them. One file per kind; `createDram` chooses. */
export interface Dram {
  /** Bursts that the transfer takes. */
  bursts(transfer: Transfer): number;
  /**
   * Carries out a transfer that may start at `eligiblePs` and returns when its last byte is through. Transfers are
   * answered in the order of the calls.
   */
  transfer(transfer: Transfer, eligiblePs: number): number;
}
