import { countRead } from '../../dataflow/counters.js';
import type { StallCause } from '../../dataflow/counters.js';
import { splitDemands } from '../../dataflow/drainBehind.js';
import { allDemands, countLeaving, leavingDemands, streamStep } from '../../dataflow/leaving.js';
import type { LeavingDemands, StreamCause } from '../../dataflow/leaving.js';
import type { ArrayContext, PassCost, PassShape } from '../../dataflow/pass.js';
import type { Beside, Leaving, OperandTensor, PeArray } from '../../dataflow/peArray.js';
import { wordsOf } from '../../dataflow/ports.js';
import type { Demand } from '../../dataflow/ports.js';
import { createDrainUnit } from './drainUnit.js';

type Timed =
  | 'fetch'
  | 'fetchBeside'
  | 'fetchAhead'
  | 'awaitAhead'
  | 'together'
  | 'tick'
  | 'start'
  | 'finish'
  | 'leave'
  | 'leaveWaiting';

/** The array's cycles: what the ports move in them, and what holds them up. */
export interface ArrayClock extends Pick<PeArray, Timed> {
  /** How often each operand was read from its buffer. */
  readonly fetches: Readonly<Record<OperandTensor, Uint32Array>>;
  /** So many sums leave behind the next fold, as far as they do not need the ports that it streams from. */
  leaveTogether(sums: number, leaving: Leaving): void;
  endFold(): void;
  /** Lets the last sums leave. */
  finishPass(): void;
}

/** What else happens at the end of a cycle. */
export interface CycleEnd {
  readonly stall: StallCause | undefined;
  /** The pass is over, and its last sums are on their way. */
  readonly isAfterPass: boolean;
}

/**
 * @param cost where cycles, stalls and accesses are counted
 * @param operands how many values the ifmap and the weight tile have
 */
export function createArrayClock(
  shape: PassShape,
  context: ArrayContext,
  cost: PassCost,
  operands: Readonly<Record<OperandTensor, number>>,
  onCycle: (end: CycleEnd) => void,
): ArrayClock {
  const { ports } = context;
  const bits = { ifmap: shape.ifmapBits, weight: shape.weightBits };
  const fetches = { ifmap: new Uint32Array(operands.ifmap), weight: new Uint32Array(operands.weight) };
  const drainUnit = createDrainUnit(ports);
  const heldUnit = createDrainUnit(ports);
  let fetched = { ifmap: 0, weight: 0 };
  let leaving: LeavingDemands | undefined;
  let isAfterPass = false;
  let span = { ticks: 1, left: 1 };
  let folds = 0;
  /** Words that are read for later: as asked for together, and still to come from each buffer. */
  let ahead = { ifmap: 0, weight: 0 };
  const wordsAhead = new Map<number, number>();
  let beside: { readonly work: Beside; cycles: number } | undefined;

  const cycle = (stall?: StallCause): void => {
    onCycle({ stall, isAfterPass });
    cost.cycles++;
    drainUnit.step();
    if (beside !== undefined) {
      beside.cycles++;
      if (beside.work.next().done === true) beside = undefined;
    }
  };
  const stalled = (cause: StreamCause): void => {
    if (cause === 'ifmap') cost.ifmapStalls++;
    else if (cause === 'weight-load') cost.weightLoadStalls++;
    else if (cause === 'psum') cost.psumStalls++;
    else cost.drainStalls++;
    cycle(cause);
  };
  const countFetches = (tensor: OperandTensor, operands: number): number => {
    const words = wordsOf(ports[tensor], operands, bits[tensor]);
    countRead(cost.accesses, ports[tensor].buffer, tensor, operands, words, (operands * bits[tensor]) / 8);
    return words;
  };
  const aheadIsIn = (): boolean => [...wordsAhead.values()].every((words) => words === 0);
  /** In so many cycles, those ports read ahead that `demands` leave free. */
  const readAhead = (cycles: number, ...demands: readonly Demand[]): void => {
    for (const [buffer, words] of wordsAhead) {
      const taken = demands.reduce(
        (sum, demand) => sum + (demand.port.buffer === buffer ? demand.words : 0),
        0,
      );
      wordsAhead.set(buffer, Math.max(0, words - (cycles * portsOf(buffer) - taken)));
    }
  };
  const portsOf = (buffer: number): number =>
    buffer === ports.ifmap.buffer ? ports.ifmap.ports : ports.weight.ports;
  const countLeft = (count: number, which: Leaving): void => {
    countLeaving(cost.accesses, count, 1, which, shape, context);
    if (which.last) cost.postProcessorOperations += count;
  };

  return {
    fetches,
    fetch(tensor, operand) {
      fetches[tensor][operand]++;
      fetched[tensor]++;
    },
    fetchBeside(tensor, operands) {
      for (const operand of operands) fetches[tensor][operand]++;
      return Math.ceil(countFetches(tensor, operands.length) / ports[tensor].ports);
    },
    fetchAhead(tensor, operands) {
      for (const operand of operands) fetches[tensor][operand]++;
      const words = countFetches(tensor, operands.length);
      const { buffer } = ports[tensor];
      ahead[tensor] += words;
      wordsAhead.set(buffer, (wordsAhead.get(buffer) ?? 0) + words);
    },
    awaitAhead() {
      const demand = (tensor: OperandTensor) => ({ port: ports[tensor], words: ahead[tensor] });
      const { cause } = streamStep(demand('ifmap'), demand('weight'));
      while (!aheadIsIn()) {
        readAhead(1);
        stalled(cause);
      }
      ahead = { ifmap: 0, weight: 0 };
    },
    together(ticks) {
      span = { ticks, left: ticks };
    },
    tick() {
      span.left--;
      if (span.left > 0) {
        cycle();
        return;
      }
      const demand = (tensor: OperandTensor) => ({
        port: ports[tensor],
        words: fetched[tensor] === 0 ? 0 : countFetches(tensor, fetched[tensor]),
      });
      const fetching = [demand('ifmap'), demand('weight')] as const;
      const step = streamStep(...fetching, leaving);
      readAhead(step.cycles, ...fetching);
      for (let held = span.ticks; held < step.cycles; held++) stalled(step.cause);
      cycle();
      fetched = { ifmap: 0, weight: 0 };
      leaving = undefined;
      span = { ticks: 1, left: 1 };
    },
    start(work) {
      if (beside !== undefined) throw new Error('something else goes on beside the array');
      if (work.next().done !== true) beside = { work, cycles: 0 };
    },
    finish(cause, unstalled) {
      if (beside === undefined) return;
      const work = beside;
      let waited = 0;
      while (work === beside) {
        cycle();
        waited++;
      }
      const stalls = Math.min(waited, work.cycles - unstalled);
      if (cause === 'ifmap') cost.ifmapStalls += stalls;
      else cost.weightLoadStalls += stalls;
    },
    leave(count, which) {
      leaving = leavingDemands(count, which, shape, context);
      countLeft(count, which);
    },
    leaveWaiting(count, which) {
      const demands = leavingDemands(count, which, shape, context);
      drainUnit.begin(allDemands(demands), demands.laneCycles);
      while (drainUnit.isBusy()) stalled('drain');
      countLeft(count, which);
    },
    leaveTogether(count, which) {
      countLeft(count, which);
      const demands = leavingDemands(count, which, shape, context);
      const { competing, others } = splitDemands(demands, context);
      if (context.drain === 'serial') {
        drainUnit.begin(allDemands(demands), demands.laneCycles);
        while (drainUnit.isBusy()) stalled('drain');
      } else {
        heldUnit.begin(competing, 0);
        while (heldUnit.isBusy()) {
          heldUnit.step();
          stalled('psum');
        }
      }
      if (folds++ === 0) cost.firstFoldCycles = cost.cycles;
      if (context.drain === 'serial') return;
      while (drainUnit.isBusy()) stalled('drain');
      drainUnit.begin(others, demands.laneCycles);
    },
    endFold() {
      if (folds++ === 0) cost.firstFoldCycles = cost.cycles;
    },
    finishPass() {
      const { cycles } = cost;
      isAfterPass = true;
      while (drainUnit.isBusy()) cycle();
      cost.tailDrainCycles = cost.cycles - cycles;
      cost.cycles = cycles;
    },
  };
}
