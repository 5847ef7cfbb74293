import Table from 'cli-table3';
import { objectiveText } from '../scenario/objective.js';
import type { MappingObjective, ObjectiveName } from '../scenario/objective.js';
import type { ChangeOutcome, Explained, Figures } from './explainResult.js';
import { digitsFor, formatFixed, formatKib } from './format.js';

/** Gains below this are next to nothing, and not shown as help. */
const leastGain = 1.0005;

/** Further work whose gains stand in columns of their own. */
export interface GainColumn {
  readonly title: string;
  readonly changes: readonly ChangeOutcome[];
}

const words: Readonly<Record<ObjectiveName, string>> = {
  edp: 'EDP',
  energy: 'energy',
  latency: 'latency',
  'dram-traffic': 'DRAM traffic',
};

/** The objective in a sentence. */
export function objectiveWords(objective: MappingObjective): string {
  return typeof objective === 'string' ? words[objective] : `sum ${objectiveText(objective)}`;
}

/**
 * Changes that help some work or any of the further columns, in the order of their gain for the former, with what they make of it;
 * below them those that do not help.
 */
export function changesTable(
  title: string,
  { figures, changes }: Pick<Explained, 'figures' | 'changes'>,
  objective: MappingObjective,
  others: readonly GainColumn[] = [],
): string {
  const gainIn = ({ changes: own }: GainColumn, change: string): number =>
    own.find((each) => each.change === change)?.gain ?? 1;
  const isHelp = ({ change, gain }: ChangeOutcome): boolean =>
    gain >= leastGain || others.some((other) => gainIn(other, change) >= leastGain);
  const helping = changes.filter(isHelp);
  const rest = changes.filter((each) => !isHelp(each));
  const caveats = [...new Set(helping.flatMap((each) => each.caveats))];
  const goal = objectiveWords(objective);
  const lines = [
    helping.length === 0
      ? `${title}: none of ${changes.length} changes lowers the ${goal}`
      : `${title}: what lowers the ${goal}, and by how much`,
  ];
  if (helping.length > 0) {
    const table = new Table({
      head: [
        'one change',
        'gain',
        ...others.map((other) => `gain\n${other.title}`),
        'latency\nms',
        'energy\nuJ',
        'DRAM\nKiB',
        'area\nmm2',
      ],
      colAligns: ['left', 'right', ...others.map(() => 'right' as const), 'right', 'right', 'right', 'right'],
      style: { head: [], border: [], compact: true },
    });
    const all = [figures, ...helping.map(({ after }) => after)];
    const digitsOf = (unit: number, figure: (each: Figures) => number, least: number): number =>
      digitsFor(Math.max(1, ...all.map(figure)) / unit, least);
    const digits = {
      ms: digitsOf(1e9, ({ latencyPs }) => latencyPs, 3),
      uJ: digitsOf(1e6, ({ energyPj }) => energyPj, 2),
    };
    table.push(['as it is', '', ...others.map(() => ''), ...figureCells(figures, digits)]);
    for (const each of helping) {
      const marks = each.caveats.map((caveat) => ` [${caveats.indexOf(caveat) + 1}]`).join('');
      table.push([
        `${each.title}${marks}`,
        gainText(each.gain),
        ...others.map((other) => gainText(gainIn(other, each.change))),
        ...figureCells(each.after, digits),
      ]);
    }
    lines.push(table.toString(), ...caveats.map((caveat, index) => `  [${index + 1}] ${caveat}`));
  }
  if (rest.length > 0) {
    const told = rest.map(({ title: of, gain }) => `${of} (${gainText(gain)})`);
    lines.push('  no help:', ...told.map((each) => `    ${each}`));
  }
  return lines.join('\n');
}

function gainText(gain: number): string {
  return `${formatFixed(gain, 3)}x`;
}

function figureCells(
  { latencyPs, energyPj, dramBytes, areaMm2 }: Figures,
  digits: { readonly ms: number; readonly uJ: number },
): string[] {
  return [
    formatFixed(latencyPs / 1e9, digits.ms),
    formatFixed(energyPj / 1e6, digits.uJ),
    formatKib(dramBytes),
    areaMm2 === 0 ? '-' : formatFixed(areaMm2, 3),
  ];
}
