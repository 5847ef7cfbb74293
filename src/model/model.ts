import type { Layer, MapName } from '../network/layer.js';
import type { Network } from '../network/network.js';
import type { Supports } from '../sparsity/supports.js';
import type { AccumulatorPrecision, ElementArray, Precision } from '../tensor/precision.js';
import type { Requantization } from '../tensor/requantization.js';

/** Precision of each tensor, the same in all layers. All three are float32 or all three are integers. */
export interface PrecisionSet {
  readonly ifmap: Precision;
  readonly weight: Precision;
  readonly accumulator: AccumulatorPrecision;
}

/** What a convolution computes with, batch norm folded in. */
export interface ConvOperands {
  /** (filters, channelsPerGroup, kernelHeight, kernelWidth); zero outside the supports. */
  readonly weights: ElementArray;
  /** One per filter, in accumulator units (integers in a Float64Array) or float32 values. */
  readonly bias: Float64Array;
}

/** One layer with the numbers that it runs on. */
export interface ModelLayer {
  readonly layer: Layer;
  /** Convolutions and fully connected layers only. */
  readonly supports?: Supports;
  readonly operands?: ConvOperands;
  /** Absent in float32. */
  readonly requantization?: Requantization;
}

/** A network with one variant's supports and weights, ready to run; plain immutable data. */
export interface Model {
  readonly network: Network;
  /** Name of the sparsity variant. */
  readonly variant: string;
  readonly precision: PrecisionSet;
  readonly layers: readonly ModelLayer[];
  /** Real value of one integer step of each feature map, `input` included; 1 in float32. */
  readonly scales: ReadonlyMap<MapName, number>;
}
