import { z } from 'zod';
import { quote } from '../../document/describeValue.js';
import { parseDocument } from '../../document/document.js';
import type { YamlPath } from '../../document/document.js';
import { actionKey, actionName, argumentsSchema, describeAction } from './action.js';
import type { ActionArguments } from './action.js';
import { componentName, nonNegative, once, readSection, versionSchema } from './section.js';

export interface ActionEnergy {
  readonly name: string;
  readonly arguments: ActionArguments;
  /** Of one action of one instance. */
  readonly energyPj: number;
}

export interface ComponentEnergies {
  /** With the ranges of its instances, such as `system.PE[0..167].mac`. */
  readonly name: string;
  readonly actions: readonly ActionEnergy[];
}

/** Accelergy's `ERT.yaml`: what every action of every component takes. */
export interface EnergyReferenceTable {
  readonly version: string;
  readonly tables: readonly ComponentEnergies[];
}

const costKeys = {
  arguments: argumentsSchema,
  // Accelergy estimates joules, and writes them times 1e12.
  energy: nonNegative('non-negative energy in pJ'),
};
const cost = z.object(costKeys);

const schema = z.object({
  ERT: z.object({
    version: versionSchema,
    tables: z.union([
      z.array(
        z.object({ name: componentName, actions: z.array(z.object({ name: actionName, ...costKeys })) }),
      ),
      // Accelergy 0.2: components, and in them actions, by name.
      z.record(componentName, z.record(actionName, z.union([z.array(cost), cost]))),
    ]),
  }),
});
type Tables = z.infer<typeof schema>['ERT']['tables'];

/** An action's cost, and where its file says so. */
interface Row extends ActionEnergy {
  readonly path: YamlPath;
}

interface Table {
  readonly name: string;
  readonly path: YamlPath;
  readonly rows: readonly Row[];
}

/**
 * Reads an energy reference table of Accelergy 0.2 (components by name), 0.3 or 0.4 (a list of them). Energies are in pJ.
 *
 * @throws UserError at what is no energy table, a missing or negative energy, or a repeated component or action
 */
export async function readErt(path: string): Promise<EnergyReferenceTable> {
  const document = await readSection(path, 'ERT');
  const { ERT } = parseDocument(document, schema);
  const component = once(document);
  const action = once(document);
  return {
    version: ERT.version,
    tables: tablesOf(ERT.tables).map(({ name, path, rows }) => {
      component(name, quote(name), path);
      return {
        name,
        actions: rows.map(({ name: actionName, arguments: given, energyPj, path }) => {
          action(name + actionKey(actionName, given), describeAction(actionName, given), path);
          return { name: actionName, arguments: given, energyPj };
        }),
      };
    }),
  };
}

function tablesOf(tables: Tables): Table[] {
  const top = ['ERT', 'tables'];
  if (Array.isArray(tables)) {
    return tables.map(({ name, actions }, index) => ({
      name,
      path: [...top, index, 'name'],
      rows: actions.map(({ name, arguments: given, energy }, row) => ({
        name,
        arguments: given,
        energyPj: energy,
        path: [...top, index, 'actions', row, 'name'],
      })),
    }));
  }
  return Object.entries(tables).map(([name, actions]) => ({
    name,
    path: [...top, name],
    rows: Object.entries(actions).flatMap(([action, costs]) =>
      (Array.isArray(costs) ? costs : [costs]).map(({ arguments: given, energy }, row) => ({
        name: action,
        arguments: given,
        energyPj: energy,
        path: [...top, name, action, row],
      })),
    ),
  }));
}
