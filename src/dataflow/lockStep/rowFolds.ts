import { patchOf, positionsOf } from '../passWindow.js';
import type { PassWindow } from '../passWindow.js';

/** Output positions that are on the rows of the array at the same time. */
export interface RowFold {
  readonly start: number;
  readonly rows: number;
  /** Ifmap elements of one channel that the positions' windows hold, each counted once: windows overlap. */
  readonly elements: number;
  /** Equal numbers, from 0: as many rows and elements. */
  readonly kind: number;
}

/** The pass's output positions in folds of at most `rows`. Folds that lie alike in their image are counted once. */
export function rowFolds(window: PassWindow, rows: number): RowFold[] {
  const positions = positionsOf(window);
  const perImage = window.rows * window.columns;
  const elementsOfPlace = new Map<string, number>();
  const kinds = new Map<string, number>();
  const folds: RowFold[] = [];
  for (let start = 0; start < positions; start += rows) {
    const used = Math.min(rows, positions - start);
    const place = [start % window.columns, Math.min(used, perImage - (start % perImage)), used].join(' ');
    const elements = elementsOfPlace.get(place) ?? distinctElements(window, start, used);
    elementsOfPlace.set(place, elements);
    const name = `${String(used)} ${String(elements)}`;
    const kind = kinds.get(name) ?? kinds.size;
    kinds.set(name, kind);
    folds.push({ start, rows: used, elements, kind });
  }
  return folds;
}

function distinctElements(window: PassWindow, start: number, positions: number): number {
  const { rows, columns, kernelHeight, kernelWidth, stride, dilation } = window;
  const patch = patchOf(window);
  const elements = new Set<number>();
  for (let position = start; position < start + positions; position++) {
    const image = Math.floor(position / (rows * columns));
    const top = (Math.floor(position / columns) % rows) * stride[0];
    const left = (position % columns) * stride[1];
    for (let tapRow = 0; tapRow < kernelHeight; tapRow++) {
      const y = image * patch.height + top + tapRow * dilation[0];
      for (let tapColumn = 0; tapColumn < kernelWidth; tapColumn++)
        elements.add(y * patch.width + left + tapColumn * dilation[1]);
    }
  }
  return elements.size;
}
