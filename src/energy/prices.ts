import type { Accelerator, BufferSpec } from '../accelerator/accelerator.js';
import { registerTensors } from '../dataflow/counters.js';
import type { RegisterTensor } from '../dataflow/counters.js';
import type { RegisterEntries } from '../dataflow/dataflow.js';
import { UserError } from '../document/userError.js';
import type { PrecisionSet } from '../model/model.js';
import { layerKinds } from './action.js';
import type { Component, LayerKind } from './action.js';
import { priceBuffer } from './bufferPrices.js';
import type { BufferPrices } from './bufferPrices.js';
import type { EnergyTable } from './energyTable.js';
import type { Price, PriceReader } from './price.js';
import { registerBits } from './pricedCase.js';
import type { PricedCase, Variables } from './pricedCase.js';
import { createPriceReader, refusePrecision } from './priceReader.js';
import { checkNode } from './scale.js';

export interface RegisterPrices {
  /** pJ of one access to one file. */
  readonly read: Price;
  readonly write: Price;
  /** mW of one file. */
  readonly leak: Price;
  /** um^2 of one file; absent where it is not known. */
  readonly area?: Price;
}

/** What everything of a machine costs at one set of precisions, and with register files of one size. */
export interface Prices {
  /** pJ. */
  readonly mac: Price;
  readonly gatedMac: Price;
  readonly decodeEntry: Price;
  readonly decodeSymbol: Price;
  readonly clockCycle: Price;
  readonly postProcessor: Readonly<Record<LayerKind, Price>>;
  /** pJ per bit. */
  readonly deliver: Price;
  readonly hop: Price;
  readonly patternTableRead: Price;
  readonly decodeMask: Price;
  readonly dmaTransfer: Price;
  readonly dramRead?: Price;
  readonly dramWrite?: Price;
  readonly registerFiles: Readonly<Record<RegisterTensor, RegisterPrices>>;
  /** By the buffer's name. */
  readonly buffers: Readonly<Record<string, BufferPrices>>;
  /** mW: of one MAC lane, of one post-processor lane, of the chip beside its components. */
  readonly macLeak: Price;
  readonly postProcessorLeak: Price;
  readonly chipLeak: Price;
  /** um^2: of one MAC lane, one lane, one entry per cycle, the DMA; absent where it is not known. */
  readonly macArea?: Price;
  readonly postProcessorArea?: Price;
  readonly decoderArea?: Price;
  readonly dmaArea?: Price;
  /** Side of a square PE; absent where its area is not known. */
  readonly pePitchMm?: number;
}

/**
 * Works out the prices of a machine, once for each size of its register files.
 *
 * @returns a function of the entries that the register files of a PE have
 * @throws UserError when the table lacks the precision, is of another node than the accelerator and is not to be scaled, or when a
 *   buffer lies outside the SRAM measurements; the function throws when a formula comes to a negative figure
 */
export function createPrices(
  accelerator: Accelerator,
  precision: PrecisionSet,
  table: EnergyTable,
): (entries: RegisterEntries) => Prices {
  checkNode(accelerator, table);
  const read = createPriceReader(accelerator, precision, table);
  const buffers = Object.fromEntries(
    accelerator.buffers.map((buffer: BufferSpec) => [
      buffer.name,
      priceBuffer(buffer, accelerator, table, read),
    ]),
  );
  const known = new Map<string, Prices>();
  return (needed) => {
    const entries = entriesInPe(needed, accelerator, precision);
    const key = registerTensors.map((tensor) => entries[tensor]).join(' ');
    const before = known.get(key);
    if (before !== undefined) return before;
    const prices = pricesOf(accelerator, precision, table, { read, buffers, entries });
    known.set(key, prices);
    return prices;
  };
}

/** A layer without MACs asks for no registers; those of the PEs are there all the same. */
function entriesInPe(
  needed: RegisterEntries,
  { array: { registerFiles } }: Accelerator,
  precision: PrecisionSet,
): RegisterEntries {
  return perTensor((tensor) => {
    const bytes = registerFiles[tensor];
    if (needed[tensor] > 0 || bytes === undefined) return Math.max(1, needed[tensor]);
    return Math.max(1, Math.floor((bytes * 8) / registerBits(tensor, precision)));
  });
}

interface Given {
  readonly read: PriceReader;
  readonly buffers: Readonly<Record<string, BufferPrices>>;
  readonly entries: RegisterEntries;
}

function pricesOf(
  accelerator: Accelerator,
  precision: PrecisionSet,
  table: EnergyTable,
  { read, buffers, entries }: Given,
): Prices {
  const need = (
    component: Component,
    action: string,
    variables?: Variables,
    at?: Pick<PricedCase, 'layer'>,
  ): Price => read(component, action, variables, at) ?? refusePrecision(table, precision);
  const { rows, columns, macLanes } = accelerator.array;
  const registerFiles = perTensor((tensor) =>
    registerPrices(read, table, precision, tensor, entries[tensor]),
  );
  const macArea = read('mac', 'area');
  const sizes = {
    ifmapEntries: entries.ifmap,
    weightEntries: entries.weight,
    psumEntries: entries.psum,
  };
  const bySizes = (price: Price): Price => ({ ...price, arguments: sizes });
  const pePitchMm = accelerator.array.pePitchMm ?? pitchOf(macArea, macLanes, registerFiles);
  const geometry =
    pePitchMm === undefined
      ? {}
      : { pePitchMm, arrayWidthMm: columns * pePitchMm, arrayHeightMm: rows * pePitchMm };
  const wire = (action: string): Price => {
    checkLengthIsKnown(table, action, pePitchMm);
    // A PE is as large as its register files make it.
    return bySizes(need('network', action, { ...geometry, rows, columns }));
  };
  const whole = { rows, columns, macLanes, ...sizes };
  const [dramRead, dramWrite] = [read('dram', 'read'), read('dram', 'write')];
  const postProcessorArea = read('post-processor', 'area');
  const decoderArea = read('decoder', 'area');
  const dmaArea = read('dma', 'area');
  return {
    mac: need('mac', 'mac'),
    gatedMac: need('mac', 'gated'),
    decodeEntry: need('decoder', 'entry'),
    decodeSymbol: need('decoder', 'symbol'),
    clockCycle: bySizes(need('clock', 'cycle', { ...whole, periodNs: accelerator.periodPs / 1000 })),
    postProcessor: Object.fromEntries(
      layerKinds.map((layer): [LayerKind, Price] => [
        layer,
        { ...need('post-processor', 'operation', {}, { layer }), arguments: { layer } },
      ]),
    ) as Record<LayerKind, Price>,
    deliver: wire('deliver'),
    hop: wire('hop'),
    patternTableRead: need('pattern-table', 'read'),
    decodeMask: need('decoder', 'mask'),
    dmaTransfer: need('dma', 'transfer'),
    ...(dramRead && { dramRead }),
    ...(dramWrite && { dramWrite }),
    registerFiles,
    buffers,
    macLeak: need('mac', 'leak'),
    postProcessorLeak: need('post-processor', 'leak'),
    chipLeak: bySizes(need('chip', 'leak', whole)),
    ...(macArea && { macArea }),
    ...(postProcessorArea && { postProcessorArea }),
    ...(decoderArea && { decoderArea }),
    ...(dmaArea && { dmaArea }),
    ...(pePitchMm !== undefined && { pePitchMm }),
  };
}

function registerPrices(
  read: PriceReader,
  table: EnergyTable,
  precision: PrecisionSet,
  tensor: RegisterTensor,
  entries: number,
): RegisterPrices {
  const bits = registerBits(tensor, precision);
  const variables = { bits, entries };
  const need = (action: string): Price => ({
    ...(read('register-file', action, variables, { tensor }) ?? refusePrecision(table, precision)),
    arguments: { entries: variables.entries },
  });
  const word = (price: Price): Price => ({ ...price, value: price.value * bits });
  const area = read('register-file', 'area', variables, { tensor });
  return { read: word(need('read')), write: word(need('write')), leak: need('leak'), ...(area && { area }) };
}

const lengths = ['pePitchMm', 'arrayWidthMm', 'arrayHeightMm'];

/** Wires are as long as PEs are large. */
function checkLengthIsKnown(
  { entries, name }: EnergyTable,
  action: string,
  pePitchMm: number | undefined,
): void {
  if (pePitchMm !== undefined) return;
  for (const entry of entries) {
    if (entry.component !== 'network' || entry.action !== action) continue;
    const length = lengths.find((each) => entry.formula.includes(each));
    if (length === undefined) continue;
    throw new UserError(
      `network ${action}: the formula uses ${length}, but the size of a PE is not known: expected entries for mac area and ` +
        `register-file area in ${name}, or array.pePitch in the accelerator`,
      entry.place,
    );
  }
}

/** Side of a square as large as the parts of a PE, in mm. */
function pitchOf(
  macArea: Price | undefined,
  macLanes: number,
  registerFiles: Readonly<Record<RegisterTensor, RegisterPrices>>,
): number | undefined {
  const parts = registerTensors.map((tensor) => registerFiles[tensor].area?.value);
  if (macArea === undefined || parts.some((part) => part === undefined)) return undefined;
  const um2 = parts.reduce<number>((sum, part) => sum + (part ?? 0), macArea.value * macLanes);
  return Math.sqrt(um2) / 1000;
}

function perTensor<T>(valueOf: (tensor: RegisterTensor) => T): Record<RegisterTensor, T> {
  return { ifmap: valueOf('ifmap'), weight: valueOf('weight'), psum: valueOf('psum') };
}
