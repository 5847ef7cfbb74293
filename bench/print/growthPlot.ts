import { svg, text } from '../../scripts/figures/svg.js';
import type { Ink } from '../../scripts/figures/svg.js';
import type { Growth, GrowthCurve } from '../measure/growth.js';
import { logAxis, tickText } from './logAxis.js';
import type { LogAxis } from './logAxis.js';

const panelWidth = 420;
const panelHeight = 320;
const columns = 2;
/** Between a panel's edges and its axes. */
const [left, right, above, below] = [64, 20, 86, 52];
/** Room left and right of the outermost points, above and below them, as a factor. */
const room = 1.5;
const titleHeight = 34;

interface Series {
  readonly name: string;
  readonly curve: GrowthCurve;
  /** Of the drawings' colours. */
  readonly ink: Ink;
  /** What tells points apart where there is no colour. */
  readonly mark: (x: number, y: number, ink: Ink) => string;
}

/** Times over sizes on logarithmic axes, one panel a quantity; whiskers are quartiles. */
export function growthPlot(measured: readonly Growth[]): string {
  const rows = Math.ceil(measured.length / columns);
  const width = columns * panelWidth;
  const panels = measured.map((growth, index) =>
    panel(growth, (index % columns) * panelWidth, titleHeight + Math.floor(index / columns) * panelHeight),
  );
  const title = 'How the time of a dense 3x3 layer grows';
  const heading = text(width / 2, 26, title, { anchor: 'middle', kind: 'title' });
  return svg(width, titleHeight + rows * panelHeight, title, [heading, ...panels]);
}

function panel({ quantity, about, tile, estimate }: Growth, x0: number, y0: number): string {
  const series: readonly Series[] = [
    { name: 'tile execution', curve: tile, ink: 'ifmap', mark: disc },
    { name: 'estimate', curve: estimate, ink: 'weight', mark: square },
  ];
  const points = series.flatMap(({ curve }) => curve.points);
  const xs = points.map(({ x }) => x);
  const ys = points.flatMap(({ ms }) => [ms.lowerQuartile, ms.upperQuartile]);
  const bottom = y0 + panelHeight - below;
  const across = logAxis(Math.min(...xs) / room, Math.max(...xs) * room, x0 + left, x0 + panelWidth - right);
  const up = logAxis(Math.min(...ys) / room, Math.max(...ys) * room, bottom, y0 + above);
  const middle = x0 + (left + panelWidth - right) / 2;
  return [
    text(x0 + left, y0 + 22, quantity, { kind: 'title' }),
    text(x0 + left, y0 + 40, about),
    ...series.map(({ name, curve: { slope }, ink, mark }, index) => {
      const y = y0 + 58 + 16 * index;
      const words = `${name}: slope ${slope.median.toFixed(2)} (${slope.lowerQuartile.toFixed(2)} to ${slope.upperQuartile.toFixed(2)})`;
      return mark(x0 + left + 6, y - 4, ink) + text(x0 + left + 18, y, words, { ink });
    }),
    axes(across, up, x0, y0, bottom),
    text(middle, bottom + 38, quantity, { anchor: 'middle' }),
    text(x0 + left - 8, y0 + above - 4, 'ms', { anchor: 'end' }),
    ...series.map((each) => drawSeries(each, across, up)),
  ].join('\n');
}

function axes(across: LogAxis, up: LogAxis, x0: number, y0: number, bottom: number): string {
  const [from, to] = [x0 + left, x0 + panelWidth - right];
  return [
    ...across.ticks.map((tick) => {
      const x = across.at(tick);
      return (
        grid(x, y0 + above, x, bottom) + text(round(x), bottom + 17, tickText(tick), { anchor: 'middle' })
      );
    }),
    ...up.ticks.map((tick) => {
      const y = up.at(tick);
      return grid(from, y, to, y) + text(from - 8, round(y + 4), tickText(tick), { anchor: 'end' });
    }),
    `<rect class="plain" fill="none" x="${from}" y="${y0 + above}" width="${to - from}" height="${bottom - y0 - above}"/>`,
  ].join('\n');
}

function drawSeries({ curve: { points, fit }, ink, mark }: Series, across: LogAxis, up: LogAxis): string {
  const ends = [points[0].x, points[points.length - 1].x];
  const [start, end] = ends.map((x) => [across.at(x), up.at(fit.factor * x ** fit.slope)]);
  return [
    stroke(start[0], start[1], end[0], end[1], `class="${ink}" stroke-width="1.2" stroke-dasharray="5 3"`),
    ...points.map(({ x, ms }) => {
      const at = across.at(x);
      const whisker = stroke(
        at,
        up.at(ms.lowerQuartile),
        at,
        up.at(ms.upperQuartile),
        `class="${ink}" stroke-width="2"`,
      );
      return whisker + mark(at, up.at(ms.median), ink);
    }),
  ].join('\n');
}

function grid(x1: number, y1: number, x2: number, y2: number): string {
  return stroke(x1, y1, x2, y2, 'class="plain" stroke-width="0.5" stroke-opacity="0.4"');
}

function stroke(x1: number, y1: number, x2: number, y2: number, style: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${style}/>`;
}

function disc(x: number, y: number, ink: Ink): string {
  return `<circle class="${ink}-tip" cx="${round(x)}" cy="${round(y)}" r="4"/>`;
}

function square(x: number, y: number, ink: Ink): string {
  return `<rect class="${ink}-tip" x="${round(x - 3.5)}" y="${round(y - 3.5)}" width="7" height="7"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
