import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import type { ControllerSettings } from './controllerSettings.js';
import { burstBytesOf, burstsPerRow } from './part.js';
import type { DramPart } from './part.js';

/** From the highest bits of a bank's number to the lowest: banks count through ranks, then groups. */
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

/** Where a burst lies. Banks of a channel are numbered by rank, then group, then bank; columns count bursts. */
export interface DramPlace {
  readonly channel: number;
  readonly bank: number;
  readonly row: number;
  readonly column: number;
}

/** Neighbouring bits of a burst's number that are neighbouring bits of what it lies in. */
interface Piece {
  readonly shift: number;
  readonly bits: number;
  readonly to: number;
}

/** Where a value lies in a burst's number: mostly in one piece, the first; of others shift, mask and place one after the other. */
export interface Extraction {
  readonly shift: number;
  readonly mask: number;
  readonly others: Int32Array;
}

/** How the number of a burst (its address over its size) falls apart into the place where it lies. */
export interface AddressMap {
  readonly capacityBytes: number;
  readonly burstBytes: number;
  readonly bursts: number;
  readonly channel: Extraction;
  readonly bank: Extraction;
  readonly row: Extraction;
  readonly column: Extraction;
}

/** The value that lies in a burst's number (below 2^32) where the pieces say. */
export function extract({ shift, mask, others }: Extraction, burst: number): number {
  let value = (burst >>> shift) & mask;
  for (let i = 0; i < others.length; i += 3) {
    value |= ((burst >>> others[i]) & others[i + 1]) << others[i + 2];
  }
  return value;
}

/** The place of a burst. */
export function placeOf({ channel, bank, row, column }: AddressMap, burst: number): DramPlace {
  return {
    channel: extract(channel, burst),
    bank: extract(bank, burst),
    row: extract(row, burst),
    column: extract(column, burst),
  };
}

/** The first byte of the burst at a place. */
export function addressOf(map: AddressMap, place: DramPlace): number {
  let burst = 0;
  for (const part of ['channel', 'bank', 'row', 'column'] as const) {
    const { shift, mask, others } = map[part];
    burst += (place[part] & mask) * 2 ** shift;
    for (let i = 0; i < others.length; i += 3) {
      burst += ((place[part] >>> others[i + 2]) & others[i + 1]) * 2 ** others[i];
    }
  }
  return burst * map.burstBytes;
}

/**
 * Reads a map: the fields `channel`, `rank`, `bankgroup`, `bank`, `row` and `column` from the most significant bits down,
 * joined by dashes, such as `row-bank-column`. A field may stand in several places, all but one of them with their number of bits:
 * `row-bank-column-bankgroup-column:1` changes the bank group every second burst. Fields of a single value may be left out. The bits
 * within a burst lie below the map. Maps of two letters a field (`rochrababgco`) are understood, too.
 *
 * @throws UserError (without a place) for unknown fields, and for maps that do not give each field its bits
 */
export function parseAddressMap(
  map: string,
  { organisation }: Pick<DramPart, 'organisation'>,
  { channels, ranks }: Pick<ControllerSettings, 'channels' | 'ranks'>,
): AddressMap {
  const { bankGroups, banksPerGroup, rows } = organisation;
  const bits = bitsOf({
    channel: channels,
    rank: ranks,
    bankgroup: bankGroups,
    bank: banksPerGroup,
    row: rows,
    column: burstsPerRow(organisation),
  });
  const pieces = layOut(map, bits);
  const total = fields.reduce((sum, field) => sum + bits[field], 0);
  if (total > 32) {
    throw new UserError(
      `expected at most 2^32 bursts in all channels and ranks, got 2^${total}; use fewer channels or ranks`,
    );
  }
  const burstBytes = burstBytesOf(organisation);
  const bursts = 2 ** total;
  const at = (by: number, list: readonly Piece[]): Piece[] =>
    list.map((piece) => ({ ...piece, to: piece.to + by }));
  return {
    capacityBytes: bursts * burstBytes,
    burstBytes,
    bursts,
    channel: extraction(pieces.channel),
    bank: extraction([
      ...pieces.bank,
      ...at(bits.bank, pieces.bankgroup),
      ...at(bits.bank + bits.bankgroup, pieces.rank),
    ]),
    row: extraction(pieces.row),
    column: extraction(pieces.column),
  };
}

/** Joins pieces that are neighbours on both sides. */
function extraction(pieces: readonly Piece[]): Extraction {
  const joined: Piece[] = [];
  for (const piece of [...pieces].sort((a, b) => a.to - b.to)) {
    const last = joined.at(-1);
    if (last !== undefined && last.to + last.bits === piece.to && last.shift + last.bits === piece.shift) {
      joined[joined.length - 1] = { ...last, bits: last.bits + piece.bits };
    } else {
      joined.push(piece);
    }
  }
  const masked = joined.map(({ shift, bits, to }) => ({ shift, mask: bits === 32 ? -1 : 2 ** bits - 1, to }));
  const [{ shift, mask }] = [...masked, { shift: 0, mask: 0 }];
  return {
    shift,
    mask,
    others: Int32Array.from(masked.slice(1).flatMap((piece) => [piece.shift, piece.mask, piece.to])),
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
    pieces[field].push({ shift, bits: wide, to: used[field] });
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

interface FieldPlace {
  readonly field: Field;
  readonly width?: number;
}

function placesOf(map: string): FieldPlace[] {
  const text = map.trim().toLowerCase();
  const isShort = text.length > 2 && /^([a-z]{2})+$/.test(text) && !isField(text);
  const found: FieldPlace[] = [];
  for (const word of isShort ? (text.match(/../g) ?? []) : text.split('-')) {
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
