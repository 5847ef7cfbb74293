import type { VectorProblem } from '../mapping/problem.js';
import { bitsOf } from '../tensor/precision.js';
import { countRead, countWrite } from '../dataflow/counters.js';
import { emptyPassCost } from '../dataflow/pass.js';
import type { ArrayContext, PassCost } from '../dataflow/pass.js';
import { cyclesOf, wordsOf } from '../dataflow/ports.js';

/**
 * A tile of pooling, addition or ReLU on the post-processor: it takes one window element per lane and cycle from the
 * ifmap buffer (an addition's second operand lies where its result will), as far as the ports deliver them.
 */
export function vectorPassCost(problem: VectorProblem, outputs: number, context: ArrayContext): PassCost {
  const { ports, postProcessorLanes: lanes } = context;
  const { kernelHeight, kernelWidth } = problem.window;
  const bits = bitsOf(problem.precision);
  const cost = emptyPassCost(context.bufferCount);
  const windowElements = outputs * kernelHeight * kernelWidth;
  const operations = windowElements + (problem.residual ? outputs : 0);

  const readWords = wordsOf(ports.ifmap, windowElements, bits);
  const ofmapWords = wordsOf(ports.ofmap, outputs, bits);
  const residualWords = problem.residual ? ofmapWords : 0;
  const unstalled = Math.ceil(windowElements / lanes);
  const reads = cyclesOf(
    { port: ports.ifmap, words: readWords },
    { port: ports.ofmap, words: residualWords },
  );
  const writes = cyclesOf({ port: ports.ofmap, words: ofmapWords });

  cost.cycles = Math.max(unstalled, reads, writes);
  cost.firstFoldCycles = cost.cycles;
  if (reads >= writes) cost.ifmapStalls = cost.cycles - unstalled;
  else cost.drainStalls = cost.cycles - unstalled;
  cost.postProcessorOperations = operations;
  countRead(
    cost.accesses,
    ports.ifmap.buffer,
    'ifmap',
    windowElements,
    readWords,
    (windowElements * bits) / 8,
  );
  if (problem.residual) {
    countRead(cost.accesses, ports.ofmap.buffer, 'ifmap', outputs, residualWords, (outputs * bits) / 8);
  }
  countWrite(cost.accesses, ports.ofmap.buffer, 'ofmap', outputs, ofmapWords, (outputs * bits) / 8);
  return cost;
}
