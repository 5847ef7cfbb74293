import type { LayerCounts } from '../../counts/layerCounts.js';
import { largestRegisterFiles } from '../../counts/largestRegisterFiles.js';
import type { Charge } from '../charge.js';
import { chargesOf } from '../evaluate.js';
import type { EnergyModel } from '../evaluate.js';
import type { ActionArguments } from './action.js';
import { actionKey } from './action.js';
import type { ActionCounts } from './actionCounts.js';
import type { AreaReferenceTable } from './areaReferenceTable.js';
import type { EnergyReferenceTable } from './energyReferenceTable.js';
import { energyEstimation, evaluateCounts } from './evaluateCounts.js';
import type { EnergyEstimation } from './evaluateCounts.js';
import { machineComponents } from './machineComponents.js';
import type { MachineComponent } from './machineComponents.js';
import { newestVersion } from './section.js';
import { writeActionCounts, writeArt, writeEnergyEstimation, writeErt } from './write.js';

/** What Accelergy has of a design and of what ran on it. */
export interface AccelergyExport {
  readonly ert: EnergyReferenceTable;
  readonly art: AreaReferenceTable;
  readonly counts: ActionCounts;
  readonly estimation: EnergyEstimation;
}

/**
 * What a machine costs and what it did in some layers, as Accelergy's reference tables and action counts: what these come to is the
 * layers' energy.
 *
 * Actions are those that layers are charged for, counted over all instances and layers. Leakage is the action `leak` of each component,
 * once for each of its instances in each cycle of the core's clock. Where an action has several prices (register files that are of
 * another size in each layer, kinds of layers, states of the DRAM) its rows have `arguments` that tell them apart.
 *
 * @throws UserError at a buffer that has the name of another component
 */
export function exportMachine(layers: readonly LayerCounts[], model: EnergyModel): AccelergyExport {
  const largest = model.pricesFor({ registerEntries: largestRegisterFiles(layers) });
  const components = machineComponents(model.accelerator, largest);
  const rows = new Map(components.map(({ name }) => [name, new Map<string, Row>()]));
  const named = new Map(components.map((component) => [component.name, component]));
  for (const layer of layers) {
    for (const charge of chargesOf(layer, model)) {
      const { name } = charge.component;
      const component = named.get(name);
      const known = rows.get(name);
      if (component === undefined || known === undefined)
        throw new Error(`no component ${name} in the export`);
      addRow(known, rowOf(charge, component, model.accelerator.periodPs));
    }
  }
  const tables = components.map(({ name, fullName }) => ({
    name: fullName,
    rows: distinguished([...(rows.get(name)?.values() ?? [])]),
  }));
  const version = newestVersion;
  const ert: EnergyReferenceTable = {
    version,
    tables: tables.map(({ name, rows }) => ({
      name,
      actions: rows.map(({ name, arguments: given, energyPj }) => ({ name, arguments: given, energyPj })),
    })),
  };
  const counts: ActionCounts = {
    version,
    components: tables.map(({ name, rows }) => ({
      name,
      actions: rows.map(({ name, arguments: given, count }) => ({ name, arguments: given, count })),
    })),
  };
  const art: AreaReferenceTable = {
    version,
    tables: components.flatMap(({ fullName, areaUm2 }) =>
      areaUm2 === undefined ? [] : [{ name: fullName, areaUm2 }],
    ),
  };
  return { ert, art, counts, estimation: energyEstimation(evaluateCounts(ert, counts)) };
}

/** The texts of an export, by the names that Accelergy gives its files. */
export function accelergyFiles({
  ert,
  art,
  counts,
  estimation,
}: AccelergyExport): Readonly<Record<string, string>> {
  return {
    'ERT.yaml': writeErt(ert),
    'ART.yaml': writeArt(art),
    'action_counts.yaml': writeActionCounts(counts),
    'energy_estimation.yaml': writeEnergyEstimation(estimation),
  };
}

/** One price of one action, and how often it was paid. */
interface Row {
  readonly name: string;
  readonly arguments: ActionArguments;
  readonly energyPj: number;
  readonly count: number;
}

function rowOf(
  { component, action: name, arguments: given = {}, pj, count }: Charge,
  { instances }: MachineComponent,
  periodPs: number,
): Row {
  if (component.part !== 'leakage') return { name, arguments: given, energyPj: pj, count };
  // Charged by the picosecond, for all instances together.
  return {
    ...{ name, arguments: given },
    energyPj: (pj * periodPs) / instances,
    count: (count / periodPs) * instances,
  };
}

function addRow(rows: Map<string, Row>, row: Row): void {
  const key = actionKey(row.name, row.arguments);
  const before = rows.get(key);
  if (before !== undefined && before.energyPj !== row.energyPj) {
    throw new Error(`${row.name} costs ${before.energyPj} pJ and ${row.energyPj} pJ: what tells them apart?`);
  }
  rows.set(key, { ...row, count: row.count + (before?.count ?? 0) });
}

/** Rows of an action that has one price become one, without arguments. */
function distinguished(rows: readonly Row[]): Row[] {
  const done: Row[] = [];
  for (const name of new Set(rows.map((row) => row.name))) {
    const own = rows.filter((row) => row.name === name);
    const [first] = own;
    if (own.some(({ energyPj }) => energyPj !== first.energyPj)) done.push(...own);
    else done.push({ ...first, arguments: {}, count: own.reduce((sum, { count }) => sum + count, 0) });
  }
  return done;
}
