import type { Tensor } from '../tensor/dataSpace.js';
import type { FigureSource } from './energyTable.js';
import type { Price, PriceArguments } from './price.js';

/** Where energy goes, from the outside in; what stands beside the memories comes last. */
export const levels = [
  'dram',
  'buffers',
  'network',
  'registerFiles',
  'arithmetic',
  'control',
  'idle',
] as const;

/**
 * `network`: wires from the buffers and between PEs, and the DMA. `arithmetic`: MACs and post-processor. `control`: pattern table
 * and decoder. `idle`: leakage and clock.
 */
export type Level = (typeof levels)[number];

/** What is charged for: a component as reports name it, and where it stands. */
export interface ChargedComponent {
  /** Key of `EnergyComponents`, or `buffers` with the buffer's name beside it. */
  readonly part: Part;
  readonly level: Level;
  /** In action counts, such as `weight-register-file`, or the buffer's own name. */
  readonly name: string;
}

/** Keys of `EnergyComponents`. */
export type Part =
  | 'mac'
  | 'registerFiles'
  | 'buffers'
  | 'network'
  | 'postProcessor'
  | 'patternTable'
  | 'decoder'
  | 'dma'
  | 'dram'
  | 'clock'
  | 'leakage';

/** One kind of action of one component: how often it happened, for which tensor, and what it cost. */
export interface Charge {
  readonly component: ChargedComponent;
  readonly action: string;
  /** Absent where it belongs to none. */
  readonly tensor?: Tensor | undefined;
  readonly count: number;
  /** Of one, in pJ. */
  readonly pj: number;
  /** What tells its price from others of the same action on the same machine; absent where there is one price. */
  readonly arguments?: PriceArguments;
  /** Name of the figure that `pj` comes from. */
  readonly figure: string;
  readonly source: FigureSource;
}

export function energyOf({ count, pj }: Charge): number {
  return count * pj;
}

/** A charge for a number of actions at their price. */
export function chargeAt(
  component: ChargedComponent,
  action: string,
  count: number,
  { value, figure, source, arguments: given }: Price,
  tensor?: Tensor,
): Charge {
  return { component, action, count, pj: value, figure, source, tensor, ...(given && { arguments: given }) };
}
