import type { Shape } from '../network/layer.js';
import type { FeatureMapLayout } from '../storage/featureMapLayout.js';
import type { LayerStorage } from '../storage/format.js';
import type { AccumulatorPrecision, Precision } from '../tensor/precision.js';

/** How output positions look at the input: the part of a convolution, pooling or element-wise layer that tiling needs. */
export interface Window {
  readonly input: Shape;
  readonly output: Shape;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: readonly [number, number];
  /** top, bottom, left, right */
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
}

interface ProblemBase {
  readonly name: string;
  /** Images that the layer takes together. */
  readonly images: number;
  readonly window: Window;
  /** Of ifmap and ofmap elements. */
  readonly precision: Precision;
  readonly accumulator: AccumulatorPrecision;
  /** Of the feature maps in DRAM, spilled partial sums among them. */
  readonly layout: FeatureMapLayout;
  /** A second feature map of the output's shape is added on the way out. */
  readonly residual: boolean;
}

/** A convolution (or fully connected layer) for the PE array. */
export interface ConvProblem extends ProblemBase {
  readonly kind: 'conv';
  readonly filters: number;
  readonly channelsPerGroup: number;
  readonly groups: number;
  /** The weights: their precision, supports and bytes. */
  readonly storage: LayerStorage;
}

/** A pooling, addition or ReLU for the post-processor alone; each output channel reads the same input channel. */
export interface VectorProblem extends ProblemBase {
  readonly kind: 'vector';
  readonly filters: number;
}

export type LayerProblem = ConvProblem | VectorProblem;

/** The loops over tiles, by what they step through. */
export const loopNames = ['images', 'filters', 'channels', 'rows', 'columns'] as const;
export type LoopName = (typeof loopNames)[number];

/** Images are of the batch, rows and columns of the ofmap; channels count within a group. */
export type TileShape = Readonly<Record<LoopName, number>>;

/** Upper bounds of each tile dimension: the whole layer (one group of it). */
export function wholeTile(problem: LayerProblem): TileShape {
  const { images } = problem;
  const { height, width } = problem.window.output;
  if (problem.kind === 'vector')
    return { images, filters: problem.filters, channels: 1, rows: height, columns: width };
  return {
    images,
    filters: problem.filters / problem.groups,
    channels: problem.channelsPerGroup,
    rows: height,
    columns: width,
  };
}
