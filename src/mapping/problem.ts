import type { PoolLayer, Shape } from '../network/layer.js';
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

/** Feature maps that stay in the buffers from layer to layer. */
export interface KeptMaps {
  /** Name of the buffer that holds the ifmap; absent where it lies in DRAM. */
  readonly input?: string | undefined;
  readonly residual?: string | undefined;
  readonly output?: string | undefined;
  /** By buffer: bytes that kept maps take while the layer runs, those of other layers among them. */
  readonly bytes: Readonly<Record<string, number>>;
}

/** A pooling layer that the post-processor carries out on each finished tile of a convolution, so that only what it makes leaves. */
export interface FusedPool {
  readonly name: string;
  readonly kind: PoolLayer['kind'];
  /** How it looks at the convolution's output. */
  readonly window: Window;
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
  /** All maps lie in DRAM unless given. */
  readonly kept?: KeptMaps | undefined;
}

/** A convolution (or fully connected layer) for the PE array. */
export interface ConvProblem extends ProblemBase {
  readonly kind: 'conv';
  readonly filters: number;
  readonly channelsPerGroup: number;
  readonly groups: number;
  /** The weights: their precision, supports and bytes. */
  readonly storage: LayerStorage;
  /** What is done to the output before it leaves, which is then what lies in DRAM; the output itself never does. */
  readonly pool?: FusedPool | undefined;
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
