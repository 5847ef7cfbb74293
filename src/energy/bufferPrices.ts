import type { Accelerator, BufferSpec } from '../accelerator/accelerator.js';
import { UserError } from '../document/userError.js';
import { actionNamed, components } from './action.js';
import type { FigureKind } from './action.js';
import type { EnergyTable, FigureSource } from './energyTable.js';
import type { Price, PriceReader } from './price.js';
import { factorOf, factorsFor } from './scale.js';
import type { ScalingFactors } from './scaling/scalingFactors.js';
import { lookUpSram, nearestSramNode } from './sram.js';
import type { SramBank, SramPoint, SramTable } from './sram.js';

/** The figures of one bank, on the accelerator's node. */
export interface BufferBank extends SramBank {
  /** That it was measured at. */
  readonly technologyNm: number;
  /** What its figures were multiplied by; absent where it was measured at the accelerator's own node. */
  readonly factors?: ScalingFactors;
}

/** What a buffer costs. */
export interface BufferPrices {
  /** pJ of one word of one bank. */
  readonly read: Price;
  readonly write: Price;
  /** pJ of taking one word between a bank and the buffer's port. */
  readonly route: Price;
  /** mW, and um^2 where it is known, of the whole buffer. */
  readonly leak: Price;
  readonly area?: Price;
}

/**
 * By the table's own entries for buffers, else by its SRAM table, whose banks are charged one by one.
 *
 * @throws UserError at the buffer when it lies outside the SRAM measurements
 */
export function priceBuffer(
  buffer: BufferSpec,
  accelerator: Accelerator,
  table: EnergyTable,
  read: PriceReader,
): BufferPrices {
  const { name, banks, wordBits, capacityBytes } = buffer;
  const organisation = { bankBytes: capacityBytes / banks, wordBits, banks };
  const given = (action: string, times = 1): Price | undefined => {
    const price = read('buffer', action, organisation, { buffer: name });
    return price && { ...price, value: price.value * times, figure: figureName(name, action) };
  };
  const [ownRead, ownWrite, ownLeak] = [given('read'), given('write'), given('leak', banks)];
  const isWhole = ownRead !== undefined && ownWrite !== undefined && ownLeak !== undefined;
  const bank = table.sram && !isWhole ? bankOf(buffer, accelerator, table) : undefined;
  const measured = (action: string, value: (point: SramPoint) => number): Price => {
    if (bank === undefined || table.sram === undefined) return refuse(buffer, accelerator, table, action);
    const source = sramSource(table, table.sram, bank, actionNamed('buffer', action).kind);
    return { value: value(bank), figure: figureName(name, action), source };
  };
  const area =
    given('area', banks) ?? (bank && measured('area', ({ areaMm2 }) => areaMm2 * banks * um2PerMm2));
  if (area === undefined) checkAreaIsNotUsed(buffer, table);
  const route = read(
    'buffer',
    'route',
    { ...organisation, ...(area && { areaMm2: area.value / um2PerMm2 }) },
    { buffer: name },
  );
  return {
    read: ownRead ?? measured('read', ({ readPj }) => readPj),
    write: ownWrite ?? measured('write', ({ writePj }) => writePj),
    route: {
      ...(route ?? refuse(buffer, accelerator, table, 'route')),
      value: (route?.value ?? 0) * wordBits,
    },
    leak: ownLeak ?? measured('leak', ({ leakageMw }) => leakageMw * banks),
    ...(area && { area }),
  };
}

const um2PerMm2 = 1e6;

/** A buffer may be called as a component is, whose figures are not its own. */
function figureName(buffer: string, action: string): string {
  const isTaken = components.some((component) => component === buffer);
  return isTaken ? `buffer ${buffer} ${action}` : `${buffer} ${action}`;
}

/** Whether a table lacks entries for some action of a buffer, so that its SRAM table is asked. */
export function isPricedBySram({ name }: BufferSpec, { entries }: EnergyTable): boolean {
  return ['read', 'write', 'leak'].some(
    (action) =>
      !entries.some(
        (entry) =>
          entry.component === 'buffer' &&
          entry.action === action &&
          (entry.when.buffer?.includes(name) ?? true),
      ),
  );
}

/** Wires between banks are as long as the banks are large. */
function checkAreaIsNotUsed({ name }: BufferSpec, { entries, name: table }: EnergyTable): void {
  const route = entries.find(
    ({ component, action, when, formula }) =>
      component === 'buffer' &&
      action === 'route' &&
      (when.buffer?.includes(name) ?? true) &&
      formula.includes('areaMm2'),
  );
  if (route === undefined) return;
  throw new UserError(
    `buffer route: the formula uses areaMm2, but the area of buffer "${name}" is not known: expected an entry for buffer area in ` +
      `${table}, or one for buffer route that does without`,
    route.place,
  );
}

/**
 * The SRAM figures of one bank of a buffer: energies, leakage, area, access time.
 *
 * @throws UserError at the buffer when it lies outside the measurements, or the table names none
 */
export function bankOf(buffer: BufferSpec, accelerator: Accelerator, table: EnergyTable): BufferBank {
  const { name, cell, capacityBytes, banks, wordBits, extrapolate = false } = buffer;
  if (table.sram === undefined) return refuse(buffer, accelerator, table, 'read');
  const technologyNm = measuredNode(table.sram, cell, accelerator);
  const bank = lookUpSram(
    table.sram,
    { buffer: name, cell, technologyNm, capacityBytes, banks, wordBits, extrapolate },
    accelerator.places?.buffers[name] ?? { file: accelerator.file },
  );
  const factors =
    technologyNm === accelerator.technologyNm ? undefined : factorsFor(accelerator, { technologyNm });
  return { ...bank, technologyNm, ...(factors && scaledBank(bank, factors)) };
}

/** The accelerator's own where the cell was measured there; else, if figures are to be scaled, the nearest one. */
function measuredNode(sram: SramTable, cell: string, { technologyNm, scaling }: Accelerator): number {
  if (scaling === undefined) return technologyNm;
  return nearestSramNode(sram, cell, technologyNm) ?? technologyNm;
}

function scaledBank(bank: SramBank, factors: ScalingFactors): Partial<BufferBank> {
  return {
    readPj: bank.readPj * factors.energy,
    writePj: bank.writePj * factors.energy,
    leakageMw: bank.leakageMw * factors.power,
    areaMm2: bank.areaMm2 * factors.area,
    accessNs: bank.accessNs * factors.delay,
    factors,
  };
}

function sramSource(
  table: EnergyTable,
  { family, source }: SramTable,
  { technologyNm, extrapolated, factors }: BufferBank,
  kind: FigureKind,
): FigureSource {
  return {
    component: 'buffer',
    ...{ family, source, technologyNm },
    foreign: family !== table.family,
    derived: extrapolated.length > 0,
    ...(factors && { scaledBy: factorOf(factors, kind) }),
  };
}

function refuse(
  { name }: BufferSpec,
  { file, places }: Accelerator,
  table: EnergyTable,
  action: string,
): never {
  throw new UserError(
    `buffer "${name}": energy table ${table.name} gives no ${action} of buffers; add an entry for buffer ${action}, or name an SRAM table`,
    places?.buffers[name] ?? { file },
  );
}
