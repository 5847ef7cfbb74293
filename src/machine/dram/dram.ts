import type { DramActivity } from '../../dram/activity.js';
import type { Transfer } from '../../schedule/transfer.js';

/** A DRAM and its controller, as the DMA engine sees them. One file per kind; `createDram` chooses. */
export interface Dram {
  /**
   * Hands over a transfer that may start at `eligiblePs`, counted from the layer's start. Transfers are carried out in the order of
   * the calls.
   *
   * @param address of the first byte of the transfer's region
   * @returns its number in the layer
   */
  request(transfer: Transfer, address: number, eligiblePs: number): number;
  /** When all that a transfer reads is there, or all that it writes has been taken over; from the layer's start. */
  endPs(request: number): number;
  /** Ends the requests of a layer; when all data are where they belong, from the layer's start. */
  finishRequests(): number;
  /** The layer lasts so long; the next one starts then. What the DRAM did meanwhile, if its kind knows. */
  endLayer(durationPs: number): DramActivity | undefined;
}
