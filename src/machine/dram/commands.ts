import type { CommandDramSpec } from '../../accelerator/accelerator.js';
import { activityBetween } from '../../dram/activity.js';
import type { DramActivity } from '../../dram/activity.js';
import { createDramController } from '../../dram/controller/createDramController.js';
import type { ObserveCommand } from '../../dram/controller/dramController.js';
import { forEachPiece } from '../../schedule/transfer.js';
import { tensors } from '../../tensor/dataSpace.js';
import type { Dram } from './dram.js';

/** Told of every request in the order in which they are handed over; the clock is the earliest one at which it may go. */
export type ObserveRequest = (address: number, isWrite: boolean, clock: number, tag: number) => void;

export interface DramObservers {
  readonly observeRequest?: ObserveRequest | undefined;
  readonly observeCommand?: ObserveCommand | undefined;
}

const indexTag = tensors.indexOf('index');

/**
 * A real part behind its controller. Open rows, refreshes that are due and the clock go on from layer to layer. A tag of the
 * controller is the index of the tensor in `tensors`.
 */
export function createCommandDram(
  { part, controller, burstBytes }: CommandDramSpec,
  { observeRequest, observeCommand }: DramObservers,
): Dram {
  const { tCKPs } = part.timing;
  const dram = createDramController(part, controller, observeCommand);
  let startPs = 0;
  let before: DramActivity = dram.activity();
  const sinceStart = (clock: number): number => clock * tCKPs - startPs;
  return {
    request(transfer, address, eligiblePs) {
      const request = dram.beginBatch();
      const clock = Math.ceil((startPs + Math.max(eligiblePs, 0)) / tCKPs);
      const { write, tensor, runs, bytes, indexBytes = 0 } = transfer;
      const ownTag = tensors.indexOf(tensor);
      // Weights with an index are one block, the index last.
      const indexFrom = indexBytes > 0 ? address + runs[0].offset + bytes - indexBytes : Infinity;
      forEachPiece(transfer, (offset, length) => {
        const start = address + offset;
        const end = start + length;
        for (let at = start - (start % burstBytes); at < end; at += burstBytes) {
          const tag = at >= indexFrom ? indexTag : ownTag;
          observeRequest?.(at, write, clock, tag);
          dram.push(at, write, clock, tag);
        }
      });
      return request;
    },
    endPs: (request) => Math.max(0, sinceStart(dram.completedClock(request))),
    finishRequests: () => Math.max(0, sinceStart(dram.finish())),
    endLayer(durationPs) {
      startPs += durationPs;
      dram.idleUntil(Math.ceil(startPs / tCKPs));
      const now = dram.activity();
      const activity = activityBetween(before, now);
      before = now;
      dram.forgetLongestLatency();
      return activity;
    },
  };
}
