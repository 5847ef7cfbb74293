import { fileURLToPath } from 'node:url';
import type { TracedPass } from './tracedPasses.js';

/** Where a pass's trace is kept. */
export function traceFile({ name }: Pick<TracedPass, 'name'>): string {
  return fileURLToPath(new URL(`../../../traces/${name}.trace`, import.meta.url));
}
