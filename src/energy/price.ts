import type { Component } from './action.js';
import type { FigureSource } from './energyTable.js';
import type { PricedCase, Variables } from './pricedCase.js';

/** One figure of a machine, worked out: pJ of one action, mW, or um^2. */
export interface Price {
  readonly value: number;
  /** What it is called where figures are listed, such as `register-file read`; equal figures of one entry share it. */
  readonly figure: string;
  readonly source: FigureSource;
  /** What it depends on that is not the same in all layers; absent where nothing is. */
  readonly arguments?: PriceArguments;
}

/** Sizes of register files, kinds of layers, states: by name, as Accelergy tells actions apart. */
export type PriceArguments = Readonly<Record<string, number | string>>;

/** Looks up the figure of an action. */
export type PriceReader = (
  component: Component,
  action: string,
  variables?: Variables,
  at?: Pick<PricedCase, 'layer' | 'tensor' | 'buffer'>,
) => Price | undefined;
