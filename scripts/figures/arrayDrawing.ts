import { size } from './snapshots.js';
import { arrow, box, line, pill, svg, text } from './svg.js';
import type { Ink } from './svg.js';

/** A register as it is drawn: what it holds, and whether that stays. */
export interface Held {
  readonly ink: Ink;
  readonly words: string;
  readonly stays: boolean;
}

/** Operands on their way in (or out): the one that is next to the array first; empty words are cycles without one. */
export interface Queue {
  readonly ink: Ink;
  readonly words: ReadonlyArray<readonly string[]>;
}

/** How the PEs are connected for a tensor: `bus` reaches all at once. */
export interface Link {
  readonly ink: Ink;
  readonly way: 'right' | 'down' | 'up' | 'bus-up-right' | 'bus-down' | 'bus-right';
}

export interface ArrayDrawing {
  readonly title: string;
  readonly rowLabels: readonly string[];
  readonly columnLabels: readonly string[];
  readonly registers: (row: number, column: number) => readonly Held[];
  readonly multiplies: (row: number, column: number) => boolean;
  readonly left?: Queue;
  readonly top?: Queue;
  readonly bottom?: Queue;
  /** What enters next at the lower left corner of the PEs along the left and lower edge. */
  readonly corners?: { readonly ink: Ink; words(row: number, column: number): string };
  readonly links: readonly Link[];
  /** Drawn above each column: what it shows of x, y (centre, top). */
  readonly above?: { readonly height: number; draw(column: number, x: number, y: number): string[] };
  readonly notes: readonly string[];
}

const pe = { width: 124, height: 88 };
const gap = { x: 44, y: 36 };
const slot = { width: 52, height: 26 };
const labelWidth = 92;
/** Wide enough for the notes. */
const leastWidth = 784;

/** Draws an array of PEs with what its registers hold in one cycle, and what comes next. */
export function drawArray(drawing: ArrayDrawing): string {
  const { title, rowLabels, columnLabels, left, top, bottom, above, notes } = drawing;
  const leftSlots = Math.max(0, ...(left?.words ?? []).map((words) => words.length));
  const topSlots = Math.max(0, ...(top?.words ?? []).map((words) => words.length));
  const bottomSlots = Math.max(
    drawing.corners === undefined ? 0 : 1,
    ...(bottom?.words ?? []).map((words) => words.length),
  );
  const leftWidth = 20 + labelWidth + leftSlots * slot.width + 26;
  const arrayWidth = size * (pe.width + gap.x) - gap.x;
  const width = Math.max(leftWidth + arrayWidth + 30, leastWidth);
  const x0 = Math.max(leftWidth, Math.round((width - arrayWidth) / 2));
  const y0 = 72 + (above?.height ?? 0) + topSlots * slot.height + 24;
  const xOf = (column: number): number => x0 + column * (pe.width + gap.x);
  const yOf = (row: number): number => y0 + row * (pe.height + gap.y);
  const end = yOf(size - 1) + pe.height;
  const notesAt = end + 26 + (bottomSlots > 0 ? bottomSlots * slot.height + 20 : 10);
  const parts: string[] = [text(20, 30, title, { kind: 'title' })];

  for (let column = 0; column < size; column++) {
    const middle = xOf(column) + pe.width / 2;
    parts.push(text(middle, 58, columnLabels[column], { anchor: 'middle', ink: 'plain' }));
    if (above !== undefined) parts.push(...above.draw(column, middle, 68));
    const words = top?.words[column] ?? [];
    words.forEach((word, index) => {
      const y = y0 - 24 - (index + 1) * slot.height;
      parts.push(...operand(middle - slot.width / 2 + 2, y, word, top?.ink ?? 'plain'));
    });
    if (words.length > 0) parts.push(arrow(middle, y0 - 24, middle, y0 - 2, top?.ink ?? 'plain'));
    const leaving = bottom?.words[column] ?? [];
    leaving.forEach((word, index) => {
      const y = end + 26 + index * slot.height;
      parts.push(...operand(middle - slot.width / 2 + 2, y, word, bottom?.ink ?? 'plain'));
    });
    if (leaving.length > 0) parts.push(arrow(middle, end + 2, middle, end + 22, bottom?.ink ?? 'plain'));
  }
  for (let row = 0; row < size; row++) {
    const middle = yOf(row) + pe.height / 2;
    parts.push(text(20, middle + 4, rowLabels[row], { ink: 'plain' }));
    const words = left?.words[row] ?? [];
    words.forEach((word, index) => {
      const x = x0 - 26 - (index + 1) * slot.width;
      parts.push(...operand(x, middle - 10, word, left?.ink ?? 'plain'));
    });
    if (words.length > 0) parts.push(arrow(x0 - 26, middle, x0 - 2, middle, left?.ink ?? 'plain'));
  }
  const { corners } = drawing;
  if (corners !== undefined) {
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        if (column > 0 && row < size - 1) continue;
        const [x, y] = [xOf(column), yOf(row) + pe.height];
        parts.push(arrow(x - 32, y + 25, x - 2, y + 1, corners.ink));
        parts.push(...operand(x - 34 - slot.width, y + 18, corners.words(row, column), corners.ink));
      }
    }
  }
  for (const link of drawing.links) parts.push(...drawLink(link, xOf, yOf));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [xOf(column), yOf(row)];
      parts.push(box(x, y, pe.width, pe.height, drawing.multiplies(row, column)));
      drawing.registers(row, column).forEach(({ ink, words, stays }, index) => {
        if (words !== '') parts.push(pill(x + 6, y + 8 + index * 26, pe.width - 12, words, ink, stays));
      });
    }
  }
  notes.forEach((note, index) => parts.push(text(20, notesAt + index * 19, note)));
  const legendAt = notesAt + notes.length * 19 + 4;
  parts.push(
    pill(20, legendAt, 60, 'stays', 'plain', true),
    pill(90, legendAt, 60, 'moves', 'plain', false),
    box(164, legendAt, 24, 20, true),
    text(196, legendAt + 15, 'multiplies in this cycle', { ink: 'plain' }),
    pill(376, legendAt, 56, 'ifmap', 'ifmap', true),
    pill(440, legendAt, 60, 'weight', 'weight', true),
    pill(508, legendAt, 48, 'sum', 'psum', true),
  );
  return svg(width, legendAt + 36, title, parts);
}

function operand(x: number, y: number, words: string, ink: Ink): string[] {
  return words === ''
    ? [text(x + (slot.width - 4) / 2, y + 14, '·', { anchor: 'middle', ink: 'plain' })]
    : [pill(x, y, slot.width - 4, words, ink, false)];
}

function drawLink(
  { ink, way }: Link,
  xOf: (column: number) => number,
  yOf: (row: number) => number,
): string[] {
  const parts: string[] = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [xOf(column), yOf(row)];
      const [right, low] = [x + pe.width, y + pe.height];
      const middle = { x: x + pe.width / 2, y: y + pe.height / 2 };
      const hasRight = column + 1 < size;
      const hasBelow = row + 1 < size;
      if (way === 'right' && hasRight)
        parts.push(arrow(right + 2, middle.y, right + gap.x - 2, middle.y, ink));
      if (way === 'bus-right' && hasRight) parts.push(line(right, middle.y, right + gap.x, middle.y, ink));
      if (way === 'down' && hasBelow) parts.push(arrow(middle.x, low + 2, middle.x, low + gap.y - 2, ink));
      if (way === 'bus-down' && hasBelow) parts.push(line(middle.x, low, middle.x, low + gap.y, ink));
      if (way === 'up' && hasBelow) parts.push(arrow(middle.x, low + gap.y - 2, middle.x, low + 2, ink));
      if (way === 'bus-up-right' && row > 0 && hasRight)
        parts.push(line(right, y, right + gap.x, y - gap.y, ink));
    }
  }
  return parts;
}
