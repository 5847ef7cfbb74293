import { stringify } from 'csv-stringify/sync';
import Table from 'cli-table3';
import { indexBytesOf, totalStoredBytes } from '../counts/layerCounts.js';
import type { StoredBytes } from '../counts/layerCounts.js';
import { formatCount, formatFixed, formatKib, formatRatio } from './format.js';

/** What one layer takes in one format, or why it cannot be stored so. */
export interface LayerStorageBytes {
  readonly layer: string;
  /** Whether taps are absent; layers without any are stored densely in every format. */
  readonly isSparse: boolean;
  readonly denseBytes: number;
  /** What the layer was stored in. */
  readonly format?: string;
  readonly bytes?: StoredBytes;
  readonly refusal?: string;
}

export interface SurveyedFormat {
  /** As asked for. */
  readonly format: string;
  readonly layers: readonly LayerStorageBytes[];
}

export interface SurveyedVariant {
  readonly variant: string;
  readonly formats: readonly SurveyedFormat[];
}

/** Bytes of every layer of every variant in every format. Plain data. */
export interface StorageSurvey {
  readonly scenario: string;
  readonly network: string;
  /** Of the weights. */
  readonly precision: string;
  readonly variants: readonly SurveyedVariant[];
}

/** Sums over a variant's sparse layers; undefined where the format cannot hold one of them. */
export interface StorageTotals {
  readonly bytes: StoredBytes;
  readonly totalBytes: number;
  readonly indexBytes: number;
  readonly denseBytes: number;
}

export function storageTotals({ layers }: SurveyedFormat): StorageTotals | undefined {
  const sparse = layers.filter(({ isSparse }) => isSparse);
  const sum = (part: (bytes: StoredBytes) => number): number =>
    sparse.reduce((total, { bytes }) => total + (bytes === undefined ? 0 : part(bytes)), 0);
  if (sparse.some(({ bytes }) => bytes === undefined)) return undefined;
  return {
    bytes: {
      value: sum(({ value }) => value),
      position: sum(({ position }) => position),
      pointer: sum(({ pointer }) => pointer),
      table: sum(({ table }) => table),
    },
    totalBytes: sum(totalStoredBytes),
    indexBytes: sum(indexBytesOf),
    denseBytes: sparse.reduce((total, { denseBytes }) => total + denseBytes, 0),
  };
}

/** `storage.csv`: one row per variant, format and layer. */
export function storageCsv(survey: StorageSurvey): string {
  const columns = [
    'scenario',
    'variant',
    'storage',
    'layer',
    'format',
    'weightBytes.value',
    'weightBytes.position',
    'weightBytes.pointer',
    'weightBytes.table',
    'weightBytes.total',
    'weightDenseBytes',
    'indexOverheadPercent',
    'compression',
    'refusal',
  ];
  const rows = survey.variants.flatMap(({ variant, formats }) =>
    formats.flatMap(({ format, layers }) =>
      layers.map(({ layer, format: stored, bytes, denseBytes, refusal }) => [
        survey.scenario,
        variant,
        format,
        layer,
        stored ?? '',
        ...(bytes === undefined
          ? ['', '', '', '', '']
          : [bytes.value, bytes.position, bytes.pointer, bytes.table, totalStoredBytes(bytes)]),
        denseBytes,
        bytes === undefined ? '' : percent(indexBytesOf(bytes), bytes.value),
        bytes === undefined ? '' : denseBytes / totalStoredBytes(bytes),
        refusal ?? '',
      ]),
    ),
  );
  return stringify(rows, { header: true, columns });
}

function percent(part: number, whole: number): number | '' {
  return whole === 0 ? '' : (100 * part) / whole;
}

/** The survey for people: bytes of each layer in each format, then each format's sums over the sparse layers. */
export function storageTable(survey: StorageSurvey): string {
  return survey.variants
    .map(
      (variant) =>
        `${survey.scenario}: ${survey.network}, ${variant.variant}, ${survey.precision} weights, each layer as one tile\n` +
        (hasSparseLayers(variant)
          ? `${layerTable(variant)}\n${formatTable(variant)}`
          : `  no layer leaves weights out: ${formatKib(denseBytesOf(variant))} KiB, dense in every format`),
    )
    .join('\n\n');
}

function hasSparseLayers({ formats }: SurveyedVariant): boolean {
  return formats.some(({ layers }) => layers.some(({ isSparse }) => isSparse));
}

function denseBytesOf({ formats }: SurveyedVariant): number {
  return formats[0]?.layers.reduce((sum, { denseBytes }) => sum + denseBytes, 0) ?? 0;
}

function layerTable({ formats }: SurveyedVariant): string {
  const table = new Table({
    head: ['KiB', ...formats.map(({ format }) => format)],
    colAligns: ['left', ...formats.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  formats[0]?.layers.forEach(({ layer }, index) => {
    table.push([
      layer,
      ...formats.map(({ layers }) => {
        const { bytes } = layers[index];
        return bytes === undefined ? '-' : formatKib(totalStoredBytes(bytes));
      }),
    ]);
  });
  return table.toString();
}

function formatTable({ formats }: SurveyedVariant): string {
  const totals = formats.map((each) => ({ name: each.format, of: storageTotals(each) }));
  const base = totals.find(({ name }) => name === 'periodic')?.of;
  const table = new Table({
    head: [
      'sparse layers',
      'values B',
      'positions B',
      'pointers B',
      'tables B',
      'total B',
      'index overhead',
      'dense / total',
      ...(base === undefined ? [] : ['total / periodic', 'index / periodic']),
    ],
    colAligns: ['left', ...Array.from({ length: 9 }, () => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, of } of totals) {
    if (of === undefined) {
      table.push([
        name,
        '-',
        '-',
        '-',
        '-',
        'cannot hold it',
        '',
        '',
        ...(base === undefined ? [] : ['', '']),
      ]);
      continue;
    }
    const { bytes, totalBytes, indexBytes, denseBytes } = of;
    table.push([
      name,
      formatCount(bytes.value),
      formatCount(bytes.position),
      formatCount(bytes.pointer),
      formatCount(bytes.table),
      formatCount(totalBytes),
      bytes.value === 0 ? '-' : `${overhead((100 * indexBytes) / bytes.value)} %`,
      totalBytes === 0 ? '-' : formatRatio(denseBytes / totalBytes),
      ...(base === undefined
        ? []
        : [formatRatio(totalBytes / base.totalBytes), ratio(indexBytes, base.indexBytes)]),
    ]);
  }
  return table.toString();
}

/** Two significant digits at least, for overheads of a few parts in a hundred thousand. */
function overhead(value: number): string {
  return value === 0 || value >= 1 ? formatFixed(value, 2) : value.toPrecision(2);
}

function ratio(index: number, periodic: number): string {
  return periodic === 0 ? '-' : formatRatio(index / periodic);
}
