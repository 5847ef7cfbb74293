/** Channels, height, width of one image's feature map; elements lie in this order (CHW, row-major). */
export interface Shape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export function elementsOf(shape: Shape): number {
  return shape.channels * shape.height * shape.width;
}

/**
 * The geometry of a convolution. Weights are (filters, channelsPerGroup, kernelHeight, kernelWidth), row-major.
 * A fully connected layer is a 1x1 convolution over a 1x1 map of as many channels as the layer has inputs.
 */
export interface ConvGeometry {
  readonly input: Shape;
  readonly output: Shape;
  readonly filters: number;
  /** Input channels that one filter sees: input.channels / groups. */
  readonly channelsPerGroup: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: readonly [number, number];
  /** top, bottom, left, right */
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

export interface PoolGeometry {
  readonly input: Shape;
  readonly output: Shape;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: readonly [number, number];
  /** top, bottom, left, right; padding never wins a maximum and counts as zeros in an average. */
  readonly padding: readonly [number, number, number, number];
}

/** The name of the feature map that a layer reads or writes; `input` is the network's image. */
export type MapName = string;

interface LayerBase {
  readonly name: string;
  /** Feature map written; the name of the last node fused into this layer. */
  readonly output: MapName;
  readonly outputShape: Shape;
  /** ReLU applied to the output before it is stored. */
  readonly relu: boolean;
}

/**
 * A convolution or fully connected layer, with what follows it on the way out of the array:
 * bias, folded batch norm, residual add, ReLU, requantization.
 */
export interface ConvLayer extends LayerBase {
  readonly kind: 'conv2d' | 'fully-connected';
  readonly input: MapName;
  readonly geometry: ConvGeometry;
  readonly bias: boolean;
  /** Name of the batch-norm node folded into the weights, if any. */
  readonly batchNorm?: { readonly name: string; readonly epsilon: number };
  /** Feature map added before the ReLU, of the output's shape. */
  readonly residual?: MapName;
}

export interface PoolLayer extends LayerBase {
  readonly kind: 'max-pool' | 'average-pool';
  readonly input: MapName;
  readonly geometry: PoolGeometry;
}

/** An element-wise sum that no convolution could take along. */
export interface AddLayer extends LayerBase {
  readonly kind: 'add';
  readonly inputs: readonly [MapName, MapName];
}

/** A ReLU that no other layer could take along. */
export interface ReluLayer extends LayerBase {
  readonly kind: 'relu';
  readonly input: MapName;
}

/** One unit of work for the machine. */
export type Layer = ConvLayer | PoolLayer | AddLayer | ReluLayer;

export function isConv(layer: Layer): layer is ConvLayer {
  return layer.kind === 'conv2d' || layer.kind === 'fully-connected';
}

/** The maps that a layer reads: its ifmap, then what is added. */
export function inputsOf(layer: Layer): MapName[] {
  if (layer.kind === 'add') return [...layer.inputs];
  return isConv(layer) && layer.residual !== undefined ? [layer.input, layer.residual] : [layer.input];
}
