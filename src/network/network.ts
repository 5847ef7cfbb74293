import type { Layer, MapName, Shape } from './layer.js';

/** How an image becomes the network's input: (pixel / 255 - mean) / standardDeviation, per channel. */
export interface InputNormalization {
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

/** A network as the machine runs it: layers in topological order, batch norm and activations fused. */
export interface Network {
  readonly name: string;
  readonly description: string;
  /** Publication or model definition that the shapes come from. */
  readonly source: string;
  /** File that it was read from. */
  readonly file: string;
  readonly input: Shape;
  readonly normalization: InputNormalization;
  readonly layers: readonly Layer[];
  /** Feature map that is the network's result. */
  readonly output: MapName;
}
