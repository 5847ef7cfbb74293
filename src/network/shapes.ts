import type { YamlPath } from '../document/document.js';
import { convGeometry, fullyConnectedGeometry, kernelExtent, paddedShape, poolGeometry } from './geometry.js';
import type { FaultAt, Graph, GraphNode } from './graph.js';
import { imageMap } from './graph.js';
import { elementsOf } from './layer.js';
import type { ConvGeometry, MapName, Shape } from './layer.js';
import type { NodeOf } from './schema.js';

/** Indices into a tensor are 32-bit integers on the way through the machine. */
const mostElements = 2 ** 31 - 1;
/** Sums over the nodes of a network stay exact in a double. */
const mostMacs = 2 ** 40;

/** Makes the error for a fault of one node. */
type NodeFault = (path: YamlPath, message: string) => Error;

/**
 * The shape of every map of the graph.
 *
 * @throws UserError (of `fault`) for sizes that do not fit together or that are beyond all bounds
 */
export function inferShapes(graph: Graph, image: Shape, fault: FaultAt): ReadonlyMap<MapName, Shape> {
  checkElements('the input', image, (_, message) => fault(['input'], message));
  const shapes = new Map<MapName, Shape>([[imageMap, image]]);
  for (const node of graph.nodes) {
    const nodeFault: NodeFault = (path, message) => fault(['nodes', node.index, ...path], message);
    const inputs = node.inputs.map((input) => {
      const shape = shapes.get(input);
      if (shape === undefined) throw new Error(`${node.spec.name} stands before its input ${input}`);
      return shape;
    });
    const shape = shapeOf(node, inputs, graph, nodeFault);
    checkElements('the output', shape, nodeFault);
    shapes.set(node.spec.name, shape);
  }
  return shapes;
}

function shapeOf(node: GraphNode, inputs: readonly Shape[], graph: Graph, fault: NodeFault): Shape {
  const { spec } = node;
  const [input] = inputs;
  switch (spec.type) {
    case 'conv2d':
      return convShape(spec, input, fault);
    case 'fully-connected': {
      const geometry = fullyConnectedGeometry(spec, input);
      checkWork(geometry, fault);
      return geometry.output;
    }
    case 'max-pool':
    case 'average-pool':
      checkWindow(spec.kernel, spec.kernel, spec.padding, input, fault);
      checkPoolPadding(spec, fault);
      return poolGeometry(spec, input).output;
    case 'global-average-pool':
      return poolGeometry(spec, input).output;
    case 'batch-norm':
      checkBatchNorm(node, graph, fault);
      return input;
    case 'relu':
      return input;
    case 'add':
      if (format(inputs[0]) !== format(inputs[1])) {
        throw fault(
          ['inputs'],
          `expected two maps of one shape (channels x height x width), got "${spec.inputs[0]}" of ` +
            `${format(inputs[0])} and "${spec.inputs[1]}" of ${format(inputs[1])}`,
        );
      }
      return input;
  }
}

function convShape(spec: NodeOf<'conv2d'>, input: Shape, fault: NodeFault): Shape {
  const { filters, groups, kernel, dilation, padding } = spec;
  for (const [what, count] of [
    ['input channels', input.channels],
    ['filters', filters],
  ] as const) {
    if (count % groups !== 0) {
      throw fault(['groups'], `expected a divisor of the ${count} ${what}, got ${groups}`);
    }
  }
  checkWindow(kernel, kernelExtent(kernel, dilation), padding, input, fault);
  checkElements('the padded input', paddedShape(input, padding), fault);
  const geometry = convGeometry(spec, input);
  checkWork(geometry, fault);
  return geometry.output;
}

function checkWindow(
  kernel: readonly [number, number],
  extent: readonly [number, number],
  padding: readonly [number, number, number, number],
  input: Shape,
  fault: NodeFault,
): void {
  const { height, width } = paddedShape(input, padding);
  if (extent[0] <= height && extent[1] <= width) return;
  const dilated =
    extent[0] === kernel[0] && extent[1] === kernel[1] ? '' : ` that spans ${extent.join(' x ')}`;
  const padded = padding.some((zeros) => zeros > 0) ? 'padded ' : '';
  throw fault(
    ['kernel'],
    `expected a kernel inside the ${padded}input of ${height} x ${width}, got ${kernel.join(' x ')}${dilated}`,
  );
}

/** A window that lies in the padding alone would have no maximum. */
function checkPoolPadding(spec: NodeOf<'max-pool'> | NodeOf<'average-pool'>, fault: NodeFault): void {
  const { padding, kernel } = spec;
  if (Math.max(padding[0], padding[1]) < kernel[0] && Math.max(padding[2], padding[3]) < kernel[1]) return;
  throw fault(
    ['padding'],
    `expected padding smaller than the kernel of ${kernel.join(' x ')}, got [${padding.join(', ')}]`,
  );
}

function checkBatchNorm(node: GraphNode, { byName, readers, output }: Graph, fault: NodeFault): void {
  const [input] = node.inputs;
  const source = byName.get(input);
  const why = 'batch norm is folded into the weights of the node directly before it';
  if (source?.spec.type !== 'conv2d' && source?.spec.type !== 'fully-connected') {
    const found = source === undefined ? "the network's image" : `"${input}", of type ${source.spec.type}`;
    throw fault(
      ['input'],
      `expected a conv2d or fully-connected node before a batch-norm, got ${found}; ${why}`,
    );
  }
  const other = readers.get(input)?.find((reader) => reader !== node);
  if (other === undefined && input !== output) return;
  const who = other === undefined ? 'it is also the output' : `"${other.spec.name}" reads it, too`;
  throw fault(['input'], `expected the batch-norm to be the only reader of "${input}", but ${who}; ${why}`);
}

function checkWork(geometry: ConvGeometry, fault: NodeFault): void {
  const { filters, channelsPerGroup, kernelHeight, kernelWidth, output } = geometry;
  const perFilter = channelsPerGroup * kernelHeight * kernelWidth;
  const weights = filters * perFilter;
  if (weights > mostElements) {
    throw fault(
      ['filters'],
      `expected fewer than 2^31 weights, got ${weights} ` +
        `(${filters} x ${channelsPerGroup} x ${kernelHeight} x ${kernelWidth})`,
    );
  }
  const macs = perFilter * elementsOf(output);
  if (macs > mostMacs) throw fault(['filters'], `expected at most 2^40 MACs, got ${macs}`);
}

function checkElements(what: string, shape: Shape, fault: NodeFault): void {
  const elements = elementsOf(shape);
  if (elements <= mostElements) return;
  throw fault([], `expected fewer than 2^31 elements in ${what}, got ${elements} (${format(shape)})`);
}

function format({ channels, height, width }: Shape): string {
  return `${channels} x ${height} x ${width}`;
}
