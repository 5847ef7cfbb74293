import type { RegisterEntries } from '../../dataflow/dataflow.js';
import { emptyPassCost } from '../../dataflow/pass.js';
import type { ArrayContext, PassCost, PassShape } from '../../dataflow/pass.js';
import type { OperandTensor, PeArray } from '../../dataflow/peArray.js';
import { createArrayClock } from './arrayClock.js';
import { createArrayRegisters } from './arrayRegisters.js';
import type { ArrayState, PassOperands } from './arrayState.js';

export interface RegisterArray extends PeArray {
  /** Waits for nothing any more, and says what the pass took. */
  finishPass(): PassCost;
  /** How often each operand was read from its buffer. */
  readonly fetches: Readonly<Record<OperandTensor, Uint32Array>>;
}

/**
 * The array of one pass with all its registers: what a dataflow drives, values and counts included.
 *
 * @param observe called at the end of every cycle, stalls included
 * @throws Error when the dataflow does what no array can: latches what was not read, multiplies what is not there
 */
export function createRegisterArray(
  shape: PassShape,
  context: ArrayContext,
  entries: RegisterEntries,
  operands: PassOperands,
  observe?: (state: ArrayState) => void,
): RegisterArray {
  const cost = emptyPassCost(context.bufferCount);
  const sizes = { ifmap: operands.ifmap.length, weight: operands.weights.length };
  const clock = createArrayClock(shape, context, cost, sizes, ({ stall, isAfterPass }) => {
    const shown = registers.show(stall !== undefined);
    observe?.({ cycle: cost.cycles, stall, isAfterPass, ...shown });
  });
  const registers = createArrayRegisters(context, entries, operands, cost, clock.fetches);
  return {
    ...registers,
    ...clock,
    readPatternTable(bits) {
      cost.patternTableReadBits += bits;
    },
    tick() {
      clock.tick();
      registers.endCycle();
    },
    drain(leaving) {
      registers.endFold();
      clock.leaveTogether(registers.emitAll(), leaving);
    },
    endFold() {
      registers.endFold();
      clock.endFold();
    },
    finishPass() {
      clock.finishPass();
      return cost;
    },
  };
}
