import { convGeometry, fullyConnectedGeometry, poolGeometry } from './geometry.js';
import type { Graph, GraphNode } from './graph.js';
import type { ConvLayer, Layer, MapName, Shape } from './layer.js';
import { isConv } from './layer.js';

/**
 * Turns nodes into the machine's layers. A convolution or fully connected layer takes along the batch norm, the add and
 * the ReLU behind it, a pool or an add the ReLU. A node is taken along only if it alone reads what stands before it,
 * and if that is not the network's output. An add goes to the later of its two operands' layers, because the other map
 * has to be there by then.
 *
 * @param shapes of all maps
 * @returns layers in topological order
 */
export function lowerGraph(graph: Graph, shapes: ReadonlyMap<MapName, Shape>): Layer[] {
  const layers: Layer[] = [];
  /** Which layer writes a map; -1 for the image, which is there from the start. */
  const writers = new Map<MapName, number>();
  const writerOf = (map: MapName): number => writers.get(map) ?? -1;
  const mayGrow = (map: MapName): boolean => map !== graph.output && graph.readers.get(map)?.length === 1;

  for (const node of graph.nodes) {
    const { name } = node.spec;
    const taker = takerOf(node, layers, writerOf, mayGrow);
    if (taker === undefined) {
      layers.push(layerOf(node, shapes));
      writers.set(name, layers.length - 1);
    } else {
      layers[taker] = takeAlong(layers[taker], node);
      writers.set(name, taker);
    }
  }
  return layers;
}

/** Index of the layer that takes the node along, if one does. */
function takerOf(
  { spec, inputs }: GraphNode,
  layers: readonly Layer[],
  writerOf: (map: MapName) => number,
  mayGrow: (map: MapName) => boolean,
): number | undefined {
  const writer = Math.max(...inputs.map(writerOf));
  if (writer < 0) return undefined;
  const layer = layers[writer];
  if (!inputs.includes(layer.output) || !mayGrow(layer.output)) return undefined;
  switch (spec.type) {
    case 'batch-norm':
      return writer;
    case 'relu':
      return layer.relu || layer.kind === 'relu' ? undefined : writer;
    case 'add':
      return isConv(layer) && !layer.relu && layer.residual === undefined ? writer : undefined;
    default:
      return undefined;
  }
}

function takeAlong(layer: Layer, { spec, inputs }: GraphNode): Layer {
  const output = spec.name;
  if (spec.type === 'relu') return { ...layer, output, relu: true };
  if (!isConv(layer)) throw new Error(`${layer.name} cannot take ${spec.name} along`);
  if (spec.type === 'batch-norm') {
    return { ...layer, output, batchNorm: { name: spec.name, epsilon: spec.epsilon } };
  }
  const residual = inputs.find((input) => input !== layer.output);
  if (residual === undefined) throw new Error(`${spec.name} has no second operand`);
  return { ...layer, output, residual };
}

/** The layer that a node begins. */
function layerOf({ spec, inputs }: GraphNode, shapes: ReadonlyMap<MapName, Shape>): Layer {
  const shape = (map: MapName): Shape => {
    const found = shapes.get(map);
    if (found === undefined) throw new Error(`map ${map} has no shape`);
    return found;
  };
  const { name } = spec;
  const base = { name, output: name, outputShape: shape(name), relu: false };
  const [input] = inputs;
  switch (spec.type) {
    case 'conv2d':
    case 'fully-connected': {
      const geometry =
        spec.type === 'conv2d'
          ? convGeometry(spec, shape(input))
          : fullyConnectedGeometry(spec, shape(input));
      const layer: ConvLayer = { ...base, kind: spec.type, input, geometry, bias: spec.bias };
      return layer;
    }
    case 'max-pool':
      return { ...base, kind: 'max-pool', input, geometry: poolGeometry(spec, shape(input)) };
    case 'average-pool':
    case 'global-average-pool':
      return { ...base, kind: 'average-pool', input, geometry: poolGeometry(spec, shape(input)) };
    case 'relu':
      return { ...base, kind: 'relu', input };
    case 'add':
      return { ...base, kind: 'add', inputs: spec.inputs };
    case 'batch-norm':
      throw new Error(`${name} has nothing that it could be folded into`);
  }
}
