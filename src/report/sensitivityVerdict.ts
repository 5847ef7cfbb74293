import type { Titles, VariantSensitivity } from './sensitivityResult.js';
import { formatTimes } from './sensitivityTable.js';

/**
 * What the numbers come to, in words: whether the variant takes less than dense, and how far that depends on the figures.
 *
 * @param change what figures are changed by, such as `20 %`
 */
export function verdictOf(sensitivity: VariantSensitivity, titles: Titles, change: string): string[] {
  const { metric, ratio, anyOne, together } = sensitivity;
  const what = metric === 'edp' ? 'EDP' : 'energy';
  return [
    `${titles.variant} ${ratio > 1 ? 'saves' : 'does not save'} ${what} against ${titles.dense}, ${formatTimes(ratio)}; ` +
      `with any one figure off by ${change} it is ${formatTimes(anyOne.lowest)} to ${formatTimes(anyOne.highest)},`,
    `with all of them off by up to ${change} ${formatTimes(together.lowest)} at worst and ${formatTimes(together.highest)} at best.`,
    ratio > 1 ? holding(sensitivity, what, change) : failing(sensitivity, what),
  ];
}

function holding({ survives, breakEvenX }: VariantSensitivity, what: string, change: string): string {
  if (breakEvenX === null)
    return `It saves ${what} whatever the figures are: none of them weighs against it.`;
  // Rounded down, so that what is said to hold does.
  const tenths = Math.floor(breakEvenX * 1000);
  const limit =
    `It saves ${what} ` +
    (tenths === 0
      ? 'only while no figure is off by as much as 0.1 %'
      : `as long as no figure is off by more than ${tenths / 10} %`);
  if (survives.together) return `${limit}.`;
  return survives.anyOne
    ? `${limit}; any one alone may be off by ${change}.`
    : `${limit}; one that is off by ${change} can be enough to end it.`;
}

function failing({ together }: VariantSensitivity, what: string): string {
  return together.highest > 1 ? `At best it would save ${what}.` : `Not even at best does it save ${what}.`;
}
