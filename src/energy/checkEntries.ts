import type { YamlDocument } from '../document/document.js';
import { faultAt } from '../document/faultAt.js';
import type { PrecisionSet } from '../model/model.js';
import { actions, nameOf } from './action.js';
import type { Action } from './action.js';
import { precisionKey } from './energyTable.js';
import type { EnergyEntry } from './energyTable.js';
import { createFigureReader } from './figure.js';
import {
  casesOf,
  entriesFor,
  precisionSets,
  precisionVariables,
  registerBits,
  trialVariables,
} from './pricedCase.js';
import type { PricedCase, Variables } from './pricedCase.js';

/**
 * Every entry of a file must apply to something and come to a figure of its dimension, and nothing may have two entries.
 *
 * @throws UserError at the entry
 */
export function checkEntries(entries: readonly EnergyEntry[], document: YamlDocument): void {
  const used = new Set<EnergyEntry>();
  const figureOf = createFigureReader();
  const buffers = [...new Set(entries.flatMap(({ when }) => when.buffer ?? []))];
  for (const precision of precisionSets) {
    for (const action of actions) {
      for (const each of casesOf(action, precision, buffers)) {
        const [first, second] = entriesFor(entries, action, each);
        if (second !== undefined) {
          const message = `expected one entry for ${nameOf(action)} (${caseText(each)}), got a second one; narrow "when"`;
          throw faultAt(document, ['entries', entries.indexOf(second)], message);
        }
        if (first === undefined) continue;
        used.add(first);
        figureOf(first, trialOf(action, each));
      }
    }
  }
  const idle = entries.findIndex((entry) => !used.has(entry));
  if (idle >= 0) {
    throw faultAt(
      document,
      ['entries', idle, 'when'],
      'expected precisions that occur together (all integers, or all float32); this entry never applies',
    );
  }
}

function trialOf({ component }: Action, { precision, tensor }: PricedCase): Variables {
  return {
    ...precisionVariables(precision),
    ...trialVariables[component],
    ...(tensor !== undefined && { bits: registerBits(tensor, precision) }),
  };
}

/** Needed actions that no entry prices at any precision. */
export function unpriced(entries: readonly EnergyEntry[], hasSram: boolean): Action[] {
  return actions.filter(
    ({ component, action, needed, kind }) =>
      (needed || (component === 'buffer' && !hasSram && kind !== 'area')) &&
      !entries.some((entry) => entry.component === component && entry.action === action),
  );
}

/** The first needed action that has no entry in some case at a set of precisions; undefined when it is covered. */
export function gapAt(
  entries: readonly EnergyEntry[],
  precision: PrecisionSet,
): { readonly action: Action; readonly where: PricedCase } | undefined {
  for (const action of actions) {
    if (!action.needed) continue;
    for (const where of casesOf(action, precision)) {
      if (entriesFor(entries, action, where).length === 0) return { action, where };
    }
  }
  return undefined;
}

/** Sets of precisions at which every needed action has its entry. */
export function coveredPrecisions(entries: readonly EnergyEntry[]): PrecisionSet[] {
  return precisionSets.filter((precision) => gapAt(entries, precision) === undefined);
}

function caseText({ precision, layer, tensor, buffer }: PricedCase): string {
  return [
    ...(layer === undefined ? [] : [layer]),
    ...(tensor === undefined ? [] : [tensor]),
    ...(buffer === undefined ? [] : [buffer]),
    precisionKey(precision),
  ].join(', ');
}
