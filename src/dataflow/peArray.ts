import type { IfmapOperand, Output, WeightOperand } from './operands.js';

/** Operands that are read from buffers and kept in registers. */
export type OperandTensor = 'ifmap' | 'weight';

/** Whether sums that leave the array are the first of their output, and whether they are complete. */
export interface Leaving {
  readonly first: boolean;
  readonly last: boolean;
}

/** Work that goes on beside the array, such as loading the next fold's operands. Each step takes one cycle. */
export type Beside = Iterator<void, void, void>;

/**
 * An array of PEs as a dataflow drives it, cycle by cycle. The dataflow says which operand enters which register, what
 * moves and what is multiplied; the array holds the values, and counts.
 *
 * Within a cycle: values move, operands are latched, PEs multiply; `tick` ends it. A cycle lasts longer when the ports
 * cannot deliver what it fetches.
 */
export interface PeArray {
  /** Puts a part of the array to use, its registers empty; what moves on beyond it is gone. */
  use(rows: number, columns: number): void;

  /** From here on only so many columns are in use; registers keep what they hold. */
  narrow(columns: number): void;

  /** Reads an operand from its buffer. What one cycle fetches is packed into port words, tensor by tensor. */
  fetch(tensor: OperandTensor, operand: IfmapOperand | WeightOperand): void;
  /** Reads operands from a port that nothing else uses meanwhile. Returns the cycles that this takes. */
  fetchBeside(tensor: OperandTensor, operands: readonly number[]): number;
  /** Reads operands for later, packed into port words, through what the cycles to come leave of the ports. */
  fetchAhead(tensor: OperandTensor, operands: readonly number[]): void;
  /** Stands still until they have been read. */
  awaitAhead(): void;
  /** Bits of the pattern table that say where values belong. */
  readPatternTable(bits: number): void;

  /** Puts an operand that has been fetched into a register, from the array's edge or a bus. */
  latch(tensor: OperandTensor, row: number, column: number, entry: number, operand: number): void;
  /**
   * Moves all operands of a tensor to the next PE, as they do in every cycle of a systolic array: the PE that multiplies
   * one hands it on in the same read. Those that enter at the edge are latched afterwards.
   */
  shift(tensor: OperandTensor, direction: 'right' | 'down'): void;
  /** Moves them once, with a read of its own for each. */
  handOn(tensor: OperandTensor, direction: 'right' | 'down'): void;
  /** Second set of registers, which is filled while the first is in use. */
  latchShadow(tensor: OperandTensor, row: number, column: number, entry: number, operand: number): void;
  shiftShadow(tensor: OperandTensor): void;
  /** The second set becomes the first. */
  swapShadow(tensor: OperandTensor): void;
  holds(tensor: OperandTensor, row: number, column: number, entry: number): boolean;

  /** Begins a sum in a PE. */
  open(row: number, column: number, entry: number, output: Output): void;
  isOpen(row: number, column: number, entry: number): boolean;
  /** Moves all sums to the PE below, which adds to them; each PE below the first row reads its neighbour's. */
  shiftSums(): void;
  /** Multiplies what two registers hold and adds it to a sum. */
  multiply(row: number, column: number, ifmapEntry: number, weightEntry: number, psumEntry: number): void;
  /** Multipliers of PEs in use that have nothing to multiply in this cycle. */
  idle(slots: number): void;
  isZero(operand: IfmapOperand): boolean;

  /** Ends the cycle. */
  tick(): void;
  /**
   * What is fetched and what leaves in the next so many ticks goes by through FIFOs behind all of them: only what the
   * ports cannot move in that time holds the last one up.
   */
  together(ticks: number): void;
  /** Lets work go on beside the cycles to come. */
  start(work: Beside): void;
  /** Waits until the work beside is done. `unstalled` cycles of it would be needed with ports wide enough. */
  finish(cause: 'weight-load' | 'ifmap', unstalled: number): void;

  /** So many sums leave in this cycle: their words join what the ports have to move. */
  leave(sums: number, leaving: Leaving): void;
  /** Takes one of them out of the array, down through the PEs below. */
  emit(row: number, column: number, entry: number): void;
  /** So many sums leave, and the array waits until they have. */
  leaveWaiting(sums: number, leaving: Leaving): void;
  /**
   * Adds up the parts of a sum that PEs hold, each read once on the way, and takes it out. Each list is of PEs one below
   * the other: their parts go up, and the topmost PE passes the list's sum on to the topmost of the list before. From
   * the first list it goes up to the array's edge.
   */
  emitSum(parts: ReadonlyArray<readonly RegisterPlace[]>): void;
  /** All open sums leave together, down through the PEs below, once those before have left. */
  drain(leaving: Leaving): void;
  /** The fold is over. */
  endFold(): void;
}

export interface RegisterPlace {
  readonly row: number;
  readonly column: number;
  readonly entry: number;
}
