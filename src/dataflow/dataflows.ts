import { quote } from '../document/describeValue.js';
import { didYouMean } from '../document/suggest.js';
import { UserError } from '../document/userError.js';
import type { Dataflow } from './dataflow.js';
import { inputStationary } from './inputStationary.js';
import { lockStep } from './lockStep.js';
import { outputStationary } from './outputStationary.js';
import { rowStationary } from './rowStationary.js';
import { weightStationary } from './weightStationary.js';

const registered = new Map<string, Dataflow>();
const builtIn = [outputStationary, weightStationary, inputStationary, lockStep, rowStationary];
builtIn.forEach(registerDataflow);

/**
 * Makes a dataflow known by its name, in accelerator files too.
 *
 * @throws UserError when the name is taken
 */
export function registerDataflow(dataflow: Dataflow): void {
  if (registered.has(dataflow.name))
    throw new UserError(
      `expected a dataflow of a new name, got "${dataflow.name}", which is registered already`,
    );
  registered.set(dataflow.name, dataflow);
}

/** In order of registration. */
export function allDataflows(): Dataflow[] {
  return [...registered.values()];
}

/** Whether a dataflow comes with this package, not from outside. */
export function isBuiltIn(name: string): boolean {
  return builtIn.some((dataflow) => dataflow.name === name);
}

export function dataflowNames(): string[] {
  return [...registered.keys()];
}

/** What is wrong with the name of a dataflow, or undefined. */
export function dataflowNameFault(name: string): string | undefined {
  if (registered.has(name)) return undefined;
  const names = dataflowNames();
  const hint = didYouMean(name, names);
  return `expected a dataflow, got ${quote(name)}; ${hint === '' ? '' : `${hint} `}they are ${names.join(', ')}`;
}

/** @throws Error for a name that is not registered */
export function dataflowOf(name: string): Dataflow {
  const dataflow = registered.get(name);
  if (dataflow === undefined) throw new Error(`no dataflow ${name}`);
  return dataflow;
}
