import Table from 'cli-table3';
import type { Area } from '../energy/area.js';
import type { FigureSource } from '../energy/energyTable.js';
import { digitsFor, formatFixed, formatNoneOr, formatPercent } from './format.js';
import type { ScenarioResult, VariantResult } from './result.js';
import { variantTitle } from './variantTitle.js';

/** More variants than this stand in a table of their own. */
const mostAbreast = 6;

/**
 * Area of the chip by component (rows), variants side by side: mm^2, share of the chip, and the side of a PE in um; `-` where
 * the energy table does not say. Below, what is not in it and which families the figures are of.
 */
export function areaTable(result: Pick<ScenarioResult, 'variants'>): string {
  const { variants } = result;
  const tables: string[] = [];
  for (let first = 0; first < variants.length; first += mostAbreast) {
    tables.push(sideBySide(variants.slice(first, first + mostAbreast), result));
  }
  return ['area of the chip by component', ...tables, ...notesOf(variants.map(({ area }) => area))].join(
    '\n',
  );
}

function sideBySide(variants: readonly VariantResult[], result: Pick<ScenarioResult, 'variants'>): string {
  const digits = digitsFor(Math.max(...result.variants.map(({ area }) => area.totalMm2)), 3);
  const table = new Table({
    head: ['', ...variants.flatMap((each) => [[...variantTitle(each, result), 'mm2'].join('\n'), 'share'])],
    colAligns: ['left', ...variants.flatMap(() => ['right' as const, 'right' as const])],
    style: { head: [], border: [], compact: true },
  });
  const areas = variants.map(({ area }) => area);
  const cells = (mm2: number | null, { totalMm2 }: Area): string[] =>
    mm2 === null
      ? ['-', '-']
      : [formatNoneOr(mm2, digits), totalMm2 === 0 ? '-' : formatPercent(mm2 / totalMm2)];
  for (const { name, mm2 } of areaParts(areas)) {
    table.push([name, ...areas.flatMap((area) => cells(mm2(area), area))]);
  }
  // Nothing known adds up to nothing, which is no area.
  table.push(['total', ...areas.flatMap((area) => cells(area.totalMm2 === 0 ? null : area.totalMm2, area))]);
  table.push(['side of a PE, um', ...areas.flatMap(({ pePitchMm }) => [sideOf(pePitchMm), ''])]);
  return table.toString();
}

interface AreaPart {
  readonly name: string;
  /** null where the energy table does not say. */
  readonly mm2: (area: Area) => number | null;
}

function areaParts(areas: readonly Area[]): AreaPart[] {
  const buffers = [...new Set(areas.flatMap(({ componentsMm2 }) => Object.keys(componentsMm2.buffers)))];
  return [
    { name: partNames.mac, mm2: ({ componentsMm2 }) => componentsMm2.mac },
    { name: partNames.registerFiles, mm2: ({ componentsMm2 }) => componentsMm2.registerFiles },
    ...buffers.map((name): AreaPart => ({
      name,
      mm2: ({ componentsMm2 }) => componentsMm2.buffers[name] ?? null,
    })),
    { name: partNames.postProcessor, mm2: ({ componentsMm2 }) => componentsMm2.postProcessor },
    { name: partNames.decoder, mm2: ({ componentsMm2 }) => componentsMm2.decoder },
    { name: partNames.dma, mm2: ({ componentsMm2 }) => componentsMm2.dma },
  ];
}

const partNames: Readonly<Record<keyof Area['componentsMm2'], string>> = {
  mac: 'MAC',
  registerFiles: 'register files',
  buffers: 'buffers',
  postProcessor: 'post-processor',
  decoder: 'decoder',
  dma: 'DMA',
};

function sideOf(pePitchMm: number | null): string {
  return pePitchMm === null ? '-' : formatFixed(pePitchMm * 1000, 1);
}

function notesOf(areas: readonly Area[]): string[] {
  const isUnknown = areaParts(areas).some(({ mm2 }) => areas.some((area) => mm2(area) === null));
  const sources = [...new Set(areas.flatMap((area) => area.sources.map(sourceWords)))];
  return [
    '  not in it: wires between components, control, the pattern table, unused room; the DRAM is another chip',
    '  register files are as large as the accelerator says, else as the layers need',
    ...(isUnknown ? ['  -: the energy table does not say; left out of the total'] : []),
    ...(sources.length === 0 ? [] : [`  figures of: ${sources.join(', ')}`]),
  ];
}

function sourceWords({ component, family, scaledBy, technologyNm }: FigureSource): string {
  const name = isPartName(component) ? partNames[component] : component;
  const scaled = scaledBy === undefined ? '' : ` x${Number(scaledBy.toPrecision(4))} from ${technologyNm} nm`;
  return `${name} (${family}${scaled})`;
}

function isPartName(component: string): component is keyof typeof partNames {
  return Object.hasOwn(partNames, component);
}
