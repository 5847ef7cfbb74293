import type { AssignedLayer } from './assign.js';
import { nonZeroTaps } from './supports.js';
import type { PruneRule, SupportRule } from './variant.js';

/** For each rule that follows from weights or prunes at random: what it keeps, beside what it was asked to keep. */
export function rulesInWords(assigned: readonly AssignedLayer[]): string[] {
  return [...new Set(assigned.map(({ rule }) => rule))].flatMap((rule) => {
    const words = ruleInWords(rule);
    if (words === undefined) return [];
    const ruled = assigned.filter((each) => each.rule === rule);
    const total = sum(ruled.map(weightsIn));
    const kept = sum(ruled.map(({ supports }) => nonZeroTaps(supports)));
    const asked = sum(ruled.map((each) => each.asked ?? 0));
    const layers = ruled.length === 1 ? `of ${ruled[0].layer.name}` : `of ${ruled.length} layers`;
    const wanted = ruled[0].asked === undefined ? '' : `, asked for ${percent(asked / total)}`;
    return [`${words} keeps ${percent(kept / total)} of the weights ${layers}${wanted}${more(rule, ruled)}`];
  });
}

function ruleInWords(rule: SupportRule): string | undefined {
  switch (rule.kind) {
    case 'prune':
      return `pruning of ${unitInWords(rule)} ${byInWords(rule.by)}`;
    case 'n-of-m':
      return `${rule.n} of ${rule.m} along the channels ${byInWords(rule.by)}`;
    case 'as-given':
      return 'taking what is not zero in the given weights';
    case 'best-patterns':
      return `the choice of at most ${rule.count} patterns of ${rule.taps} ${rule.taps === 1 ? 'tap' : 'taps'} per layer`;
    default:
      return undefined;
  }
}

function unitInWords({ unit }: PruneRule): string {
  return typeof unit === 'string'
    ? `${unit}s`
    : `blocks of ${unit.filters} filters x ${unit.channels} channels`;
}

function byInWords(by: PruneRule['by']): string {
  return by === 'random' ? 'at random' : 'by magnitude';
}

function more(rule: SupportRule, ruled: readonly AssignedLayer[]): string {
  if (rule.kind === 'best-patterns') {
    const [height, width] = rule.kernel;
    const hasCentre = height % 2 === 1 && width % 2 === 1;
    return rule.keepCentre && !hasCentre
      ? `; kernels of ${height}x${width} have no middle tap to be kept`
      : '';
  }
  if (rule.kind !== 'prune' || rule.scope === 'layer' || ruled.length === 1) return '';
  const densities = ruled.map((each) => nonZeroTaps(each.supports) / weightsIn(each));
  return `; from ${percent(Math.min(...densities))} to ${percent(Math.max(...densities))} in one layer`;
}

function weightsIn({ supports: { filters, channels, taps } }: AssignedLayer): number {
  return filters * channels * taps;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
