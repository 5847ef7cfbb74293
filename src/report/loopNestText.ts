import { objectiveText } from '../scenario/objective.js';
import Table from 'cli-table3';
import { largestOf } from '../dataflow/passLoops.js';
import type { LoopPart, LoopPlace } from '../dataflow/passLoops.js';
import { formatCount, formatFixed, formatPercent } from './format.js';
import type { LevelAccess } from './levelAccesses.js';
import type { HeldTile, LoopNest, NestLevel, NestLoop } from './loopNest.js';
import type { MappedCell, MappedLayer, MappedScenario } from './mappedScenario.js';
import { costText, gapText } from './mappingCost.js';

/** The mappings of a scenario for people: of each layer a loop nest, what each level does, and what the layer comes to. */
export function mappedScenarioText(mapped: MappedScenario): string {
  const { scenario, network, accelerator, objective, notes, cells } = mapped;
  return [
    `${scenario}: mappings of ${network} on ${accelerator} for least ${objectiveText(objective)}`,
    ...notes.map((note) => `note: ${note}`),
    ...cells.flatMap((cell) => cell.layers.map((layer) => `\n${layerText(mapped, cell, layer)}`)),
  ].join('\n');
}

function layerText({ objective }: MappedScenario, cell: MappedCell, mapped: MappedLayer): string {
  const { layer, shape, format, nest, accesses, summary, search, isPrescribed } = mapped;
  const { steps, cycles, energyPj, dramBytes, utilization, limits } = summary;
  const [limit, ...others] = limits;
  const stalls = others
    .filter(({ share }) => share >= 0.0005)
    .map(({ by, share }) => `${by} ${formatPercent(share)}`);
  return [
    `${layer} (${[cell.variant, format, nest.dataflow].filter(Boolean).join(', ')}): ${shape}`,
    nestText(nest),
    accessTable(accesses),
    `${formatCount(steps)} ${steps === 1 ? 'step' : 'steps'}, ${formatCount(cycles)} cycles, ` +
      `${formatFixed(energyPj / 1e6, 3)} uJ, ${formatCount(dramBytes)} B of DRAM` +
      (utilization === undefined ? '' : `; MAC units ${formatPercent(utilization)} busy`),
    `${objectiveText(objective)} ${costText(objective, summary.cost)}, ` +
      (isPrescribed
        ? 'prescribed'
        : search === undefined
          ? 'searched'
          : gapText(objective, summary.cost, search)),
    `limited by ${limit.by}, ${formatPercent(limit.share)} of the cycles` +
      (stalls.length === 0 ? '' : `; then ${stalls.join(', ')}`),
  ].join('\n');
}

/** The nest, each loop one step further in than the one around it; loops of one iteration are left out. */
export function nestText({ levels, pes }: LoopNest): string {
  let depth = 0;
  const loopLines = ({ name, loops }: NestLevel): string[] =>
    loops
      .filter(({ trips }) => trips > 1)
      .map(
        (each) =>
          `  ${'  '.repeat(depth++)}${loopText(each, units[name])}${each.remark ? `  # ${each.remark}` : ''}`,
      );
  const title = ({ name }: NestLevel): string =>
    name === 'array' && pes !== undefined
      ? `array: ${pes.used} of ${pes.rows} x ${pes.columns} PEs (${formatPercent(pes.used / (pes.rows * pes.columns))})`
      : name;
  return levels
    .flatMap((level) => [
      `  ${title(level)}`,
      ...(level.held ?? []).map((tile) => `  ${'  '.repeat(depth)}  ${heldText(tile)}`),
      ...loopLines(level).map((line) => `  ${line}`),
    ])
    .join('\n');
}

function heldText({ tensor, buffer, slots, slotBytes, capacityBytes, share, inPlace }: HeldTile): string {
  if (inPlace) return `${tensor} in place of its psum in ${buffer}`;
  return (
    `${tensor} ${slots} x ${formatCount(slotBytes)} B in ${buffer}, ` +
    `${formatPercent(share)} of ${formatCount(capacityBytes)} B`
  );
}

/** What the pieces of a loop over tiles or folds are called. */
const units: Readonly<Record<NestLevel['name'], string>> = {
  DRAM: 'tiles',
  buffers: '',
  array: 'folds',
  PE: '',
  'post-processor': '',
};

const places: Readonly<Record<LoopPlace, string>> = {
  time: '',
  rows: ' on rows',
  columns: ' on columns',
  array: ' on PEs',
  lanes: ' on lanes',
};

/** `for rows in 5 tiles of 7 (the last 4)`, `parallel-for filters in 16 on columns` */
function loopText({ over, place, parts }: NestLoop, unit: string): string {
  const isParallel = place !== 'time';
  const of = isParallel || unit === '' ? 'of' : `${unit} of`;
  return `${isParallel ? 'parallel-for' : 'for'} ${over} in ${partsText(parts, of)}${places[place]}`;
}

function partsText(parts: readonly LoopPart[], of: string): string {
  const total = parts.reduce((sum, { times }) => sum + times, 0);
  if (largestOf(parts) === 1) return formatCount(total);
  const [{ times, size }, second] = parts;
  if (parts.length === 1) return `${formatCount(times)} ${of} ${formatCount(size)}`;
  if (parts.length === 2 && second.times === 1 && second.size < size)
    return `${formatCount(total)} ${of} ${formatCount(size)} (the last ${formatCount(second.size)})`;
  const shown = parts
    .slice(0, mostParts)
    .map((part) => `${formatCount(part.times)} ${of} ${formatCount(part.size)}`);
  return `${formatCount(total)}: ${shown.join(', ')}${parts.length > shown.length ? ', ...' : ''}`;
}

/** More pieces of unlike sizes are not spelled out. */
const mostParts = 6;

function accessTable(accesses: readonly LevelAccess[]): string {
  const table = new Table({
    head: ['level', 'tensor', 'tile', 'B', 'filled', 'emptied', 'reads', 'writes', 'reuse'],
    colAligns: ['left', 'left', ...Array.from({ length: 7 }, () => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  const count = (value: number | undefined): string => (value === undefined ? '' : formatCount(value));
  let before = '';
  for (const { level, tensor, tileElements, tileBytes, fills, drains, reads, writes, reuse } of accesses) {
    table.push([
      level === before ? '' : level,
      tensor,
      ...[tileElements, tileBytes, fills, drains, reads, writes].map(count),
      reuse === undefined ? '' : formatFixed(reuse, 2),
    ]);
    before = level;
  }
  return table.toString();
}
