import { UserError } from '../document/userError.js';
import { didYouMean } from '../document/suggest.js';
import type { ControllerSettings } from './controllerSettings.js';
import { burstBytesOf, burstsPerRow } from './part.js';
import type { DramPart } from './part.js';

const fields = ['channel', 'rank', 'bankgroup', 'bank', 'row', 'column'] as const;
type Field = (typeof fields)[number];

/** The same fields in maps without dashes, such as `rochrababgco`, as DRAMsim3 writes them. */
const shortNames: Readonly<Record<string, Field>> = {
  ch: 'channel',
  ra: 'rank',
  bg: 'bankgroup',
  ba: 'bank',
  ro: 'row',
  co: 'column',
};

/** Where a burst lies. Banks are numbered through all ranks and groups of a channel: by rank, then group, then bank. */
export interface DramPlace {
  readonly channel: number;
  readonly bank: number;
  readonly row: number;
  /** In bursts. */
  readonly column: number;
}

/** Bits of a burst's number that make up bits of a field. */
interface Piece {
  readonly shift: number;
  readonly mask: number;
  readonly fieldShift: number;
}

/** How the number of a burst falls apart into the place where it lies. */
export interface AddressMap {
  readonly capacityBytes: number;
  readonly burstBytes: number;
  readonly bursts: number;
  readonly channelOf: (burst: number) => number;
  readonly bankOf: (burst: number) => number;
  readonly rowOf: (burst: number) => number;
  readonly columnOf: (burst: number) => number;
  /** The first byte of the burst at a place. */
  readonly addressOf: (place: DramPlace) => number;
}

/**
 * Reads a map: the fields `channel`, `rank`, `bankgroup`, `bank`, `row` and `column` from the most significant bits down,
 * joined by dashes, such as `row-bank-column`. A field may stand in several places, all but one of them with their number of bits:
 * `row-bank-column-bankgroup-column:1` changes the bank group every second burst. Fields of a single value may be left out. The bits
 * within a burst lie below the map. Maps of two letters a field (`rochrababgco`) are understood, too.
 *
 * @throws UserError (without a place) for unknown fields, fields that are missing, bits that do not add up
 */
export function parseAddressMap(
  map: string,
  { organisation }: Pick<DramPart, 'organisation'>,
  { channels, ranks }: Pick<ControllerSettings, 'channels' | 'ranks'>,
): AddressMap {
  const { bankGroups, banksPerGroup, rows } = organisation;
  const columns = burstsPerRow(organisation);
  const sizes = {
    channel: channels,
    rank: ranks,
    bankgroup: bankGroups,
    bank: banksPerGroup,
    row: rows,
    column: columns,
  };
  const pieces = layOut(map, bitsOf(sizes));
  const burstBytes = burstBytesOf(organisation);
  const bursts = fields.reduce((product, field) => product * sizes[field], 1);
  if (bursts > 2 ** 32) {
    throw new UserError(
      `expected at most 2^32 bursts in all channels and ranks, got ${bursts}; use fewer channels or ranks`,
    );
  }
  const [rank, group, bank] = [extract(pieces.rank), extract(pieces.bankgroup), extract(pieces.bank)];
  const row = extract(pieces.row);
  const column = extract(pieces.column);
  const channel = extract(pieces.channel);
  return {
    capacityBytes: bursts * burstBytes,
    burstBytes,
    bursts,
    channelOf: channel,
    bankOf: (burst) => (rank(burst) * bankGroups + group(burst)) * banksPerGroup + bank(burst),
    rowOf: row,
    columnOf: column,
    addressOf: (place) => {
      const values: Record<Field, number> = {
        channel: place.channel,
        rank: Math.floor(place.bank / (bankGroups * banksPerGroup)),
        bankgroup: Math.floor(place.bank / banksPerGroup) % bankGroups,
        bank: place.bank % banksPerGroup,
        row: place.row,
        column: place.column,
      };
      let burst = 0;
      for (const field of fields) {
        for (const { shift, mask, fieldShift } of pieces[field]) {
          burst += ((values[field] >>> fieldShift) & mask) * 2 ** shift;
        }
      }
      return burst * burstBytes;
    },
  };
}

/** The value of a field in a burst's number. Most fields are one piece. */
function extract(pieces: readonly Piece[]): (burst: number) => number {
  if (pieces.length === 0) return () => 0;
  const [{ shift, mask }] = pieces;
  if (pieces.length === 1) return (burst) => (burst >>> shift) & mask;
  return (burst) => {
    let value = 0;
    for (const piece of pieces) value |= ((burst >>> piece.shift) & piece.mask) << piece.fieldShift;
    return value >>> 0;
  };
}

function bitsOf(sizes: Readonly<Record<Field, number>>): Record<Field, number> {
  const bits = fields.map((field) => {
    const wide = Math.log2(sizes[field]);
    if (!Number.isInteger(wide)) {
      throw new UserError(`expected a power of two of ${field}s for an address map, got ${sizes[field]}`);
    }
    return [field, wide] as const;
  });
  return Object.fromEntries(bits) as Record<Field, number>;
}

/** Gives every field of a map its bits, from the last field up. */
function layOut(map: string, bits: Readonly<Record<Field, number>>): Record<Field, Piece[]> {
  const places = placesOf(map);
  const left = { ...bits };
  for (const { field, width } of places) if (width !== undefined) left[field] -= width;
  const pieces: Record<Field, Piece[]> = {
    channel: [],
    rank: [],
    bankgroup: [],
    bank: [],
    row: [],
    column: [],
  };
  const used: Record<Field, number> = { channel: 0, rank: 0, bankgroup: 0, bank: 0, row: 0, column: 0 };
  let shift = 0;
  for (const { field, width } of [...places].reverse()) {
    const wide = width ?? left[field];
    if (wide <= 0) continue;
    pieces[field].push({ shift, mask: wide === 32 ? 0xffffffff : 2 ** wide - 1, fieldShift: used[field] });
    used[field] += wide;
    shift += wide;
  }
  const wrong = fields.filter((field) => used[field] !== bits[field]);
  if (wrong.length > 0) {
    const list = wrong.map((field) => `${field} has ${bits[field]} bits, the map gives it ${used[field]}`);
    throw new UserError(
      `expected an address map that covers every bit once, got "${map}": ${list.join('; ')}; ` +
        'name each field once without a number of bits',
    );
  }
  return pieces;
}

function placesOf(map: string): Array<{ readonly field: Field; readonly width?: number }> {
  const text = map.trim().toLowerCase();
  const isShort = !text.includes('-') && text.length > 2 && /^([a-z]{2})+$/.test(text) && !isField(text);
  const words = isShort ? (text.match(/../g) ?? []) : text.split('-');
  const found: Array<{ readonly field: Field; readonly width?: number }> = [];
  for (const word of words) {
    const [name, width, ...rest] = word.split(':').map((part) => part.trim());
    const field = isShort && Object.hasOwn(shortNames, name) ? shortNames[name] : name;
    if (!isField(field)) {
      const hint = didYouMean(name, fields);
      throw new UserError(
        `expected an address map of the fields ${fields.join(', ')} joined by dashes, such as row-bank-column, ` +
          `got "${map}": there is no field "${name}"${hint === '' ? '' : `; ${hint}`}`,
      );
    }
    if (width === undefined) {
      if (found.some((each) => each.field === field && each.width === undefined)) {
        throw new UserError(
          `expected each field of an address map once without a number of bits, got "${map}" with ${field} twice; ` +
            `write how many bits lie in all places but one, such as ${field}:1`,
        );
      }
      found.push({ field });
      continue;
    }
    if (rest.length > 0 || !/^[1-9]\d?$/.test(width)) {
      throw new UserError(
        `expected a number of bits after the colon, such as ${field}:2, got "${word}" in address map "${map}"`,
      );
    }
    found.push({ field, width: Number(width) });
  }
  return found;
}

function isField(word: string): word is Field {
  return (fields as readonly string[]).includes(word);
}
