import { setImmediate } from 'node:timers/promises';
import { UserError } from '../document/userError.js';
import { isConv } from '../network/layer.js';
import type { SparsityVariant } from '../sparsity/variant.js';
import type {
  LayerStorageBytes,
  StorageSurvey,
  SurveyedFormat,
  SurveyedVariant,
} from '../report/storageSurvey.js';
import { wholeLayer } from '../storage/format.js';
import type { StorageLayer } from '../storage/format.js';
import {
  dependsOnValues,
  findFormat,
  formatNameFault,
  storeLayer,
  surveyedFormats,
} from '../storage/formats.js';
import { createVariantMaker, loadImages } from './prepare.js';
import type { VariantMaker } from './prepare.js';
import type { Scenario } from './scenario.js';

/**
 * What every layer of every variant of a scenario takes in each format, its whole weights as one tile. Nothing is mapped
 * or run: tiles of a mapping add pointers and padding of their own.
 *
 * @param formats names; all that have no parameters, 2:4 and 4:8, and those that the scenario names, unless given
 * @throws UserError for an unknown format, and where weights or images cannot be read that a scheme or format looks at
 */
export async function surveyStorage(
  scenario: Scenario,
  formats: readonly string[] = defaultFormats(scenario),
): Promise<StorageSurvey> {
  for (const name of formats) {
    const wrong = formatNameFault(name);
    if (wrong !== undefined) throw new UserError(wrong);
  }
  const maker = createVariantMaker(scenario, await loadImages(scenario));
  const variants: SurveyedVariant[] = [];
  for (const variant of new Set(scenario.cells.map((cell) => cell.variant))) {
    variants.push(await surveyVariant(scenario, variant, formats, maker));
  }
  const { settings, network } = scenario;
  return { scenario: settings.name, network: network.name, precision: settings.precision.weight, variants };
}

function defaultFormats({ cells }: Scenario): string[] {
  return [...new Set([...surveyedFormats, ...cells.map(({ storage }) => storage)])].filter(
    (name) => name !== 'auto',
  );
}

async function surveyVariant(
  { settings, layers: wanted }: Scenario,
  variant: SparsityVariant,
  formats: readonly string[],
  maker: VariantMaker,
): Promise<SurveyedVariant> {
  const { network, supports } = await maker.sparse(variant);
  const model = formats.some(dependsOnValues) ? (await maker.prepared(variant)).model : undefined;
  const layers: Array<{ readonly name: string; readonly stored: StorageLayer }> = [];
  for (const [index, layer] of network.layers.entries()) {
    const own = supports.get(layer.name);
    if (!isConv(layer) || own === undefined || !wanted.includes(layer.name)) continue;
    const weights = model?.layers[index].operands?.weights;
    layers.push({
      name: layer.name,
      stored: { supports: own, precision: settings.precision.weight, weights },
    });
  }
  const surveyed: SurveyedFormat[] = [];
  for (const format of formats) {
    const measured: LayerStorageBytes[] = [];
    for (const { name, stored } of layers) {
      measured.push(measure(format, name, stored));
      await setImmediate();
    }
    surveyed.push({ format, layers: measured });
  }
  return { variant: variant.name, formats: surveyed };
}

function measure(format: string, layer: string, stored: StorageLayer): LayerStorageBytes {
  const { supports } = stored;
  const dense = storeLayer('dense', stored, layer).tileSize(wholeLayer(supports)).valueBytes;
  const place = { layer, isSparse: supports.assignment.kind !== 'dense', denseBytes: dense };
  const refusal = place.isSparse ? findFormat(format)?.refusal(stored) : undefined;
  if (refusal !== undefined) return { ...place, refusal };
  const storage = storeLayer(format, stored, layer);
  const size = storage.tileSize(wholeLayer(supports));
  return {
    ...place,
    format: storage.format.name,
    bytes: {
      value: size.valueBytes,
      position: size.positionBytes,
      pointer: size.pointerBytes,
      table: storage.table.length,
    },
  };
}
