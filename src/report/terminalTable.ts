import Table from 'cli-table3';
import { indexBytesOf, totalStoredBytes } from '../counts/layerCounts.js';
import type { Energy } from '../energy/layerEnergy.js';
import { tensors } from '../tensor/dataSpace.js';
import { planar } from '../storage/featureMapLayout.js';
import { dataflowMatrix, matrixNotes } from './dataflowMatrix.js';
import {
  formatCount,
  formatFixed,
  formatKib,
  formatMicrojoules,
  formatPercent,
  formatRatio,
} from './format.js';
import { dramBehaviourLines } from './dramBehaviourLines.js';
import { componentParts, dramPart } from './energyParts.js';
import type { Line } from './line.js';
import type { ScenarioResult, VariantResult } from './result.js';
import { variantTitle } from './variantTitle.js';

/** Of more columns than this, the matrix of dataflows alone is shown where there is one. */
const mostColumnsBesideMatrix = 8;

/**
 * The result for people: dataflows by variants where several of both are compared, variants side by side, then what they
 * must know to read it.
 */
export function terminalTable(result: ScenarioResult): string {
  const matrix = dataflowMatrix(result);
  const isShown = matrix === undefined || result.variants.length <= mostColumnsBesideMatrix;
  return [
    heading(result),
    ...(matrix === undefined ? [] : [matrix]),
    ...(isShown ? [sideBySide(result)] : matrixNotes(result)),
    ...noteLines(result),
  ].join('\n');
}

function sideBySide(result: ScenarioResult): string {
  const table = new Table({
    head: ['', 'unit', ...result.variants.map((each) => variantTitle(each, result).join('\n'))],
    colAligns: ['left', 'left', ...result.variants.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const section of sections(result)) {
    table.push([{ content: section.title, colSpan: result.variants.length + 2 }]);
    for (const { name, unit, value } of section.lines) {
      table.push([`  ${name}`, unit, ...result.variants.map(value)]);
    }
  }
  return table.toString();
}

const executionWords = {
  tile: '',
  register: 'register by register; ',
  estimate: 'estimated, nothing was computed; ',
};

function heading({
  network,
  accelerator,
  precision,
  layout,
  images,
  batch,
  execution,
  scenario,
  variants,
}: ScenarioResult): string {
  const storages = new Set(variants.map(({ storage }) => storage));
  const { name, rows, columns, clockHz, technologyNm } = accelerator;
  const dataflows = new Set(variants.flatMap(({ usedDataflows }) => usedDataflows));
  // Layers without MACs need none.
  const array = [`${rows}x${columns} PEs`, ...(dataflows.size > 0 ? [[...dataflows].join(' / ')] : [])];
  const operands =
    precision.ifmap === precision.weight
      ? precision.ifmap
      : `ifmap ${precision.ifmap}, weight ${precision.weight}`;
  return (
    `${scenario}: ${network.name} on ${name} (${array.join(', ')}, ` +
    `${formatFixed(clockHz / 1e6, 0)} MHz, ${technologyNm} nm), ${operands}${storages.size === 1 ? `, storage ${[...storages].join('')}` : ''}` +
    `${layout === planar.name ? '' : `, feature maps as ${layout}`}; ` +
    `${executionWords[execution]}${batch === 1 ? 'figures are for one image' : `batch ${batch}, counts are of one batch`}${images === batch || images === 0 ? '' : `, ${images} images were run`}`
  );
}

function sections(result: ScenarioResult): ReadonlyArray<{ title: string; lines: readonly Line[] }> {
  const all: Array<{ title: string; lines: readonly Line[] }> = [
    { title: 'Work', lines: workLines },
    { title: 'DRAM traffic', lines: dramLines },
    ...(result.variants.some(({ totals }) => totals.dramBehaviour !== undefined)
      ? [{ title: 'DRAM behaviour', lines: dramBehaviourLines }]
      : []),
    { title: 'Time', lines: timeLines },
    { title: 'Energy', lines: energyLines(result) },
    { title: 'Power and area', lines: powerLines },
  ];
  if (result.variants.some(({ savings }) => savings !== undefined)) {
    all.push({ title: 'Savings against dense', lines: savingLines });
  }
  if (result.reference !== undefined)
    all.push({ title: `Check against ${result.reference}`, lines: checkLines });
  if (result.variants.some(({ accuracy }) => accuracy !== undefined)) {
    all.push({ title: 'Top-1 accuracy', lines: accuracyLines(result) });
  }
  return all;
}

const workLines: readonly Line[] = [
  { name: 'parameters', unit: '', value: ({ totals }) => formatCount(totals.parameters) },
  {
    name: 'weights in DRAM',
    unit: 'KiB',
    value: ({ totals }) => formatKib(totalStoredBytes(totals.weightBytes)),
  },
  {
    name: 'of these, index',
    unit: 'B',
    value: ({ totals }) => formatCount(indexBytesOf(totals.weightBytes)),
  },
  { name: 'effectual MACs', unit: 'M', value: ({ totals }) => formatFixed(totals.macs.effectual / 1e6, 2) },
];

const dramLines: readonly Line[] = [
  ...tensors.map((tensor): Line => ({
    name: tensor,
    unit: 'KiB',
    value: ({ totals }) => formatKib(totals.dramBytes[tensor]),
  })),
  { name: 'total', unit: 'KiB', value: ({ totals }) => formatKib(totals.dramBytes.total) },
];

const timeLines: readonly Line[] = [
  { name: 'cycles', unit: '', value: ({ totals }) => formatCount(totals.cycles) },
  { name: 'of these, computing', unit: '', value: ({ totals }) => formatCount(totals.computeCycles) },
  { name: 'latency', unit: 'ms', value: ({ totals }) => formatFixed(totals.latencyPs / 1e9, 3) },
  { name: 'utilization', unit: '', value: ({ totals }) => formatPercent(totals.utilization) },
  {
    name: 'stalled on decoding',
    unit: '',
    value: ({ totals }) => formatPercent(totals.cycles === 0 ? 0 : totals.stallCycles.decode / totals.cycles),
  },
  {
    name: 'stalled on DRAM',
    unit: '',
    value: ({ totals }) => formatPercent(totals.cycles === 0 ? 0 : totals.stallCycles.dram / totals.cycles),
  },
];

const dramPartNames = [
  ['activates', 'activate'],
  ['reads', 'read'],
  ['writes', 'write'],
  ['refreshes', 'refresh'],
  ['background', 'background'],
] as const;

function energyLines({ variants }: ScenarioResult): Line[] {
  const line = (name: string, pj: (energy: Energy) => number): Line => ({
    name,
    unit: 'uJ',
    value: ({ energy }) => formatMicrojoules(pj(energy)),
  });
  const dramParts = variants.some(({ energy }) => energy.componentsPj.dramParts !== undefined)
    ? dramPartNames.map(([name, part]) =>
        line(`of DRAM, ${name}`, ({ componentsPj }) => componentsPj.dramParts?.[part] ?? 0),
      )
    : [];
  return [
    ...componentParts(variants.map(({ energy }) => energy)).flatMap((part) => [
      line(part.name, part.pj),
      ...(part === dramPart ? dramParts : []),
    ]),
    line('total', ({ totalPj }) => totalPj),
    { name: 'EDP', unit: 'uJ*ms', value: ({ metrics }) => formatFixed(metrics.edpPjS / 1e3, 2) },
    {
      name: 'efficiency',
      unit: 'TOPS/W',
      value: ({ metrics }) => orDash(metrics.topsPerWatt, 3),
    },
  ];
}

function orDash(figure: number | null, digits: number): string {
  return figure === null ? '-' : formatFixed(figure, digits);
}

const powerLines: readonly Line[] = [
  { name: 'average', unit: 'mW', value: ({ metrics }) => orDash(metrics.averagePowerMw, 1) },
  { name: 'chip without DRAM', unit: 'mW', value: ({ metrics }) => orDash(metrics.chipPowerMw, 1) },
  {
    name: 'chip, most of a pass',
    unit: 'mW',
    value: ({ peakChipPowerMw }) => formatFixed(peakChipPowerMw, 1),
  },
  {
    name: 'area of the chip',
    unit: 'mm2',
    value: ({ area }) => orDash(area.totalMm2 === 0 ? null : area.totalMm2, 3),
  },
];

const savingNames = [
  ['parameters', 'parameters'],
  ['weights in DRAM', 'weightBytes'],
  ['DRAM traffic', 'dramBytes'],
  ['effectual MACs', 'effectualMacs'],
  ['latency', 'latency'],
  ['energy', 'energy'],
  ['EDP', 'edp'],
] as const;

const savingLines: readonly Line[] = savingNames.map(([name, key]) => ({
  name,
  unit: '',
  value: ({ savings }) => (savings === undefined ? '-' : formatRatio(savings[key])),
}));

const checkLines: readonly Line[] = [
  { name: 'layers', unit: '', value: ({ check }) => formatCount(check?.layers ?? 0) },
  { name: 'outputs compared', unit: '', value: ({ check }) => formatCount(check?.outputs ?? 0) },
  { name: 'mismatches', unit: '', value: ({ check }) => formatCount(check?.mismatches ?? 0) },
  {
    name: 'mismatches end to end',
    unit: '',
    value: ({ check }) => (check?.endToEnd === undefined ? '-' : formatCount(check.endToEnd.mismatches)),
  },
];

function accuracyLines({ reference }: ScenarioResult): Line[] {
  const share = (count: number | undefined, images: number | undefined): string =>
    count === undefined || images === undefined
      ? '-'
      : `${count}/${images} (${formatPercent(count / images)})`;
  return [
    { name: 'machine', unit: '', value: ({ accuracy }) => share(accuracy?.machineTop1, accuracy?.images) },
    ...(reference === undefined
      ? []
      : [
          {
            name: 'integer reference',
            unit: '',
            value: ({ accuracy }: VariantResult) => share(accuracy?.reference?.top1, accuracy?.images),
          },
          {
            name: 'same class, image by image',
            unit: '',
            value: ({ accuracy }: VariantResult) => share(accuracy?.reference?.agreeing, accuracy?.images),
          },
        ]),
    { name: 'float32', unit: '', value: ({ accuracy }) => share(accuracy?.float32Top1, accuracy?.images) },
  ];
}

/** Notes that all variants share are said once. */
function noteLines({ notes, variants }: ScenarioResult): string[] {
  const shared = (variants[0]?.notes ?? []).filter((note) =>
    variants.every((each) => each.notes.includes(note)),
  );
  const own = [
    ...new Set(
      variants.flatMap(({ variant, notes: each }) =>
        each.filter((note) => !shared.includes(note)).map((note) => `${variant}: ${note}`),
      ),
    ),
  ];
  return [...shared, ...own, ...notes].map((note) => `  ${note}`);
}
