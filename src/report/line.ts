import type { VariantResult } from './result.js';

/** A line of the table: what, in which unit, and its value for each variant. */
export interface Line {
  readonly name: string;
  readonly unit: string;
  readonly value: (variant: VariantResult) => string;
}
