import { addressOf, parseAddressMap } from '../addressMap.js';
import type { DramPlace } from '../addressMap.js';
import type { ControllerSettings } from '../controllerSettings.js';
import { burstsPerRow } from '../part.js';
import type { DramPart } from '../part.js';
import type { TraceLine } from './traceLine.js';

/** A level of a DRAM, and how many of it there are in the one above. */
export interface TraceLevel {
  readonly name: string;
  readonly size: number;
}

/** What a trace may address. */
export interface TraceGeometry {
  readonly capacityBytes: number;
  readonly bankGroups: number;
  readonly banksPerGroup: number;
  /** Channel, rank, bank group, bank, row and column, in this order; columns are bursts. */
  readonly levels: readonly TraceLevel[];
  /** The first byte of the burst at a place. */
  readonly addressOf: (place: DramPlace) => number;
}

/** @throws UserError when the address map does not fit the part */
export function geometryOf(part: DramPart, settings: ControllerSettings): TraceGeometry {
  const map = parseAddressMap(settings.addressMap, part, settings);
  const { bankGroups, banksPerGroup, rows } = part.organisation;
  return {
    capacityBytes: map.capacityBytes,
    bankGroups,
    banksPerGroup,
    levels: [
      { name: 'channel', size: settings.channels },
      { name: 'rank', size: settings.ranks },
      { name: 'bank group', size: bankGroups },
      { name: 'bank', size: banksPerGroup },
      { name: 'row', size: rows },
      { name: 'column', size: burstsPerRow(part.organisation) },
    ],
    addressOf: (place) => addressOf(map, place),
  };
}

/**
 * An address as it is.
 *
 * @param line at the address
 * @throws UserError when the DRAM ends before it
 */
export function withinDram(line: TraceLine, address: number, { capacityBytes }: TraceGeometry): number {
  if (address < capacityBytes) return address;
  throw line.fault(
    `expected an address within the ${capacityBytes} B of the DRAM, got 0x${address.toString(16)} (${address}); ` +
      'use more channels or ranks, or a larger part',
  );
}
