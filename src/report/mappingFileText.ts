import { stringify } from 'yaml';
import { mappedTensors } from '../mapping/mapping.js';
import { loopNames } from '../mapping/problem.js';
import { objectiveText } from '../scenario/objective.js';
import type { MappingObjective } from '../scenario/objective.js';
import { formatCount, formatFixed } from './format.js';
import type { MappedCell, MappedLayer, MappedScenario } from './mappedScenario.js';
import { costText, gapText } from './mappingCost.js';

/**
 * The mappings of a scenario as a file of kind `mapping`, which gives them back as they are. Comments say what each costs.
 *
 * @param name of the mappings: letters, digits, ".", "_" and "-"
 */
export function mappingFileText(mapped: MappedScenario, name: string): string {
  const { scenario, network, accelerator, objective, batch, cells } = mapped;
  const variants = [...new Set(cells.map(({ variant }) => variant))];
  const images = batch === 1 ? '' : `, ${batch} images at a time`;
  const madeFor = {
    ...{ network, accelerator },
    ...(variants.length === 1 && { variant: variants[0] }),
    ...(typeof objective === 'string' && { objective }),
  };
  const sections =
    cells.length === 1
      ? ['layers:', ...layerLines(cells[0], objective, '  ')]
      : [
          'cells:',
          ...cells.flatMap((cell) => [
            `  - variant: ${scalar(cell.variant)}`,
            `    storage: ${scalar(cell.storage)}`,
            `    dataflow: ${scalar(cell.dataflow)}`,
            '    layers:',
            ...layerLines(cell, objective, '      '),
          ]),
        ];
  return `${[
    '# docs/mapping.md says what each key means.',
    'kind: mapping',
    `name: ${scalar(name)}`,
    `description: ${scalar(`Mappings of the scenario ${scenario} for least ${objectiveText(objective)}${images}`)}`,
    `madeFor: ${flow(madeFor)}`,
    ...sections,
  ].join('\n')}\n`;
}

function layerLines({ layers }: MappedCell, objective: MappingObjective, indent: string): string[] {
  return layers.flatMap((each) => [
    `${indent}${scalar(each.layer)}:`,
    `${indent}  # ${commentOf(each, objective)}`,
    ...mappingLines(each).map((line) => `${indent}  ${line}`),
  ]);
}

function commentOf({ summary, search, isPrescribed }: MappedLayer, objective: MappingObjective): string {
  const { steps, cycles, energyPj, dramBytes, cost } = summary;
  return [
    `${objectiveText(objective)} ${costText(objective, cost)}`,
    ...(isPrescribed ? ['prescribed'] : search === undefined ? [] : [gapText(objective, cost, search)]),
    `${formatCount(steps)} steps, ${formatCount(cycles)} cycles, ${formatFixed(energyPj / 1e6, 3)} uJ, ${formatCount(dramBytes)} B of DRAM`,
  ].join('; ');
}

/** One key a line. */
function mappingLines({ mapping, hasPeriod }: MappedLayer): string[] {
  const { dataflow, tile, order, phasesPerGroup, buffering, rowStationary } = mapping;
  const slots = mappedTensors.flatMap((tensor) => {
    const kind = buffering?.[tensor];
    return kind === undefined ? [] : [[tensor, kind] as const];
  });
  return [
    ...(dataflow === undefined ? [] : [`dataflow: ${scalar(dataflow)}`]),
    `tile: ${flow(Object.fromEntries(loopNames.map((loop) => [loop, tile[loop]])))}`,
    `order: ${order.join(' ')}`,
    ...(hasPeriod ? [`phasesPerGroup: ${phasesPerGroup}`] : []),
    ...(slots.length === 0 ? [] : [`buffering: ${flow(Object.fromEntries(slots))}`]),
    ...(rowStationary === undefined
      ? []
      : [`peSets: ${flow(Object.fromEntries(peSetNames.map((name) => [name, rowStationary[name]])))}`]),
  ];
}

const peSetNames = ['e', 'p', 'q', 'r', 't'] as const;

function flow(entries: Readonly<Record<string, string | number>>): string {
  const parts = Object.entries(entries).map(([key, value]) => `${key}: ${scalar(value)}`);
  return `{ ${parts.join(', ')} }`;
}

/** A key or value as YAML writes it, in quotes where it needs them, within braces too. */
function scalar(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return /[,[\]{}]/.test(value) ? JSON.stringify(value) : stringify(value, { lineWidth: 0 }).trimEnd();
}
