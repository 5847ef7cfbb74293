import Table from 'cli-table3';
import { formatCount, formatFixed, formatMicrojoules, formatPercent, formatRatio } from './format.js';
import { mismatchesOf } from './result.js';
import type { Savings, ScenarioResult, VariantResult } from './result.js';

/** A figure of which every dataflow and variant has one, and what of it was saved. */
interface Figure {
  readonly title: string;
  readonly value: (variant: VariantResult) => string;
  readonly saving?: keyof Savings;
}

const figures: readonly Figure[] = [
  { title: 'Cycles', value: ({ totals }) => formatCount(totals.cycles), saving: 'latency' },
  { title: 'Utilization', value: ({ totals }) => formatPercent(totals.utilization) },
  { title: 'Energy, uJ', value: ({ energy }) => formatMicrojoules(energy.totalPj), saving: 'energy' },
  { title: 'EDP, uJ*ms', value: ({ metrics }) => formatFixed(metrics.edpPjS / 1e3, 2), saving: 'edp' },
];

/**
 * Cycles, utilization, energy and EDP by dataflow (rows) and variant (columns): where leaving weights out pays.
 *
 * @returns undefined unless several dataflows, and several variants or storages, are compared
 */
export function dataflowMatrix({ variants }: ScenarioResult): string | undefined {
  const dataflows = [...new Set(variants.map(({ dataflow }) => dataflow))];
  const isCompared = variants.some(({ storage }) => storage !== variants[0].storage);
  const titleOf = ({ variant, storage }: VariantResult): string =>
    isCompared ? `${variant}\n${storage}` : variant;
  const columns = [...new Set(variants.map(titleOf))];
  if (dataflows.length < 2 || columns.length < 2) return undefined;

  const table = new Table({
    head: ['', ...columns],
    colAligns: ['left', ...columns.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const figure of figures) {
    table.push([{ content: figure.title, colSpan: columns.length + 1 }]);
    for (const dataflow of dataflows) {
      const row = columns.map((column) => {
        const found = variants.find((each) => each.dataflow === dataflow && titleOf(each) === column);
        return found === undefined ? '-' : cell(figure, found);
      });
      table.push([`  ${dataflow}`, ...row]);
    }
  }
  const hasSavings = variants.some(({ savings }) => savings !== undefined);
  return hasSavings
    ? `${table.toString()}\n  in brackets: how many times less than dense takes in the same dataflow`
    : table.toString();
}

/** What a matrix that stands alone leaves open: whether outputs are right, and where the rest is. */
export function matrixNotes({ reference, variants }: ScenarioResult): string[] {
  const rest = '  every other figure: summary.csv and layers.csv';
  if (reference === undefined) return [rest];
  const outputs = variants.reduce((sum, { check }) => sum + (check?.outputs ?? 0), 0);
  const mismatches = mismatchesOf({ variants });
  return [
    `  check against ${reference}: ${formatCount(outputs)} outputs compared, ${formatCount(mismatches)} mismatches`,
    rest,
  ];
}

function cell({ value, saving }: Figure, variant: VariantResult): string {
  const { savings } = variant;
  const ratio = saving === undefined || savings === undefined ? '' : ` (${formatRatio(savings[saving])})`;
  return `${value(variant)}${ratio}`;
}
