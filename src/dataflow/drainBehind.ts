import { allDemands, leavingDemands } from './leaving.js';
import type { LeavingDemands } from './leaving.js';
import type { ArrayContext, PassCost, PassShape } from './pass.js';
import { cyclesOf } from './ports.js';
import type { Demand } from './ports.js';

/** What it takes until the sums of a fold have left the array. */
export interface FoldDrain {
  /** Cycles for which the stream is held up, because sums are read back through the ports that it uses. */
  readonly held: number;
  /** Cycles after the fold. */
  readonly after: number;
}

/** Demands on a port from which the array streams, and those that can be met while it does. */
export function splitDemands(
  demands: LeavingDemands,
  { ports }: ArrayContext,
): { readonly competing: Demand[]; readonly others: Demand[] } {
  const competes = ({ port, write }: Demand): boolean =>
    (port.buffer === ports.ifmap.buffer || port.buffer === ports.weight.buffer) &&
    (write !== true || port.isShared);
  const all = allDemands(demands);
  return { competing: all.filter(competes), others: all.filter((each) => !competes(each)) };
}

/**
 * The sums of a fold leave together, behind the next fold if the array can (`drain: overlapped`). What they need of a
 * port from which the array streams cannot be had at the same time.
 */
export function foldDrain(sums: number, shape: PassShape, context: ArrayContext): FoldDrain {
  const leaving = { first: shape.firstChannels, last: shape.lastChannels };
  const demands = leavingDemands(sums, leaving, shape, context);
  const { laneCycles } = demands;
  if (context.drain === 'serial') {
    return { held: 0, after: Math.max(laneCycles, cyclesOf(...allDemands(demands))) };
  }
  const { competing, others } = splitDemands(demands, context);
  return { held: cyclesOf(...competing), after: Math.max(laneCycles, cyclesOf(...others)) };
}

/** Adds folds to a pass one after the other, each with its sums leaving behind the next. */
export interface FoldSequence {
  /** @param cycles of the fold itself, with what its sums hold up */
  add(cycles: number, drain: FoldDrain, times: number): void;
  end(): void;
}

export function foldSequence(cost: PassCost, context: ArrayContext): FoldSequence {
  let previous = 0;
  let count = 0;
  return {
    add(cycles, { after }, times) {
      for (let i = 0; i < times; i++) {
        const wait = Math.max(0, previous - cycles);
        const serial = context.drain === 'serial' ? after : 0;
        cost.drainStalls += wait + serial;
        cost.cycles += cycles + wait + serial;
        if (count === 0) cost.firstFoldCycles = cycles + serial;
        previous = after - serial;
        count++;
      }
    },
    end() {
      cost.tailDrainCycles = previous;
    },
  };
}
