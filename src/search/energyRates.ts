import type { Accelerator, BufferSpec } from '../accelerator/accelerator.js';
import type { RegisterEntries } from '../dataflow/dataflow.js';
import { commandEnergy, standbyEnergy } from '../dram/dramEnergy.js';
import { idleCharges } from '../energy/idleCharges.js';
import { energyOf } from '../energy/charge.js';
import type { EnergyModel } from '../energy/evaluate.js';
import type { Prices } from '../energy/prices.js';
import type { LayerKind } from '../energy/action.js';
import { bufferOf } from '../mapping/footprint.js';

/** What a layer is charged at least for what every mapping of it has to do. All figures are in pJ. */
export interface EnergyRates {
  /** A multiplication, with the registers of its operands and of its sum. */
  readonly perMac: number;
  readonly perOperation: number;
  /** A byte of a finished output on its way from the array to its buffer. */
  readonly perOutputByte: number;
  /** A byte of bursts from DRAM, and of bursts to it. */
  readonly perByteRead: number;
  readonly perByteWritten: number;
  /** A byte that the DMA moves. */
  readonly perByteMoved: number;
  /** A byte that the DMA writes to the buffer of a tensor, and that it reads from it. */
  readonly fillPerByte: Readonly<Record<'ifmap' | 'weight' | 'psum' | 'ofmap', number>>;
  readonly storePerByte: Readonly<Record<'psum' | 'ofmap', number>>;
  /** Leakage, clock and a DRAM that stands by, for a picosecond. */
  readonly idlePerPs: number;
}

/**
 * Rates for layers of a kind.
 *
 * @param entries of the register files, where all mappings need the same; what registers and clock cost is left out otherwise
 */
export function energyRates(
  model: EnergyModel,
  kind: LayerKind,
  entries: RegisterEntries | undefined,
): EnergyRates {
  const { accelerator } = model;
  const prices = model.pricesFor({ registerEntries: entries ?? { ifmap: 1, weight: 1, psum: 1 } });
  const word = (buffer: BufferSpec): number => buffer.wordBits / 8;
  const written = (tensor: 'ifmap' | 'weight' | 'psum' | 'ofmap'): number => {
    const buffer = bufferOf(accelerator, tensor);
    const { write, route } = prices.buffers[buffer.name];
    return (write.value + route.value) / word(buffer);
  };
  const read = (tensor: 'psum' | 'ofmap'): number => {
    const buffer = bufferOf(accelerator, tensor);
    const of = prices.buffers[buffer.name];
    return (of.read.value + of.route.value) / word(buffer);
  };
  const dram = dramRates(accelerator, prices);
  return {
    perMac: prices.mac.value + (entries === undefined ? 0 : registersPerMac(accelerator, prices)),
    perOperation: prices.postProcessor[kind].value,
    perOutputByte: written('ofmap') + 8 * prices.deliver.value,
    perByteRead: dram.read,
    perByteWritten: dram.write,
    perByteMoved: 8 * prices.dmaTransfer.value,
    fillPerByte: {
      ifmap: written('ifmap'),
      weight: written('weight'),
      psum: written('psum'),
      ofmap: written('ofmap'),
    },
    storePerByte: { psum: read('psum'), ofmap: read('ofmap') },
    idlePerPs: idlePerPs(accelerator, prices, entries !== undefined) + dram.idlePerPs,
  };
}

/** Each multiplication takes its operands from registers, and each PE adds to its sum in every cycle. */
function registersPerMac({ array: { macLanes } }: Accelerator, { registerFiles }: Prices): number {
  const { ifmap, weight, psum } = registerFiles;
  return ifmap.read.value + weight.read.value + (psum.read.value + psum.write.value) / macLanes;
}

function idlePerPs(accelerator: Accelerator, prices: Prices, areRegistersKnown: boolean): number {
  const stretchPs = 1e6;
  return idleCharges(stretchPs, accelerator, prices)
    .filter(({ component: { part, name } }) => areRegistersKnown || !dependsOnRegisters(part, name))
    .reduce((sum, charge) => sum + energyOf(charge) / stretchPs, 0);
}

function dependsOnRegisters(part: string, name: string): boolean {
  return part === 'clock' || name.endsWith('-register-file');
}

/** By the byte of whole bursts; a DRAM by commands is in the cheapest of its states all the time, and activates nothing. */
function dramRates(
  { dram }: Accelerator,
  { dramRead, dramWrite }: Prices,
): { readonly read: number; readonly write: number; readonly idlePerPs: number } {
  const perBit = dram.energyPjPerBit;
  if (perBit !== undefined) return { read: 8 * perBit, write: 8 * perBit, idlePerPs: 0 };
  if (dram.kind === 'flat')
    return { read: 8 * (dramRead?.value ?? 0), write: 8 * (dramWrite?.value ?? 0), idlePerPs: 0 };
  const { part, controller, burstBytes } = dram;
  const each = commandEnergy(part);
  const standby = standbyEnergy(part);
  const states =
    controller.powerDownClocks === undefined
      ? [standby.activeStandby, standby.prechargeStandby]
      : Object.values(standby);
  return {
    read: Math.max(0, each.readPj) / burstBytes,
    write: Math.max(0, each.writePj) / burstBytes,
    idlePerPs: (Math.min(...states) * controller.ranks * controller.channels) / part.timing.tCKPs,
  };
}
