import { quote } from '../../document/describeValue.js';
import { didYouMean } from '../../document/suggest.js';
import type { ActivationFormat } from './activationFormat.js';
import { runBitsOf, zeroRuns } from './zeroRuns.js';
import { zeroValueCompression } from './zeroValueCompression.js';

/** Names for people; `run-length-N` has N bits for a run. */
const activationFormatNames: readonly string[] = ['dense', 'bitmask', 'run-length', 'run-length-N'];

/** The format of a name; undefined for `dense` and for names that there are not. */
export function findActivationFormat(name: string): ActivationFormat | undefined {
  if (name === zeroValueCompression.name) return zeroValueCompression;
  const runBits = runBitsOf(name);
  return runBits === undefined ? undefined : zeroRuns(runBits);
}

/** What is wrong with the name of a format of activations, or undefined. */
export function activationFormatNameFault(name: string): string | undefined {
  if (name === 'dense' || findActivationFormat(name) !== undefined) return undefined;
  const hint = didYouMean(name, activationFormatNames);
  return (
    `expected a format of activations, got ${quote(name)}; ${hint === '' ? '' : `${hint} `}` +
    `they are ${activationFormatNames.join(', ')}`
  );
}
