import type { LayerProblem } from '../mapping/problem.js';
import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';
import { bytesOf } from '../tensor/precision.js';
import { indexBytesOf } from './layerCounts.js';
import type { LayerCounts } from './layerCounts.js';

/** How one tensor of a layer went between DRAM and buffers. */
export interface TensorTraffic {
  /** Of whole bursts, which is what the DRAM moves; one that weights share with their index counts as the weights'. */
  readonly burstBytes: number;
  /** The tensor's own. */
  readonly movedBytes: number;
  /** If each element that is needed went once; null where that depends on how well a map is compressed. */
  readonly compulsoryBytes: number | null;
}

export type Traffic = Readonly<Record<Tensor, TensorTraffic>>;

/** What of a feature map's traffic is known before it is compressed. */
export interface TrafficOptions {
  /** Feature maps lie compressed in DRAM. */
  readonly isCompressed: boolean;
  /** Of a burst of the DRAM. */
  readonly burstBytes: number;
}

/**
 * A layer's traffic beside the least that any mapping can have: input elements under some window once (a window that steps over
 * rows or columns leaves them out), the second map of an addition once, stored weights and their index once, outputs once, partial
 * sums never. Maps that stay on the chip need none.
 */
export function trafficOf(
  problem: LayerProblem,
  { dram, weightBytes }: Pick<LayerCounts, 'dram' | 'weightBytes'>,
  { isCompressed, burstBytes }: TrafficOptions,
): Traffic {
  const { images, window, kept } = problem;
  const { output } = window;
  const bytes = bytesOf(problem.precision);
  const ofmapBytes = images * output.channels * output.height * output.width * bytes;
  const ifmapBytes =
    kept?.input !== undefined
      ? 0
      : images * window.input.channels * touched(problem, 0) * touched(problem, 1) * bytes;
  const residualBytes = !problem.residual || kept?.residual !== undefined ? 0 : ofmapBytes;
  const compulsory: Record<Tensor, number | null> = {
    ifmap: isCompressed ? null : ifmapBytes + residualBytes,
    weight: weightBytes.value,
    index: isCompressed ? null : indexBytesOf(weightBytes),
    psum: 0,
    ofmap: isCompressed ? null : kept?.output !== undefined ? 0 : ofmapBytes,
  };
  return perTensor((tensor) => {
    const { readBytes, writeBytes, readBursts, writeBursts } = dram[tensor];
    return {
      burstBytes: (readBursts + writeBursts) * burstBytes,
      movedBytes: readBytes + writeBytes,
      compulsoryBytes: compulsory[tensor],
    };
  });
}

/** Rows (axis 0) or columns (axis 1) of the input that lie under a tap of some output. */
function touched({ window }: LayerProblem, axis: 0 | 1): number {
  const [extent, outputs, taps] =
    axis === 0
      ? [window.input.height, window.output.height, window.kernelHeight]
      : [window.input.width, window.output.width, window.kernelWidth];
  const before = window.padding[axis === 0 ? 0 : 2];
  const seen = new Set<number>();
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) {
      const at = output * window.stride[axis] - before + tap * window.dilation[axis];
      if (at >= 0 && at < extent) seen.add(at);
    }
  }
  return seen.size;
}

/** The traffic of several layers, of which each takes its maps from DRAM and puts them there. */
export function addTraffic(all: readonly Traffic[]): Traffic {
  return perTensor((tensor) =>
    all.reduce<TensorTraffic>(
      (sum, { [tensor]: each }) => ({
        burstBytes: sum.burstBytes + each.burstBytes,
        movedBytes: sum.movedBytes + each.movedBytes,
        compulsoryBytes:
          sum.compulsoryBytes === null || each.compulsoryBytes === null
            ? null
            : sum.compulsoryBytes + each.compulsoryBytes,
      }),
      { burstBytes: 0, movedBytes: 0, compulsoryBytes: 0 },
    ),
  );
}

/** Bytes of all bursts. */
export function totalBurstBytes(traffic: Traffic): number {
  return tensors.reduce((sum, tensor) => sum + traffic[tensor].burstBytes, 0);
}

function perTensor<T>(valueOf: (tensor: Tensor) => T): Record<Tensor, T> {
  return Object.fromEntries(tensors.map((tensor) => [tensor, valueOf(tensor)])) as Record<Tensor, T>;
}
