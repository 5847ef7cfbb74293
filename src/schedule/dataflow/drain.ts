import { countRead, countWrite } from '../counters.js';
import type { AccessTable } from '../counters.js';
import type { ArrayContext, PassShape } from '../pass.js';
import { cyclesOf, wordsOf } from '../ports.js';

/**
 * Cycles that `outputs` results take out of the array when they leave together: partial sums of earlier channels are
 * read and added at the edge, complete sums pass the post-processor's lanes, all through the ports of their buffers.
 */
export function drainCycles(outputs: number, shape: PassShape, context: ArrayContext): number {
  const { ports, postProcessorLanes } = context;
  const reads = drainReadCycles(outputs, shape, context);
  if (!shape.lastChannels) {
    return Math.max(
      reads,
      cyclesOf({ port: ports.psum, words: wordsOf(ports.psum, outputs, shape.psumBits) }),
    );
  }
  return Math.max(
    reads,
    Math.ceil(outputs / postProcessorLanes),
    cyclesOf({ port: ports.ofmap, words: wordsOf(ports.ofmap, outputs, shape.ofmapBits) }),
  );
}

/** The part of `drainCycles` that reading earlier partial sums and the residual takes. */
export function drainReadCycles(outputs: number, shape: PassShape, context: ArrayContext): number {
  const { psum, ofmap } = context.ports;
  return cyclesOf(
    { port: psum, words: shape.firstChannels ? 0 : wordsOf(psum, outputs, shape.psumBits) },
    {
      port: ofmap,
      words: shape.residual && shape.lastChannels ? wordsOf(ofmap, outputs, shape.ofmapBits) : 0,
    },
  );
}

/** Counts the accesses of `outputs` results leaving together, `times` times. */
export function countDrain(
  accesses: AccessTable,
  outputs: number,
  times: number,
  shape: PassShape,
  context: ArrayContext,
): void {
  const { ports } = context;
  const elements = outputs * times;
  const psumWords = wordsOf(ports.psum, outputs, shape.psumBits) * times;
  const psumBytes = (elements * shape.psumBits) / 8;
  if (!shape.firstChannels) countRead(accesses, ports.psum.buffer, 'psum', elements, psumWords, psumBytes);
  if (!shape.lastChannels) {
    countWrite(accesses, ports.psum.buffer, 'psum', elements, psumWords, psumBytes);
    return;
  }
  const ofmapWords = wordsOf(ports.ofmap, outputs, shape.ofmapBits) * times;
  const ofmapBytes = (elements * shape.ofmapBits) / 8;
  countWrite(accesses, ports.ofmap.buffer, 'ofmap', elements, ofmapWords, ofmapBytes);
  if (shape.residual) countRead(accesses, ports.ofmap.buffer, 'ifmap', elements, ofmapWords, ofmapBytes);
}
