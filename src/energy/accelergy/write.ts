import { Document } from 'yaml';
import type { ScalarTag } from 'yaml';
import type { ActionArguments } from './action.js';
import type { ActionCounts } from './actionCounts.js';
import type { AreaReferenceTable } from './areaReferenceTable.js';
import type { EnergyEstimation } from './evaluateCounts.js';
import type { EnergyReferenceTable } from './energyReferenceTable.js';

/** The text of an `ERT.yaml`. Equal tables give equal texts; every number keeps all its digits. */
export function writeErt({ version, tables }: EnergyReferenceTable): string {
  return yamlText({
    ERT: {
      version,
      tables: tables.map(({ name, actions }) => ({
        name,
        actions: actions.map(({ name, arguments: given, energyPj }) => ({
          name,
          // Accelergy wants the key, be there any arguments or not.
          arguments: given,
          energy: energyPj,
        })),
      })),
    },
  });
}

/** The text of an `ART.yaml`. */
export function writeArt({ version, tables }: AreaReferenceTable): string {
  return yamlText({
    ART: { version, tables: tables.map(({ name, areaUm2 }) => ({ name, area: areaUm2 })) },
  });
}

/** The text of an `action_counts.yaml`: one list of components by their full names. */
export function writeActionCounts({ version, components }: ActionCounts): string {
  return yamlText({
    action_counts: {
      version,
      local: components.map(({ name, actions }) => ({
        name,
        action_counts: actions.map(({ name, arguments: given, count }) => ({
          name,
          ...givenArguments(given),
          counts: count,
        })),
      })),
    },
  });
}

/** The text of an `energy_estimation.yaml`. */
export function writeEnergyEstimation({ version, components, totalPj }: EnergyEstimation): string {
  return yamlText({
    energy_estimation: {
      version,
      components: components.map(({ name, energyPj }) => ({ name, energy: energyPj })),
      Total: totalPj,
    },
  });
}

/** Accelergy matches no count against an empty mapping of arguments. */
function givenArguments(given: ActionArguments): { arguments?: ActionArguments } {
  return Object.keys(given).length === 0 ? {} : { arguments: given };
}

/** YAML 1.1, which PyYAML reads, takes `1e-9` for a text: it wants a point before the exponent. */
const plainNumber: ScalarTag = {
  identify: (value) => typeof value === 'number',
  default: true,
  tag: 'tag:yaml.org,2002:float',
  // Matches nothing: it is there because tags that read texts go before others, in writing too.
  test: /(?!)/,
  resolve: Number,
  stringify: ({ value }) => {
    const digits = String(value);
    return digits.includes('.') ? digits : digits.replace('e', '.0e');
  },
};

function yamlText(content: Readonly<Record<string, unknown>>): string {
  const document = new Document(content, {
    customTags: (tags) => [plainNumber, ...tags],
    // Quotes what YAML 1.1 would take for something else than a text, such as `yes`.
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
  });
  return document.toString();
}
