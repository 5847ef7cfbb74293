import type { z } from 'zod';
import { faultAt } from '../document/document.js';
import type { YamlDocument } from '../document/document.js';
import { UserError } from '../document/userError.js';
import { referenceFamily, referenceFigure } from './accelergyFigures.js';
import type { ReferenceFigure, ReferenceTables } from './accelergyFigures.js';
import { actions, keyOf, nameOf } from './action.js';
import type { Action, FigureKey } from './action.js';
import type { EnergyEntry } from './energyTable.js';
import type { energyEntrySchema } from './schema.js';

type GivenEntry = z.output<typeof energyEntrySchema>;

/** What entries of a table take from it unless they say otherwise. */
export interface TableDefaults {
  readonly technologyNm: number;
  readonly voltage?: number | undefined;
  readonly family: string;
}

const figureKeys: readonly FigureKey[] = ['energy', 'power', 'area'];

/**
 * One entry of a table's file.
 *
 * @param tables that `ert` and `art` take figures from
 * @throws UserError at the entry: an action that its component does not have, a figure of the wrong kind, none or two of them, one that
 *   the reference tables do not have, no source, a filter that means nothing there
 */
export function readEntry(
  given: GivenEntry,
  index: number,
  defaults: TableDefaults,
  document: YamlDocument,
  tables: ReferenceTables = {},
): EnergyEntry {
  const fault = (key: string | undefined, message: string): UserError =>
    faultAt(document, ['entries', index, ...(key === undefined ? [] : [key])], message);
  const { component, when = {}, technology, voltage, source, derived, family } = given;
  const known = actions.filter((each) => each.component === component);
  const action = known.find((each) => each.action === given.action);
  if (action === undefined) {
    const names = known.map((each) => each.action).join(', ');
    throw fault('action', `expected an action of ${component} (${names}), got "${given.action}"`);
  }
  const wanted = keyOf(action.kind);
  const unwanted = figureKeys.find((key) => key !== wanted && given[key] !== undefined);
  if (unwanted !== undefined && given[wanted] !== undefined) {
    throw fault(unwanted, `expected only "${wanted}" for ${nameOf(action)}`);
  }
  const referenceKey = given.ert === undefined ? 'art' : 'ert';
  const taken = takeFigure(given, action, tables, (message) => fault(referenceKey, message));
  const double = figureKeys.find((key) => given[key] !== undefined);
  if (taken !== undefined && double !== undefined) {
    throw fault(referenceKey, `expected it or "${double}", got both`);
  }
  const formula = taken?.formula ?? given[wanted];
  if (formula === undefined) {
    throw fault(unwanted, `expected "${wanted}" for ${nameOf(action)}, got ${unwanted ?? 'none'}`);
  }
  const said = source ?? taken?.source;
  if (said === undefined) throw fault(undefined, 'missing key "source"; expected who says so');
  if (when.layer !== undefined && component !== 'post-processor') {
    throw fault('when', `expected "layer" on entries of post-processor only, got it on ${component}`);
  }
  if (when.tensor !== undefined && component !== 'register-file') {
    throw fault('when', `expected "tensor" on entries of register-file only, got it on ${component}`);
  }
  if (when.buffer !== undefined && component !== 'buffer') {
    throw fault('when', `expected "buffer" on entries of buffer only, got it on ${component}`);
  }
  const how = [...(taken === undefined ? [] : [taken.derived]), ...(derived === undefined ? [] : [derived])];
  const at = voltage ?? (technology === undefined ? defaults.voltage : undefined);
  return {
    component,
    action: action.action,
    when: {
      ...(when.weight && { weight: when.weight }),
      ...(when.ifmap && { ifmap: when.ifmap }),
      ...(when.accumulator && { accumulator: when.accumulator }),
      ...(when.layer && { layer: when.layer }),
      ...(when.tensor && { tensor: when.tensor }),
      ...(when.buffer && { buffer: when.buffer }),
    },
    formula,
    technologyNm: technology ?? defaults.technologyNm,
    ...(at !== undefined && { voltage: at }),
    source: said,
    ...(how.length > 0 && { derived: how.join('; ') }),
    family: family ?? (taken === undefined ? defaults.family : referenceFamily),
    place: document.locate(['entries', index, taken === undefined ? wanted : referenceKey]),
  };
}

function takeFigure(
  given: GivenEntry,
  action: Action,
  tables: ReferenceTables,
  fault: (message: string) => UserError,
): ReferenceFigure | undefined {
  try {
    return referenceFigure(given, action, tables);
  } catch (error) {
    if (error instanceof UserError && error.location === undefined) throw fault(error.message);
    throw error;
  }
}
