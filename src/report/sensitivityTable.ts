import Table from 'cli-table3';
import type { FigureSensitivity } from '../energy/sensitivity.js';
import { formatCount, formatFixed, formatPercent } from './format.js';
import type { Titles, VariantSensitivity } from './sensitivityResult.js';

/** Characters on either side of the line at the ratio as it is. */
const sideLength = 12;

/**
 * Figures by how far they move the ratio, the furthest first: a tornado diagram in a table.
 *
 * @param change what figures are changed by, such as `20 %`
 * @param top how many figures to show
 */
export function sensitivityTable(
  { variant, figures, ratio, dense }: VariantSensitivity,
  titles: Titles,
  change: string,
  top: number,
): string {
  // At least a billionth, so that rounding draws no bars where nothing moves.
  const reach = Math.max(
    ratio * 1e-9,
    ...figures.flatMap(({ ratioAtLow, ratioAtHigh }) => [
      Math.abs(ratioAtLow - ratio),
      Math.abs(ratioAtHigh - ratio),
    ]),
  );
  const table = new Table({
    head: [
      'figure',
      `share of\n${dense.variant}`,
      `share of\n${variant}`,
      `ratio at\n-${change}`,
      `ratio at\n+${change}`,
      'swing',
      `${`░ -${change} `.padStart(sideLength)}│ █ +${change}`,
    ],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { figure, denseShare, sparseShare, ratioAtLow, ratioAtHigh, swing } of figures.slice(0, top)) {
    table.push([
      figure,
      formatPercent(denseShare),
      formatPercent(sparseShare),
      formatTimes(ratioAtLow),
      formatTimes(ratioAtHigh),
      formatFixed(swing, 4),
      bar((ratioAtLow - ratio) / reach, (ratioAtHigh - ratio) / reach),
    ]);
  }
  const hidden = figures.slice(top);
  return [
    `${titles.variant} against ${titles.dense}: ${formatTimes(ratio)}`,
    table.toString(),
    ...(hidden.length === 0 ? [] : [hiddenLine(hidden, figures.length)]),
  ].join('\n');
}

function hiddenLine(hidden: readonly FigureSensitivity[], all: number): string {
  // Rounded up, so that it is true of them.
  const most = Math.ceil(hidden[0].swing * 1e4) / 1e4;
  return (
    `  ${formatCount(hidden.length)} more ${hidden.length === 1 ? 'figure' : 'figures'} with a swing of at most ` +
    `${formatFixed(most, 4)}: --top ${all}, or sensitivity.csv`
  );
}

/** `1.708x`: a digit more than savings have, since figures move them little. */
export function formatTimes(ratio: number): string {
  return `${formatFixed(ratio, 3)}x`;
}

/** How far the ratio goes to the left and to the right of where it is, each -1 to 1 of the widest bar. */
function bar(atLow: number, atHigh: number): string {
  const left = Math.min(atLow, atHigh);
  const [before, after] = atLow <= atHigh ? ['░', '█'] : ['█', '░'];
  const lengthOf = (share: number): number => Math.round(Math.abs(share) * sideLength);
  return (
    before.repeat(lengthOf(Math.min(left, 0))).padStart(sideLength) +
    '│' +
    after.repeat(lengthOf(Math.max(atLow, atHigh, 0)))
  );
}
