import type { RooflinePoint } from './explainResult.js';

/** A point to be drawn; of several in one place the first. */
export interface PlottedPoint extends Omit<RooflinePoint, 'layer'> {
  /** One character. */
  readonly mark: string;
}

/** What the DRAM and the array allow. */
export interface Roof {
  readonly peakPerCycle: number;
  readonly dramBytesPerCycle: number;
}

const width = 60;
const height = 13;
/** Room left and right of the outermost points and the ridge. */
const margin = 1.6;

/**
 * The roofline as text, both axes logarithmic: intensity in MACs per DRAM byte to the right, MACs per cycle upwards. Points without
 * traffic or work are left out.
 */
export function rooflinePlot(
  { peakPerCycle, dramBytesPerCycle }: Roof,
  points: readonly PlottedPoint[],
): string {
  const drawn = points.flatMap(({ mark, intensity, attainedPerCycle }) =>
    intensity === null || intensity <= 0 || attainedPerCycle <= 0
      ? []
      : [{ mark, x: intensity, y: attainedPerCycle }],
  );
  const ridge = peakPerCycle / dramBytesPerCycle;
  const xs = [ridge, ...drawn.map(({ x }) => x)];
  const [left, right] = [Math.min(...xs) / margin, Math.max(...xs) * margin];
  const bottom = Math.min(left * dramBytesPerCycle, ...drawn.map(({ y }) => y / margin));
  const top = peakPerCycle;
  const column = (x: number): number => place(x, left, right, width);
  const row = (y: number): number => height - 1 - place(Math.min(y, top), bottom, top, height);
  const grid = Array.from({ length: height }, () => Array.from({ length: width }, () => ' '));
  for (let at = 0; at < width; at++) {
    const x = left * (right / left) ** (at / (width - 1));
    const roof = Math.min(peakPerCycle, x * dramBytesPerCycle);
    grid[row(roof)][at] = x < ridge ? '/' : '-';
  }
  for (const { mark, x, y } of [...drawn].reverse()) grid[row(y)][column(x)] = mark;
  const labels = [`${figure(top)} `, `${figure(bottom)} `];
  const indent = Math.max(...labels.map((label) => label.length));
  const lines = grid.map((cells, at) => {
    const label = at === 0 ? labels[0] : at === height - 1 ? labels[1] : '';
    return `${label.padStart(indent)}|${cells.join('').trimEnd()}`;
  });
  const [from, to] = [figure(left), figure(right)];
  return [
    'MACs per cycle',
    ...lines,
    `${' '.repeat(indent)}+${'-'.repeat(width)}`,
    `${' '.repeat(indent)} ${from}${to.padStart(width - from.length)}  MACs per DRAM byte`,
  ].join('\n');
}

/** Which of so many cells a value lies in. */
function place(value: number, low: number, high: number, cells: number): number {
  const share = Math.log(value / low) / Math.log(high / low);
  return Math.max(0, Math.min(cells - 1, Math.round(share * (cells - 1))));
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
