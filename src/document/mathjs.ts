import { createRequire } from 'node:module';
import type * as MathJs from 'mathjs';

let loaded: typeof MathJs | undefined;

/** mathjs, loaded at first use and from its one-file bundle: that takes 50 ms, its modules more than a second. */
export function mathjs(): typeof MathJs {
  return (loaded ??= createRequire(import.meta.url)('mathjs/lib/browser/math.js') as typeof MathJs);
}
