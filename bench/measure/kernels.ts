import { createMemory } from '../../src/machine/memory.js';
import type { KernelName } from '../../src/scenario/execution.js';
import { executeLayer } from '../../src/machine/executeLayer.js';
import { figure, spreadText, table } from '../print/table.js';
import type { Table } from '../print/table.js';
import { layerEffort, layerOf64, writeLayerScenario } from '../subject/layerScenario.js';
import type { LayerVariant } from '../subject/layerScenario.js';
import { prepareSubject } from '../subject/prepare.js';
import type { Subject } from '../subject/prepare.js';
import { inTurns, timed, totals } from '../timing/inTurns.js';
import type { TurnLimits } from '../timing/inTurns.js';
import { spreadOf } from '../timing/spread.js';
import type { Spread } from '../timing/spread.js';

/** The arithmetic of the 64-channel layer by one kernel, with the bytes that it moves and nothing else. */
export interface KernelMeasurement {
  readonly arithmetic: string;
  readonly variant: LayerVariant;
  readonly kernel: KernelName;
  readonly ms: Spread;
  /** Effectual MACs per second, of the median time. */
  readonly macsPerSecond: number;
}

interface Arithmetic {
  readonly name: string;
  /** As a scenario writes it. */
  readonly precision: string;
}

/** What the kernels compute with. */
const arithmetics: readonly Arithmetic[] = [
  { name: 'int8, int32 sums', precision: 'int8' },
  {
    name: 'int16 x int8, int32 sums',
    precision: '{ ifmap: int16, weight: int8, accumulator: int32 }',
  },
  { name: 'int16, int48 sums', precision: 'int16' },
  { name: 'float32', precision: 'float32' },
];
const variants: readonly LayerVariant[] = ['dense', 'PSD4_P8'];

/**
 * @param folder for the scenarios
 * @param most of the arithmetics, the first ones
 */
export async function measureKernels(
  folder: string,
  most: number,
  simdLimits: TurnLimits,
  scalarLimits: TurnLimits,
): Promise<KernelMeasurement[]> {
  const measured: KernelMeasurement[] = [];
  for (const { name: arithmetic, precision } of arithmetics.slice(0, most)) {
    for (const variant of variants) {
      const file = await writeLayerScenario(folder, { ...layerOf64, precision, variant });
      const subject = await prepareSubject(file, { effort: layerEffort });
      for (const [kernel, limits] of [
        ['simd', simdLimits],
        ['scalar', scalarLimits],
      ] as const) {
        const { execution } = inTurns({ execution: executionOf(subject, kernel) }, limits);
        const ms = spreadOf(totals(execution));
        const macsPerSecond = (1000 * subject.effectualMacs) / ms.median;
        measured.push({ arithmetic, variant, kernel, ms, macsPerSecond });
      }
    }
  }
  return measured;
}

function executionOf({ plan, layers, input }: Subject, kernel: KernelName): () => { readonly layer: number } {
  const { accelerator } = plan;
  const [{ modelLayer, estimate, stored }] = layers;
  const memory = createMemory(accelerator.buffers, { kernel });
  return () => ({
    layer: timed(() => {
      executeLayer(modelLayer, estimate.schedule, accelerator, stored, memory, input);
    }),
  });
}

export function kernelTable(measured: readonly KernelMeasurement[]): Table {
  return table({
    title:
      'Kernels alone: the 64-channel layer (64x32x32, 64 filters 3x3), on real bytes, without counts and times',
    head: ['arithmetic', 'variant', 'kernel', 'ms', 'effectual GMAC/s', 'rounds'],
    rows: measured.map(({ arithmetic, variant, kernel, ms, macsPerSecond }) => [
      ...[arithmetic, variant, kernel, spreadText(ms), figure(macsPerSecond / 1e9), String(ms.count)],
    ]),
  });
}
