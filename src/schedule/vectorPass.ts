import type { FusedPool, VectorProblem, Window } from '../mapping/problem.js';
import type { MapBox } from '../mapping/runs.js';
import type { Precision } from '../tensor/precision.js';
import { bitsOf } from '../tensor/precision.js';
import { countRead, countWrite } from '../dataflow/counters.js';
import { emptyPassCost } from '../dataflow/pass.js';
import type { ArrayContext, PassCost } from '../dataflow/pass.js';
import { cyclesOf, wordsOf } from '../dataflow/ports.js';
import type { Port } from '../dataflow/ports.js';
import type { Tensor } from '../tensor/dataSpace.js';

/** Elements that the post-processor takes from a buffer. */
interface Operands {
  readonly tensor: Tensor;
  readonly port: Port;
  readonly elements: number;
}

interface VectorWork {
  readonly precision: Precision;
  /** One a lane and cycle. */
  readonly windowElements: number;
  readonly operations: number;
  readonly operands: readonly Operands[];
  readonly outputs: number;
}

/**
 * A tile of pooling, addition or ReLU on the post-processor: it takes one window element per lane and cycle from the
 * ifmap buffer (an addition's second operand lies where its result will), as far as the ports deliver them. Results go the other way
 * at the same time, but through the same ports where reads and writes share those of a buffer.
 */
export function vectorPassCost(problem: VectorProblem, outputs: number, context: ArrayContext): PassCost {
  const { kernelHeight, kernelWidth } = problem.window;
  const { ports } = context;
  const windowElements = outputs * kernelHeight * kernelWidth;
  const window = { tensor: 'ifmap', port: ports.ifmap, elements: windowElements } as const;
  const residual = { tensor: 'ifmap', port: ports.ofmap, elements: outputs } as const;
  return costOf(
    {
      precision: problem.precision,
      windowElements,
      operations: windowElements + (problem.residual ? outputs : 0),
      operands: problem.residual ? [window, residual] : [window],
      outputs,
    },
    context,
  );
}

/**
 * The pooling of a convolution's finished tile, which lies in the ofmap buffer, as does what it becomes. It goes through the lanes
 * like a pooling that stands alone, but its padding lies nowhere and is not read.
 *
 * @param box of the pooled map
 */
export function poolingPassCost(
  { window }: FusedPool,
  box: MapBox,
  precision: Precision,
  context: ArrayContext,
): PassCost {
  const maps = box.imageCount * box.channelCount;
  const outputs = maps * box.rowCount * box.columnCount;
  const windowElements = outputs * window.kernelHeight * window.kernelWidth;
  const elements =
    maps *
    elementsUnder(window, 0, box.rowStart, box.rowCount) *
    elementsUnder(window, 1, box.columnStart, box.columnCount);
  return costOf(
    {
      precision,
      windowElements,
      operations: windowElements,
      operands: [{ tensor: 'ofmap', port: context.ports.ofmap, elements }],
      outputs,
    },
    context,
  );
}

/** Rows, or columns, of the map that windows look at, as often as they do. */
function elementsUnder(window: Window, axis: 0 | 1, start: number, count: number): number {
  const extent = axis === 0 ? window.input.height : window.input.width;
  const kernel = axis === 0 ? window.kernelHeight : window.kernelWidth;
  let elements = 0;
  for (let at = start; at < start + count; at++) {
    const first = at * window.stride[axis] - window.padding[axis === 0 ? 0 : 2];
    elements += Math.min(extent, first + kernel) - Math.max(0, first);
  }
  return elements;
}

function costOf(
  { precision, windowElements, operations, operands, outputs }: VectorWork,
  { ports, bufferCount, postProcessorLanes }: ArrayContext,
): PassCost {
  const bits = bitsOf(precision);
  const cost = emptyPassCost(bufferCount);
  const reading = operands.map((each) => ({ ...each, words: wordsOf(each.port, each.elements, bits) }));
  const writing = { port: ports.ofmap, words: wordsOf(ports.ofmap, outputs, bits), write: true };
  const unstalled = Math.ceil(windowElements / postProcessorLanes);
  const reads = cyclesOf(...reading);
  const writes = cyclesOf(writing);

  cost.cycles = Math.max(unstalled, cyclesOf(...reading, writing));
  cost.firstFoldCycles = cost.cycles;
  if (reads >= writes) cost.ifmapStalls = cost.cycles - unstalled;
  else cost.drainStalls = cost.cycles - unstalled;
  cost.postProcessorOperations = operations;
  for (const { tensor, port, elements, words } of reading)
    countRead(cost.accesses, port.buffer, tensor, elements, words, (elements * bits) / 8);
  countWrite(cost.accesses, ports.ofmap.buffer, 'ofmap', outputs, writing.words, (outputs * bits) / 8);
  return cost;
}
