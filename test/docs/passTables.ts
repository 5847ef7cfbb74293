import { dataflowOf } from '../../src/dataflow/dataflows.js';
import type { ArrayContext, PassCost, PassShape } from '../../src/dataflow/pass.js';
import { fillSlots } from '../../src/sparsity/patterns.js';
import { randomSupports } from '../../src/sparsity/randomSupports.js';
import { denseSupports, nonZeroTaps } from '../../src/sparsity/supports.js';
import type { Supports } from '../../src/sparsity/supports.js';
import { supportFamily } from '../../src/sparsity/families.js';
import type { FamilySize } from '../../src/sparsity/families.js';
import { createRandom } from '../../src/tensor/random.js';
import { context, matrixPass } from '../dataflow/passes.js';

const filters = 64;
const channels = 64;
const taps = 9;

/** A family of taps in all slots but the last, which is full. */
function boosted(size: FamilySize, period: number): Supports {
  const patterns = fillSlots(supportFamily(size), period, period - 1);
  return { filters, channels, taps, patterns, assignment: { kind: 'periodic', period } };
}

/** As many weights as given, wherever they fall. */
function scattered(count: number): Supports {
  const random = createRandom(1);
  const places = Array.from({ length: filters * channels * taps }, (_, place) => place);
  for (let i = 0; i < count; i++) {
    const other = i + random.integer(places.length - i);
    [places[i], places[other]] = [places[other], places[i]];
  }
  const patterns = Array.from({ length: filters * channels }, () => new Uint8Array(taps));
  for (const place of places.slice(0, count)) patterns[Math.floor(place / taps)][place % taps] = 1;
  const ids = Uint32Array.from(patterns.keys());
  return { filters, channels, taps, patterns, assignment: { kind: 'per-kernel', ids } };
}

const psd4p8 = boosted(4, 8);
export const supportsOfTable: ReadonlyArray<readonly [string, Supports]> = [
  ['dense', denseSupports(filters, channels, taps)],
  ['PSD4_P8', psd4p8],
  ['PSD1_P16', boosted(1, 16)],
  ['pSC4', randomSupports(filters, channels, taps, 4, 1)],
  ['scattered', scattered(nonZeroTaps(psd4p8))],
];

/** 3x3 kernels over 14x14 output positions. */
export function passOf(streamed: Supports, phasesPerGroup = 1): PassShape {
  const pass = matrixPass(14 * 14, streamed.filters, streamed.channels, { streamed, phasesPerGroup });
  return { ...pass, window: { ...pass.window, rows: 14, columns: 14, kernelHeight: 3, kernelWidth: 3 } };
}

/** The cost with the number of phases per group that takes the fewest cycles. */
export function bestCost(dataflow: string, streamed: Supports, change: Partial<ArrayContext> = {}): PassCost {
  const { assignment } = streamed;
  const period = assignment.kind === 'periodic' ? assignment.period : 1;
  const costs = Array.from({ length: period }, (_, i) => i + 1)
    .filter((size) => period % size === 0)
    .map((size) => dataflowOf(dataflow).passCost(passOf(streamed, size), context(16, 16, change)));
  return costs.reduce((best, cost) => (cost.cycles < best.cycles ? cost : best));
}

const port = (buffer: number) => ({ buffer, wordBits: 128, ports: 1, isShared: false });
export const settingsOfTable: ReadonlyArray<readonly [string, Partial<ArrayContext>]> = [
  ['as above', {}],
  ['`macLanes: 2`', { macLanes: 2 }],
  ['`preload: overlapped`', { preload: 'overlapped' }],
  ['`drain: serial`, 16 post-processor lanes', { drain: 'serial', postProcessorLanes: 16 }],
  ['`fill: used`', { fill: 'used' }],
  [
    'ports of one 128-bit word each',
    { ports: { ifmap: port(0), weight: port(1), psum: port(2), ofmap: port(2) } },
  ],
];

export const depthwise = denseSupports(1, 1, taps);
