import { InvalidArgumentError } from 'commander';
import { breakdowns } from '../report/breakdown.js';
import type { Breakdown } from '../report/breakdown.js';

/**
 * Breakdowns by name, separated by commas, behind those of the same option before; each once.
 *
 * @throws InvalidArgumentError for a name that there is not, or none
 */
export function breakdownList(text: string, before: readonly Breakdown[] = []): Breakdown[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !isBreakdown(name));
  if (unknown !== undefined) {
    const expected = `${breakdowns.slice(0, -1).join(', ')} or ${breakdowns.at(-1)}, separated by commas`;
    throw new InvalidArgumentError(`expected ${expected}; got "${unknown}".`);
  }
  return [...new Set([...before, ...names.filter(isBreakdown)])];
}

function isBreakdown(name: string): name is Breakdown {
  return breakdowns.some((each) => each === name);
}
