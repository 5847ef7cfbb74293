import type { Accelerator } from '../accelerator/accelerator.js';
import { registerTensors } from '../dataflow/counters.js';
import type { FigureSource } from './energyTable.js';
import type { Price } from './price.js';
import type { Prices } from './prices.js';

/** Room that a chip takes, by component. */
export interface Area {
  /** mm^2; null where the table does not say. */
  readonly componentsMm2: {
    readonly mac: number | null;
    readonly registerFiles: number | null;
    /** By the buffer's name. */
    readonly buffers: Readonly<Record<string, number | null>>;
    readonly postProcessor: number | null;
    readonly decoder: number | null;
    readonly dma: number | null;
  };
  /** Of what is known; wires between components, control and the pattern table are never in it. */
  readonly totalMm2: number;
  /** Side of a PE; null where its area is not known and none is given. */
  readonly pePitchMm: number | null;
  /** One per component whose area is known. */
  readonly sources: readonly FigureSource[];
}

/** Sum over all components of (instances x area of one). The DRAM is another chip. */
export function areaOf(accelerator: Accelerator, prices: Prices): Area {
  const { rows, columns, macLanes } = accelerator.array;
  const pes = rows * columns;
  const sources = new Map<string, FigureSource>();
  const mm2 = (part: string, instances: number, parts: ReadonlyArray<Price | undefined>): number | null => {
    let um2 = 0;
    for (const price of parts) {
      if (price === undefined) return null;
      um2 += price.value * instances;
      const source = { ...price.source, component: part };
      sources.set(`${part}|${source.family}|${source.source}`, source);
    }
    return um2 * mm2PerUm2;
  };
  const files = registerTensors.map((tensor) => prices.registerFiles[tensor].area);
  const componentsMm2 = {
    mac: mm2('mac', pes * macLanes, [prices.macArea]),
    registerFiles: mm2('registerFiles', pes, files),
    buffers: Object.fromEntries(
      accelerator.buffers.map(({ name }) => [name, mm2('buffers', 1, [prices.buffers[name].area])]),
    ),
    postProcessor: mm2('postProcessor', accelerator.postProcessor.lanes, [prices.postProcessorArea]),
    decoder: mm2('decoder', accelerator.decoder.entriesPerCycle, [prices.decoderArea]),
    dma: mm2('dma', 1, [prices.dmaArea]),
  };
  const { buffers, ...others } = componentsMm2;
  const totalMm2 = [...Object.values(others), ...Object.values(buffers)].reduce<number>(
    (sum, each) => sum + (each ?? 0),
    0,
  );
  return { componentsMm2, totalMm2, pePitchMm: prices.pePitchMm ?? null, sources: [...sources.values()] };
}

const mm2PerUm2 = 1e-6;
