import type { ControllerSettings } from './controllerSettings.js';
import type { DramPart } from './part.js';

/** Where a burst lies. Numbers of banks count through all ranks and groups of a channel: (rank, group, bank in its group). */
export interface DramPlace {
  readonly channel: number;
  readonly bank: number;
  readonly row: number;
  readonly column: number;
}

/** How addresses fall apart into places, as shifts and masks of the number of the burst. */
export interface AddressMap {
  readonly capacityBytes: number;
  /** The place of the burst that holds a byte. */
  place(address: number): DramPlace;
  /** The first byte of a burst. */
  address(place: DramPlace): number;
}

export type ParseAddressMap = (
  map: string,
  part: DramPart,
  settings: Pick<ControllerSettings, 'channels' | 'ranks'>,
) => AddressMap;
