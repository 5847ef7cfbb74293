import { objectiveText } from '../scenario/objective.js';
import { displayPath } from '../document/userError.js';
import { layersToRun } from './layersToRun.js';
import type { CellPlan } from './plan.js';
import { prescribedFor } from './prescribed.js';
import type { Scenario } from './scenario.js';

/** What a reader must know of a scenario's mapping file: what it was not made for, and which layers it leaves to the search. */
export function mappingFileNotes(scenario: Scenario): string[] {
  const { mappingFile: file, network, accelerator, cells, settings } = scenario;
  if (file === undefined) return [];
  const title = `mapping file ${file.name} (${displayPath(file.file)})`;
  const { madeFor } = file;
  const variants = [...new Set(cells.map(({ variant }) => variant.name))];
  const unlike = (what: string, made: string | undefined, own: readonly string[]): string[] =>
    made === undefined || own.includes(made) ? [] : [`the ${what} ${made}, not ${own.join(' or ')}`];
  const others = [
    ...unlike('network', madeFor.network, [network.name]),
    ...unlike('accelerator', madeFor.accelerator, [accelerator.name]),
    ...unlike('variant', madeFor.variant, variants),
    ...unlike('objective', madeFor.objective, [objectiveText(settings.objective)]),
  ];
  const run = layersToRun(scenario, network).map(({ name }) => name);
  const left = run.filter((name) => cells.some((cell) => prescribedFor(scenario, cell, name) === undefined));
  return [
    ...(others.length === 0 ? [] : [`${title} was made for ${others.join('; for ')}`]),
    ...(left.length === 0
      ? [`${title} maps all layers`]
      : [
          `${title} does not map all layers; mapped automatically, in some cells at least: ${left.join(', ')}`,
        ]),
  ];
}

/** What a prescribed mapping of a cell says that does not matter there. */
export function idlePhaseNotes(scenario: Scenario, plan: CellPlan): string[] {
  const idle = plan.layers.filter(({ layer, estimate }) => {
    const spec = prescribedFor(scenario, plan, layer.name)?.spec;
    const asked = spec !== undefined && 'tile' in spec ? spec.phasesPerGroup : undefined;
    return asked !== undefined && asked !== estimate.schedule.mapping.phasesPerGroup;
  });
  if (idle.length === 0) return [];
  const names = idle.map(({ layer }) => layer.name).join(', ');
  return [`phasesPerGroup is prescribed and does not matter here, where no phases can be grouped: ${names}`];
}
