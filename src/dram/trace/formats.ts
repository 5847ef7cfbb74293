import { didYouMean } from '../../document/suggest.js';
import { UserError } from '../../document/userError.js';
import { commands } from './commands.js';
import { dramsim3 } from './dramsim3.js';
import { dramsim3Commands } from './dramsim3Commands.js';
import type { CommandFormat, RequestFormat, TraceFormat } from './format.js';
import { ramulator2 } from './ramulator2.js';
import { ramulator2Commands } from './ramulator2Commands.js';

/** Forms of requests; that of a file is the first that recognises its first line. */
export const requestFormats: readonly RequestFormat[] = [dramsim3, ramulator2];

/** Forms of commands, likewise. */
export const commandFormats: readonly CommandFormat[] = [commands, dramsim3Commands, ramulator2Commands];

export const traceFormats: readonly TraceFormat[] = [...requestFormats, ...commandFormats];

/** Forms that can be read. */
export const readableFormats: readonly TraceFormat[] = traceFormats.filter(
  (format) => format.kind === 'requests' || format.reading !== undefined,
);

/**
 * @param among those that will do
 * @throws UserError for a name that is none of them
 */
export function findTraceFormat<T extends TraceFormat>(name: string, among: readonly T[]): T {
  const found = among.find((format) => format.name === name);
  if (found !== undefined) return found;
  const names = among.map((format) => format.name);
  const hint = didYouMean(name, names);
  throw new UserError(
    `expected a trace format of ${names.join(', ')}, got "${name}"${hint === '' ? '' : `; ${hint}`}`,
  );
}
