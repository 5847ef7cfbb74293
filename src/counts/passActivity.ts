import type { Accelerator } from '../accelerator/accelerator.js';
import type { RegisterAccess, RegisterTensor } from '../dataflow/counters.js';
import type { PassCost } from '../dataflow/pass.js';
import type { Schedule } from '../schedule/schedule.js';
import { bufferRecords, deliveredBytes } from './accessRecords.js';
import type { LayerCounts, MacCounts } from './layerCounts.js';

/** What the chip's components did, of a layer or of a part of one; the DRAM and the DMA are left out. */
export interface ChipActivity extends Pick<
  LayerCounts,
  | 'kind'
  | 'buffers'
  | 'registers'
  | 'hops'
  | 'delivered'
  | 'patternTableReadBits'
  | 'decoding'
  | 'postProcessorOperations'
  | 'pooling'
> {
  readonly macs: Pick<MacCounts, 'performed' | 'gated'>;
}

/** Something that the chip does without a pause. */
export interface Stretch {
  readonly activity: ChipActivity;
  readonly cycles: number;
  /** How often the layer does it. */
  readonly times: number;
}

/** A layer's passes, each kind once, those of a fused pooling among them. */
export function passStretches(
  kind: LayerCounts['kind'],
  { problem, steps }: Schedule,
  accelerator: Accelerator,
): Stretch[] {
  const pool = problem.kind === 'conv' ? problem.pool : undefined;
  return [
    ...stretchesOf(
      steps.map(({ pass }) => pass),
      kind,
      accelerator,
    ),
    ...stretchesOf(
      steps.flatMap(({ pooling }) => pooling ?? []),
      pool?.kind ?? kind,
      accelerator,
    ),
  ];
}

function stretchesOf(
  passes: readonly PassCost[],
  kind: LayerCounts['kind'],
  accelerator: Accelerator,
): Stretch[] {
  const times = new Map<PassCost, number>();
  for (const pass of passes) times.set(pass, (times.get(pass) ?? 0) + 1);
  return [...times].map(([pass, count]) => ({
    cycles: pass.cycles,
    times: count,
    activity: activityOf(kind, pass, accelerator),
  }));
}

/** What the chip's components do in a pass. */
export function activityOf(
  kind: LayerCounts['kind'],
  pass: PassCost,
  accelerator: Accelerator,
): ChipActivity {
  return {
    kind,
    macs: { performed: pass.macs, gated: pass.gatedMacs },
    buffers: bufferRecords(pass.accesses, accelerator),
    registers: {
      ifmap: registerOf(pass, 'ifmap'),
      weight: registerOf(pass, 'weight'),
      psum: registerOf(pass, 'psum'),
    },
    hops: pass.hops,
    delivered: deliveredBytes(pass.accesses, accelerator.buffers.length),
    patternTableReadBits: pass.patternTableReadBits,
    decoding: pass.decoding,
    postProcessorOperations: pass.postProcessorOperations,
  };
}

export function registerOf(pass: PassCost, tensor: RegisterTensor): RegisterAccess {
  if (tensor === 'ifmap') return pass.ifmapRegister;
  return tensor === 'weight' ? pass.weightRegister : pass.psumRegister;
}
