import type { CheckResult } from '../dram/checker/checkCommands.js';
import { describeViolation } from '../dram/checker/violation.js';
import { formatCount } from './format.js';

/** What came of holding commands against the timings of their part, for people: one line, and one for each violation that was kept. */
export function timingReport(
  { commands, violationCount, violations }: CheckResult,
  partName: string,
): string {
  const counted = `${formatCount(violationCount)} ${violationCount === 1 ? 'violation' : 'violations'}`;
  const heading = `timing check: ${formatCount(commands)} commands, ${counted} of the timings of ${partName}`;
  const more = violationCount - violations.length;
  return [
    heading,
    ...violations.map((violation) => `  ${describeViolation(violation)}`),
    ...(more > 0 ? [`  and ${formatCount(more)} more`] : []),
  ].join('\n');
}
