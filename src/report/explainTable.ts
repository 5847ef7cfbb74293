import Table from 'cli-table3';
import { cyclePartNames } from '../counts/cycleParts.js';
import type { CyclePartName } from '../counts/cycleParts.js';
import { tensors } from '../tensor/dataSpace.js';
import type { BufferedTraffic, Diagnosis } from './explainResult.js';
import { digitsFor, formatCount, formatFixed, formatKib, formatPercent } from './format.js';

/** A diagnosis and what stands above it. */
export interface DiagnosisColumn {
  readonly title: string;
  readonly diagnosis: Diagnosis;
}

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly value: (diagnosis: Diagnosis) => string;
}

/** What people call the parts of the cycles. */
export const cyclePartWords: Readonly<Record<CyclePartName, string>> = {
  ideal: 'array at its full rate',
  storedZeros: 'stored zeros',
  missingTaps: 'filters that lack the tap',
  unusedPes: 'PEs never in use',
  foldEdges: 'fill, drain and edges of folds',
  weightLoad: 'waiting for the weight port',
  decode: 'waiting for the decoder',
  ifmap: 'waiting for the ifmap port',
  psum: 'waiting for the psum port',
  drain: 'waiting for results to leave',
  firstLoads: 'DRAM, before the first pass',
  dramWait: 'DRAM, between passes',
  lastStores: 'DRAM, after the last pass',
};

/** Roofline, ports, cycles, traffic and energy of several diagnoses side by side. Rows that are 0 in all of them are left out. */
export function diagnosisTable(columns: readonly DiagnosisColumn[]): string {
  const all = columns.map(({ diagnosis }) => diagnosis);
  const table = new Table({
    head: ['', 'unit', ...columns.map(({ title }) => title)],
    colAligns: ['left', 'left', ...columns.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const [title, rows] of [
    ['Roofline', rooflineRows(all)],
    ['Ports of the buffers', portRows(all)],
    ['Cycles', cycleRows(all)],
    ['DRAM traffic', trafficRows(all)],
    ['Energy', energyRows(all)],
  ] as const) {
    table.push([{ content: title, colSpan: columns.length + 2 }]);
    for (const { name, unit, value } of rows) table.push([`  ${name}`, unit, ...all.map(value)]);
  }
  return table.toString();
}

const workWords = { MAC: 'effectual MACs', operation: 'operations of the post-processor' } as const;

function rooflineRows(all: readonly Diagnosis[]): Row[] {
  const units = (['MAC', 'operation'] as const).filter((unit) =>
    all.some(({ roofline }) => roofline.unit === unit),
  );
  const digits = digitsFor(Math.max(1, ...all.map(({ roofline }) => roofline.done)) / 1e6, 2);
  return [
    ...units.map((unit): Row => ({
      name: workWords[unit],
      unit: 'M',
      value: ({ roofline }) => (roofline.unit === unit ? formatFixed(roofline.done / 1e6, digits) : '-'),
    })),
    { name: 'intensity', unit: 'per B', value: ({ roofline }) => optional(roofline.intensity, 2) },
    {
      name: 'of a dense layer',
      unit: 'per B',
      value: ({ roofline }) => optional(roofline.denseIntensity, 2),
    },
    { name: 'ridge', unit: 'per B', value: ({ roofline }) => formatFixed(roofline.ridge, 2) },
    {
      name: 'below the roof of',
      unit: '',
      value: ({ roofline: { side, unit } }) =>
        side === 'memory' ? 'DRAM' : unit === 'MAC' ? 'array' : 'lanes',
    },
    { name: 'roof', unit: 'per cycle', value: ({ roofline }) => formatFixed(roofline.roofPerCycle, 2) },
    {
      name: 'attained',
      unit: 'per cycle',
      value: ({ roofline }) => formatFixed(roofline.attainedPerCycle, 2),
    },
    { name: 'of the roof', unit: '', value: ({ roofline }) => formatPercent(roofline.shareOfRoof) },
  ];
}

function portRows([{ roofline }]: readonly Diagnosis[]): Row[] {
  return roofline.ports.flatMap(({ buffer, bytesPerCycle, isShared }, index): Row[] => [
    {
      name: `${buffer}, asked for`,
      unit: 'B/cycle',
      value: ({ roofline: { ports } }) => {
        const { askedReadBytes, askedWriteBytes } = ports[index];
        return isShared
          ? formatFixed(askedReadBytes + askedWriteBytes, 2)
          : `${formatFixed(askedReadBytes, 2)} r, ${formatFixed(askedWriteBytes, 2)} w`;
      },
    },
    { name: '  offered', unit: 'B/cycle', value: () => String(bytesPerCycle) },
    {
      name: '  roof of its ports',
      unit: 'per cycle',
      value: ({ roofline: { ports } }) => optional(ports[index].roofPerCycle, 2),
    },
  ]);
}

function cycleRows(all: readonly Diagnosis[]): Row[] {
  const parts = cyclePartNames.filter((name) => all.some(({ cycleParts }) => cycleParts[name] !== 0));
  return [
    ...parts.map((name): Row => ({
      name: cyclePartWords[name],
      unit: '',
      value: ({ cycleParts, cycles }) => withShare(formatCount(cycleParts[name]), cycleParts[name], cycles),
    })),
    { name: 'total', unit: '', value: ({ cycles }) => formatCount(cycles) },
  ];
}

/** Less than this is shown as nothing. */
const shownBytes = 0.05 * 1024;

/** Bytes that are moved again, where the least is known. */
function movedAgain({ movedBytes, compulsoryBytes }: BufferedTraffic): number {
  return compulsoryBytes === null ? 0 : movedBytes - compulsoryBytes;
}

function trafficRows(all: readonly Diagnosis[]): Row[] {
  const moved = tensors.filter((tensor) => all.some(({ traffic }) => traffic[tensor].movedBytes > 0));
  const sum = ({ traffic }: Diagnosis, bytes: (each: BufferedTraffic) => number): number =>
    tensors.reduce((total, tensor) => total + bytes(traffic[tensor]), 0);
  return [
    ...moved.flatMap((tensor): Row[] => [
      { name: tensor, unit: 'KiB', value: ({ traffic }) => formatKib(traffic[tensor].movedBytes) },
      ...(all.some(({ traffic }) => movedAgain(traffic[tensor]) >= shownBytes)
        ? [
            {
              name: '  of these, moved again',
              unit: 'KiB',
              value: ({ traffic }: Diagnosis) => formatKib(movedAgain(traffic[tensor])),
            },
          ]
        : []),
    ]),
    {
      name: 'rest of bursts',
      unit: 'KiB',
      value: (each) => formatKib(sum(each, ({ burstBytes, movedBytes }) => burstBytes - movedBytes)),
    },
    { name: 'total', unit: 'KiB', value: (each) => formatKib(sum(each, ({ burstBytes }) => burstBytes)) },
    {
      name: 'at least, each byte once',
      unit: 'KiB',
      value: (each) =>
        formatKib(sum(each, ({ compulsoryBytes, movedBytes }) => compulsoryBytes ?? movedBytes)),
    },
  ];
}

/** Parts below this share of every column stand together. */
const smallShare = 0.01;

function energyRows(all: readonly Diagnosis[]): Row[] {
  const shareOf = (diagnosis: Diagnosis, name: string): number =>
    diagnosis.energyPj === 0 ? 0 : pjOf(diagnosis.byComponent, name) / diagnosis.energyPj;
  const names = all[0].byComponent.map(({ name }) => name);
  const large = names
    .filter((name) => all.some((each) => shareOf(each, name) >= smallShare))
    .sort((a, b) => shareOf(all[0], b) - shareOf(all[0], a));
  const digits = digitsFor(Math.max(1, ...all.map(({ energyPj }) => energyPj)) / 1e6, 2);
  const row = (name: string, pj: (diagnosis: Diagnosis) => number): Row => ({
    name,
    unit: 'uJ',
    value: (each) => withShare(formatFixed(pj(each) / 1e6, digits), pj(each), each.energyPj),
  });
  const rest = (each: Diagnosis): number =>
    each.byComponent.reduce((sum, { name, pj }) => (large.includes(name) ? sum : sum + pj), 0);
  return [
    ...large.map((name) => row(name, ({ byComponent }) => pjOf(byComponent, name))),
    ...(all.some((each) => rest(each) > 0) ? [row('other components', rest)] : []),
    { name: 'total', unit: 'uJ', value: ({ energyPj }) => formatFixed(energyPj / 1e6, digits) },
    row('at least, for the MACs', ({ compulsoryEnergy }) => compulsoryEnergy.macPj),
    row('at least, for each byte once', ({ compulsoryEnergy }) => compulsoryEnergy.dramPj),
    ...all[0].byTensor
      .filter(({ name }) => all.some(({ byTensor }) => pjOf(byTensor, name) > 0))
      .map(({ name }) =>
        row(name === 'none' ? 'of no tensor' : `for moving ${name}`, ({ byTensor }) => pjOf(byTensor, name)),
      ),
  ];
}

function pjOf(parts: Diagnosis['byComponent'], wanted: string): number {
  return parts.find(({ name }) => name === wanted)?.pj ?? 0;
}

function withShare(text: string, part: number, whole: number): string {
  return `${text} ${formatPercent(whole === 0 ? 0 : part / whole).padStart(7)}`;
}

function optional(value: number | null, digits: number): string {
  return value === null ? '-' : formatFixed(value, digits);
}
