import type { Demand, Ports } from '../../dataflow/ports.js';

/** What is still to be moved out of the array, word by word and sum by sum. */
export interface DrainUnit {
  /** Sums join the queue, which must be empty. */
  begin(demands: readonly Demand[], lanePasses: number): void;
  isBusy(): boolean;
  /** One cycle: as many words as each port moves, as many sums as there are lanes. */
  step(): void;
}

interface Queue {
  readonly ports: number;
  readonly isShared: boolean;
  reads: number;
  writes: number;
}

export function createDrainUnit(ports: Ports): DrainUnit {
  const queues = new Map<number, Queue>();
  for (const port of Object.values(ports)) {
    queues.set(port.buffer, { ports: port.ports, isShared: port.isShared, reads: 0, writes: 0 });
  }
  let lanePassesLeft = 0;
  const queueOf = (buffer: number): Queue => {
    const queue = queues.get(buffer);
    if (queue === undefined) throw new Error(`no port to buffer ${buffer}`);
    return queue;
  };
  return {
    begin(demands, lanePasses) {
      for (const { port, words, write } of demands) {
        const queue = queueOf(port.buffer);
        if (write === true) queue.writes += words;
        else queue.reads += words;
      }
      lanePassesLeft = lanePasses;
    },
    isBusy() {
      if (lanePassesLeft > 0) return true;
      for (const { reads, writes } of queues.values()) if (reads > 0 || writes > 0) return true;
      return false;
    },
    step() {
      lanePassesLeft = Math.max(0, lanePassesLeft - 1);
      for (const queue of queues.values()) {
        const reads = Math.min(queue.reads, queue.ports);
        queue.reads -= reads;
        queue.writes -= Math.min(queue.writes, queue.isShared ? queue.ports - reads : queue.ports);
      }
    },
  };
}
