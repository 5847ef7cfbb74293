import type { ConvLayer, Layer, PoolLayer, Shape } from '../../src/network/layer.js';
import type { Network } from '../../src/network/network.js';
import type { Supports } from '../../src/sparsity/supports.js';

/** What distinguishes a convolution from a dense 3x3 one with stride 1 and padding 1. */
export interface ConvOptions {
  readonly kind?: ConvLayer['kind'];
  readonly input?: string;
  readonly filters: number;
  readonly kernel?: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: readonly [number, number];
  readonly groups?: number;
  readonly bias?: boolean;
  readonly batchNorm?: string;
  readonly residual?: string;
  readonly relu?: boolean;
}

/** A convolution that writes a map of its own name. */
export function conv(name: string, input: Shape, options: ConvOptions): ConvLayer {
  const { filters, kernel = [3, 3], stride = [1, 1], dilation = [1, 1], groups = 1 } = options;
  const padding = options.padding ?? (kernel[0] === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0]);
  const extent = (size: number, begin: number, end: number, axis: 0 | 1): number =>
    Math.floor((size + begin + end - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis]) + 1;
  const output = {
    channels: filters,
    height: extent(input.height, padding[0], padding[1], 0),
    width: extent(input.width, padding[2], padding[3], 1),
  };
  return {
    kind: options.kind ?? 'conv2d',
    name,
    input: options.input ?? 'input',
    output: name,
    outputShape: output,
    relu: options.relu ?? false,
    bias: options.bias ?? false,
    geometry: {
      input,
      output,
      filters,
      channelsPerGroup: input.channels / groups,
      kernelHeight: kernel[0],
      kernelWidth: kernel[1],
      stride,
      padding,
      dilation,
      groups,
    },
    ...(options.batchNorm === undefined ? {} : { batchNorm: { name: options.batchNorm, epsilon: 1e-5 } }),
    ...(options.residual === undefined ? {} : { residual: options.residual }),
  };
}

/** A square pool without overlap unless a stride is given. */
export function pool(
  name: string,
  kind: PoolLayer['kind'],
  input: string,
  shape: Shape,
  kernel: number,
  stride = kernel,
  padding = 0,
): PoolLayer {
  const extent = (size: number): number => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const output = { channels: shape.channels, height: extent(shape.height), width: extent(shape.width) };
  return {
    kind,
    name,
    input,
    output: name,
    outputShape: output,
    relu: false,
    geometry: {
      input: shape,
      output,
      kernelHeight: kernel,
      kernelWidth: kernel,
      stride: [stride, stride],
      padding: [padding, padding, padding, padding],
    },
  };
}

export function networkOf(name: string, input: Shape, layers: readonly Layer[]): Network {
  return {
    name,
    description: name,
    source: 'test',
    file: `${name}.yaml`,
    input,
    normalization: { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] },
    layers,
    output: layers.at(-1)!.output,
  };
}

/** One layer of every kind, with residuals, on 3 x 8 x 8 images. */
export function smallNetwork(): Network {
  const input = { channels: 3, height: 8, width: 8 };
  const map = { channels: 8, height: 8, width: 8 };
  const half = { channels: 8, height: 4, width: 4 };
  return networkOf('small', input, [
    conv('stem', input, { filters: 8, bias: true, batchNorm: 'stem_bn', relu: true }),
    conv('branch', map, { input: 'stem', filters: 8, batchNorm: 'branch_bn', relu: true }),
    conv('join', map, { input: 'branch', filters: 8, batchNorm: 'join_bn', residual: 'stem', relu: true }),
    pool('max', 'max-pool', 'join', map, 2),
    conv('depthwise', half, { input: 'max', filters: 8, groups: 8, batchNorm: 'depthwise_bn' }),
    { kind: 'relu', name: 'relu', input: 'depthwise', output: 'relu', outputShape: half, relu: false },
    { kind: 'add', name: 'add', inputs: ['max', 'relu'], output: 'add', outputShape: half, relu: false },
    pool('average', 'average-pool', 'add', half, 4),
    conv(
      'fc',
      { channels: 8, height: 1, width: 1 },
      {
        kind: 'fully-connected',
        input: 'average',
        filters: 5,
        kernel: [1, 1],
        bias: true,
      },
    ),
  ]);
}

/** ResNet-20 for CIFAR-10 (He et al., CVPR 2016) with 1x1 projection shortcuts, under the shipped weights' names. */
export function resnet20(): Network {
  const input = { channels: 3, height: 32, width: 32 };
  const layers: Layer[] = [conv('stem.conv', input, { filters: 16, batchNorm: 'stem.bn', relu: true })];
  let shape: Shape = { channels: 16, height: 32, width: 32 };
  let map = 'stem.conv';
  for (const stage of [1, 2, 3]) {
    for (const block of [1, 2, 3]) {
      const name = `stage${stage}.block${block}`;
      const filters = 8 * 2 ** stage;
      const stride = stage > 1 && block === 1 ? 2 : 1;
      const first = conv(`${name}.conv1`, shape, {
        input: map,
        filters,
        stride: [stride, stride],
        batchNorm: `${name}.bn1`,
        relu: true,
      });
      layers.push(first);
      let residual = map;
      if (stride === 2) {
        residual = `${name}.shortcut.conv`;
        const batchNorm = `${name}.shortcut.bn`;
        layers.push(
          conv(residual, shape, { input: map, filters, kernel: [1, 1], stride: [2, 2], batchNorm }),
        );
      }
      shape = first.outputShape;
      map = `${name}.conv2`;
      layers.push(
        conv(map, shape, { input: first.output, filters, batchNorm: `${name}.bn2`, residual, relu: true }),
      );
    }
  }
  layers.push(
    pool('pool', 'average-pool', map, shape, 8),
    conv(
      'fc',
      { channels: 64, height: 1, width: 1 },
      {
        kind: 'fully-connected',
        input: 'pool',
        filters: 10,
        kernel: [1, 1],
        bias: true,
      },
    ),
  );
  return networkOf('resnet20-cifar10', input, layers);
}

/** PSD4_P8 (Kundu et al., IEEE TC 2020): the four 2x2 squares, twice, the eighth kernel full. */
export function psd4p8(filters: number, channels: number): Supports {
  const squares = [
    [0, 1, 3, 4],
    [1, 2, 4, 5],
    [3, 4, 6, 7],
    [4, 5, 7, 8],
  ];
  const patterns = [0, 1, 2, 3, 0, 1, 2].map((square) =>
    Uint8Array.from({ length: 9 }, (_, tap) => (squares[square].includes(tap) ? 1 : 0)),
  );
  patterns.push(new Uint8Array(9).fill(1));
  return { filters, channels, taps: 9, patterns, assignment: { kind: 'periodic', period: 8 } };
}

/** PSD4_P8 on every 3x3 convolution but the first. */
export function psd4p8Supports(network: Network): Map<string, Supports> {
  const supports = new Map<string, Supports>();
  network.layers.forEach((layer, index) => {
    if (layer.kind !== 'conv2d' || index === 0 || layer.geometry.kernelHeight !== 3) return;
    supports.set(layer.name, psd4p8(layer.geometry.filters, layer.geometry.channelsPerGroup));
  });
  return supports;
}
