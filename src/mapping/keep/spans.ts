import type { MapName } from '../../network/layer.js';
import type { KeptPlace } from '../keptPlaces.js';

/** A buffer that maps can stay in. */
export interface KeepingBuffer {
  readonly name: string;
  readonly capacityBytes: number;
}

/** Kept maps lie at both ends of a buffer, the slots of the running layer between them. */
type Side = 'end' | 'start';

/** The bytes that a kept map takes as long as anyone reads it. */
export interface Span {
  readonly map: MapName;
  readonly buffer: string;
  readonly side: Side;
  /** Bytes between it and its end of the buffer. */
  readonly distance: number;
  /** Whole words of 8 bytes, as slots have. */
  readonly bytes: number;
  /** The last layer that reads the map. */
  readonly lastReader: number;
}

/**
 * Where a map can go beside those that are there already: at either end of the buffer, in the first gap that is large enough;
 * the better place first. That is the one that takes the fewest bytes from the slots; of equal ones the one behind which no gap
 * will open soon. Of an empty buffer both ends are alike, and the map goes to the end.
 */
export function spansFor(
  { map, bytes: mapBytes, lastReader }: Pick<Span, 'map' | 'bytes' | 'lastReader'>,
  { name: buffer, capacityBytes }: KeepingBuffer,
  there: readonly Span[],
): Span[] {
  const bytes = Math.ceil(mapBytes / 8) * 8;
  const others = there.filter((span) => span.buffer === buffer);
  const sides: readonly Side[] = others.length === 0 ? ['end'] : ['end', 'start'];
  return sides
    .map((side) => {
      const distance = firstGap(others, side, bytes);
      const span: Span = { map, buffer, side, distance, bytes, lastReader };
      return { span, reserved: reservedBytes([...others, span], buffer), rank: rankOf(span, others) };
    })
    .filter(({ reserved }) => reserved <= capacityBytes)
    .sort((a, b) => a.reserved - b.reserved || a.rank - b.rank)
    .map(({ span }) => span);
}

/**
 * The less the better: beside a map that is needed as long or longer, by how many layers; then an end that is free; then beside
 * a map that goes before, and leaves a gap.
 */
function rankOf({ side, distance, lastReader }: Span, others: readonly Span[]): number {
  const freeEnd = 1e9;
  const neighbour = others.find((span) => span.side === side && span.distance + span.bytes === distance);
  if (neighbour === undefined) return freeEnd;
  const longer = neighbour.lastReader - lastReader;
  return longer >= 0 ? longer : freeEnd - longer;
}

function firstGap(others: readonly Span[], side: Side, bytes: number): number {
  const taken = others.filter((span) => span.side === side).sort((a, b) => a.distance - b.distance);
  let distance = 0;
  for (const span of taken) {
    if (span.distance - distance >= bytes) break;
    distance = span.distance + span.bytes;
  }
  return distance;
}

/** Bytes of a buffer that its kept maps take from the slots, gaps between maps included. */
export function reservedBytes(spans: readonly Span[], buffer: string): number {
  return extent(spans, buffer, 'start') + extent(spans, buffer, 'end');
}

/** Bytes at the beginning of a buffer, or at its end, up to the last kept map there. */
export function extent(spans: readonly Span[], buffer: string, side: Side): number {
  let bytes = 0;
  for (const span of spans) {
    if (span.buffer === buffer && span.side === side) bytes = Math.max(bytes, span.distance + span.bytes);
  }
  return bytes;
}

/** Where a span lies in its buffer. */
export function placeOf(span: Span, { capacityBytes }: KeepingBuffer): KeptPlace {
  const { buffer, side, distance, bytes } = span;
  return { buffer, offset: side === 'start' ? distance : capacityBytes - distance - bytes, bytes };
}
